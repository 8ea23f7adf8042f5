package assemble_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/assemble"
	"github.com/slipway-ci/slipway/buildpacks"
)

func defaultCatalogue(t *testing.T) *buildpacks.Catalogue {
	t.Helper()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// words gives "RECIPE VERSION SUITE" of targets.
func words(targets []buildpacks.Target) []string {
	var list []string
	for _, t := range targets {
		list = append(list, strings.Join(strings.Fields(t.Recipe+" "+t.Version+" "+t.Suite), " "))
	}
	return list
}

func TestTargets(t *testing.T) {
	t.Parallel()
	for names, want := range map[string][]string{
		"": {
			"go 1.26.8 bookworm", "cc bookworm", "static bookworm", "node-build 22.23.3 bookworm", "node 22.23.3 bookworm", "web bookworm",
			"python-build 3.11 bookworm", "python 3.11 bookworm", "java-build 17 bookworm", "java 17 bookworm", "rust 1.96 bookworm", "debian bookworm",
		},
		"web":          {"web bookworm"},
		"cc@trixie":    {"cc trixie"},
		"go@go1.25.3":  {"go 1.25.3 bookworm", "cc bookworm", "static bookworm"},
		"node@18.20.8": {"node-build 18.20.8 bookworm", "node 18.20.8 bookworm", "web bookworm"},
		"node@20":      {"node-build 20.20.2 bookworm", "node 20.20.2 bookworm", "web bookworm"},
		"python@3.13":  {"python-build 3.13 trixie", "python 3.13 trixie"},
		"java@21":      {"java-build 21 trixie", "java 21 trixie"},
		"rust@1.85":    {"rust 1.85 trixie", "cc trixie", "static trixie"},
	} {
		t.Run(names, func(t *testing.T) {
			t.Parallel()
			got, err := assemble.Targets(defaultCatalogue(t), strings.Fields(names)...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, words(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTargets_RefusesWhatIsNoImage(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]slipway.Code{
		"": slipway.CodeUsage, "@1.26.8": slipway.CodeUsage, "go@": slipway.CodeUsage, "go@latest": slipway.CodeUsage,
		"go@1.26.8/../x": slipway.CodeUsage, "go@1.2.3.4": slipway.CodeInvalid, "cc@": slipway.CodeUsage, "cc@buster": slipway.CodeUsage,
		"node-build": slipway.CodeUsage, "node-build@22.1.0": slipway.CodeUsage, "cobol": slipway.CodeNotFound, "cobol@1": slipway.CodeNotFound,
		"python@3.12": slipway.CodeNotFound, "go@1.25": slipway.CodeNotFound,
	} {
		if got, err := assemble.Targets(defaultCatalogue(t), name); slipway.ErrorCode(err) != code {
			t.Errorf("%q: got %v, %v, want %s", name, got, err, code)
		}
	}
}

func TestAllTargets_HasEveryVersion(t *testing.T) {
	t.Parallel()
	got, err := assemble.AllTargets(defaultCatalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(words(got), ", ")
	for _, want := range []string{"node 20.20.2 bookworm", "node 24.21.0 bookworm", "python 3.13 trixie", "java 25 trixie", "rust 1.85 trixie", "static trixie"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not among %s", want, all)
		}
	}
}

func TestMake_RefusesVersionsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, target := range []buildpacks.Target{
		{Recipe: "go", Suite: "bookworm"},
		{Recipe: "static", Version: "1.26.8", Suite: "bookworm"},
		{Recipe: "go", Version: "1.26.8", Suite: "trixie"},
		{Recipe: "static"},
	} {
		a := &assemble.Assembler{}
		if _, err := a.Make(t.Context(), []buildpacks.Target{target}); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%+v: got %v", target, err)
		}
	}
}
