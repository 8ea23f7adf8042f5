package assemble

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

// recorded gives an assembler whose lock has every image as made by today's
// recipes, and the recipes.
func recorded(t *testing.T) (*Assembler, buildpacks.Recipes) {
	t.Helper()
	recipes, err := buildpacks.AllRecipes()
	if err != nil {
		t.Fatal(err)
	}
	lock, err := buildpacks.OpenLock(filepath.Join(t.TempDir(), "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	targets, err := AllTargets(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	all := map[buildpacks.Target][]buildpacks.Target{}
	for _, target := range targets {
		if err := want(recipes, target, all); err != nil {
			t.Fatal(err)
		}
	}
	for target := range all {
		r, err := recipes.Named(target.Recipe)
		if err != nil {
			t.Fatal(err)
		}
		f, err := recipes.Fingerprint(target)
		if err != nil {
			t.Fatal(err)
		}
		image := buildpacks.Locked{Digest: "sha256:" + strings.Repeat("a", 64), Recipe: f}
		if err := lock.Record(r.ImageName(target.Version, target.Suite), image); err != nil {
			t.Fatal(err)
		}
	}
	return &Assembler{Lock: lock}, recipes
}

// todo gives the images of the jobs, those of bookworm without its name, with
// + for those to be made.
func todo(jobs []job) string {
	var words []string
	for _, j := range jobs {
		word := strings.NewReplacer(":bookworm", "", "-bookworm", "").Replace(j.name())
		if j.found == nil {
			word = "+" + word
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func targetsOf(t *testing.T, names ...string) []buildpacks.Target {
	t.Helper()
	catalogue, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	targets, err := Targets(catalogue, names...)
	if err != nil {
		t.Fatal(err)
	}
	return targets
}

func TestJobs(t *testing.T) {
	t.Parallel()
	lost := func(name string) func(*testing.T, *Assembler) {
		return func(_ *testing.T, a *Assembler) {
			a.Has = func(_ context.Context, i slipway.StackImage) (bool, error) {
				return !strings.Contains(i.Name, name), nil
			}
		}
	}
	for name, tt := range map[string]struct {
		change func(*testing.T, *Assembler)
		names  string
		want   string
	}{
		"all here":                 {nil, "cc go", "debian, static, cc, tools, go:1.26.8"},
		"only what it starts from": {nil, "static@bookworm", "debian, static"},
		"another version":          {nil, "go go@1.25.3", "debian, static, cc, tools, +go:1.25.3, go:1.26.8"},
		"another suite":            {nil, "cc cc@trixie", "debian, debian:trixie, static, static:trixie, cc, cc:trixie"},
		"a suite of its own":       {nil, "python@3.13", "debian:trixie, static:trixie, cc:trixie, runtime:trixie, tools:trixie, python-build:3.13-trixie, python:3.13-trixie"},
		"with what compiles it":    {nil, "web", "debian, static, tools, go:1.26.8, web"},
		"lost in the registry":     {lost("/static:"), "go", "debian, +static, +cc, tools, go:1.26.8"},
		"the tools lost":           {lost("/tools:"), "node cc", "debian, static, cc, runtime, +tools, +go:1.26.8, +node-build:22.23.3, +node:22.23.3, +web"},
		"the base lost":            {lost("/debian:"), "go", "+debian, +static, +cc, +tools, +go:1.26.8"},
		"one version lost":         {lost("/node-build:24"), "node@22 node@24", "debian, static, cc, runtime, tools, go:1.26.8, node-build:22.23.3, +node-build:24.21.0, node:22.23.3, +node:24.21.0, web"},
		"refreshed":                {func(_ *testing.T, a *Assembler) { a.Refresh = true }, "static@bookworm", "+debian, +static"},
		"another recipe": {func(t *testing.T, a *Assembler) {
			t.Helper()
			if err := a.Lock.Record("slipway.internal/stacks/cc:bookworm", buildpacks.Locked{Digest: "sha256:" + strings.Repeat("b", 64), Recipe: "old"}); err != nil {
				t.Fatal(err)
			}
		}, "cc", "debian, static, +cc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, recipes := recorded(t)
			if tt.change != nil {
				tt.change(t, a)
			}
			jobs, err := a.jobs(t.Context(), recipes, targetsOf(t, strings.Fields(tt.names)...))
			if err != nil {
				t.Fatal(err)
			}
			if got := todo(jobs); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestJobs_SaysThatTheRegistryDoesNotAnswer(t *testing.T) {
	t.Parallel()
	a, recipes := recorded(t)
	away := errors.New("away")
	a.Has = func(context.Context, slipway.StackImage) (bool, error) { return false, away }
	if _, err := a.jobs(t.Context(), recipes, targetsOf(t, "cc")); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
