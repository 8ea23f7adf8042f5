package assemble_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/assemble"
	"github.com/slipway-ci/slipway/buildpacks"
)

func TestParseTarget(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]assemble.Target{
		"static":      {Recipe: "static"},
		"go@1.26.8":   {Recipe: "go", Version: "1.26.8"},
		"go@go1.25.3": {Recipe: "go", Version: "1.25.3"},
	} {
		got, err := assemble.ParseTarget(text)
		if err != nil || got != want {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "@1.2.3", "go@", "go@1.26", "go@1.26.8-x", "go@1.26.8@2", "go@../1.2.3", "go@1..3", "go@1.26.99999999999"} {
		if got, err := assemble.ParseTarget(text); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}

func TestDefaultTargets(t *testing.T) {
	t.Parallel()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	got, err := assemble.DefaultTargets(c)
	if err != nil {
		t.Fatal(err)
	}
	want := []assemble.Target{{Recipe: "cc"}, {Recipe: "go", Version: "1.26.8"}, {Recipe: "static"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAssembler_MakeRefusesWhatHasNoRecipe(t *testing.T) {
	t.Parallel()
	lock, err := buildpacks.OpenLock(filepath.Join(t.TempDir(), "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	a := &assemble.Assembler{Lock: lock, Cache: filepath.Join(t.TempDir(), "none")}
	for target, code := range map[assemble.Target]slipway.Code{
		{Recipe: "cobol"}:                     slipway.CodeNotFound,
		{Recipe: "go"}:                        slipway.CodeUsage,
		{Recipe: "static", Version: "1.26.8"}: slipway.CodeUsage,
	} {
		if _, err := a.Make(t.Context(), []assemble.Target{target}); slipway.ErrorCode(err) != code {
			t.Errorf("%+v: got %v, want %s", target, err, code)
		}
	}
}
