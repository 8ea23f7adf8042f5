package adapters_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway/adapters"
)

var update = flag.Bool("update", false, "rewrite the golden plans of the corpus")

// TestPlan_corpus plans every tree of the corpus, which the end-to-end tests
// build, as it stands on disk: beside LANGUAGE/NAME and what is expected of
// it, LANGUAGE/NAME.yaml, lies LANGUAGE/NAME.plan, the plan or the error.
func TestPlan_corpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../e2e/services/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("the corpus is not there: %v", err)
	}
	for _, file := range files {
		tree := strings.TrimSuffix(file, ".yaml")
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(tree), func(t *testing.T) {
			t.Parallel()
			got := planned(t, tree, file)
			golden := tree + ".plan"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func planned(t *testing.T, tree, file string) string {
	t.Helper()
	var want struct {
		Service, Path, Main string
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	service := want.Service
	if service == "" {
		service = filepath.Base(tree)
	}
	plan, err := adapters.Plan(adapters.Request{Tree: os.DirFS(tree), Path: want.Path, Service: service, Main: want.Main})
	if err != nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	b, err := json.MarshalIndent(plan, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}
