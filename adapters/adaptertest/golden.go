// Package adaptertest compares what adapters plan with golden plans.
package adaptertest

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters"
)

// Golden plans every archive testdata/*.txtar of the calling test's folder, of
// which there are at least atLeast. An archive is a tree and what comes of
// it: the comment may begin with lines "path: DIR", "service: NAME", "main:
// PROGRAM", "fetch: true", and the last file is plan.json or error.txt. With the flag
// -update these are written anew; -test.run chooses some.
func Golden(t *testing.T, atLeast int) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < atLeast {
		t.Fatalf("%d cases, %v", len(files), err)
	}
	update := flag.Lookup("update").Value.String() == "true"
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden, name, got := run(t, archive)
			if update {
				archive.Files = append(withoutGolden(archive.Files), txtar.File{Name: name, Data: got})
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(golden, name+"\n"+string(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func run(t *testing.T, archive *txtar.Archive) (golden, name string, got []byte) {
	t.Helper()
	for _, f := range archive.Files {
		if isGolden(f.Name) {
			golden = f.Name + "\n" + string(f.Data)
		}
	}
	tree, err := txtar.FS(&txtar.Archive{Files: withoutGolden(archive.Files)})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := adapters.Plan(request(t, archive.Comment, tree))
	if err != nil {
		return golden, "error.txt", said(t, err)
	}
	if err := plan.Validate(); err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(plan, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return golden, "plan.json", append(b, '\n')
}

func request(t *testing.T, comment []byte, tree fs.FS) adapters.Request {
	t.Helper()
	req := adapters.Request{Tree: tree}
	for line := range strings.Lines(string(comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "path":
			req.Path = value
		case "service":
			req.Service = value
		case "main":
			req.Main = value
		case "fetch":
			req.Fetch = value == "true"
		}
	}
	return req
}

// said is everything that a person reads of an error.
func said(t *testing.T, err error) []byte {
	t.Helper()
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok {
		t.Fatalf("%T is not a *slipway.Error: %v", err, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\nhint: %s\n", e.Code, e.Error(), e.Hint)
	for _, d := range e.Details {
		fmt.Fprintf(&b, "| %s\n", d)
	}
	return []byte(b.String())
}

func isGolden(name string) bool { return name == "plan.json" || name == "error.txt" }

func withoutGolden(files []txtar.File) []txtar.File {
	var kept []txtar.File
	for _, f := range files {
		if !isGolden(f.Name) {
			kept = append(kept, f)
		}
	}
	return kept
}
