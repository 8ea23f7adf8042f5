package assemble

import (
	"context"
	"errors"
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
	for _, r := range recipes.List {
		f, err := recipes.Fingerprint(r, "1.26.8")
		if err != nil {
			t.Fatal(err)
		}
		if err := lock.Record(r.ImageName("1.26.8"), buildpacks.Locked{Digest: "sha256:" + strings.Repeat("a", 64), Recipe: f}); err != nil {
			t.Fatal(err)
		}
	}
	return &Assembler{Lock: lock}, recipes
}

// todo gives "RECIPE VERSION" of the jobs, with + for those to be made.
func todo(jobs []job) string {
	var words []string
	for _, j := range jobs {
		word := strings.TrimSpace(j.recipe.Name + " " + j.version)
		if j.found == nil {
			word = "+" + word
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
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
		change  func(*testing.T, *Assembler)
		targets []Target
		want    string
	}{
		"all here":                 {nil, []Target{{Recipe: "cc"}, {Recipe: "go", Version: "1.26.8"}}, "debian, static, cc, go 1.26.8"},
		"only what it starts from": {nil, []Target{{Recipe: "static"}}, "debian, static"},
		"another version":          {nil, []Target{{Recipe: "go", Version: "1.26.8"}, {Recipe: "go", Version: "1.25.3"}}, "debian, +go 1.25.3, go 1.26.8"},
		"lost in the registry":     {lost("/static:"), []Target{{Recipe: "cc"}, {Recipe: "go", Version: "1.26.8"}}, "debian, +static, +cc, go 1.26.8"},
		"the base lost":            {lost("/debian:"), []Target{{Recipe: "cc"}, {Recipe: "go", Version: "1.26.8"}}, "+debian, +static, +cc, +go 1.26.8"},
		"refreshed":                {func(_ *testing.T, a *Assembler) { a.Refresh = true }, []Target{{Recipe: "static"}}, "+debian, +static"},
		"another recipe": {func(t *testing.T, a *Assembler) {
			t.Helper()
			if err := a.Lock.Record("slipway.internal/stacks/cc:bookworm", buildpacks.Locked{Digest: "sha256:" + strings.Repeat("b", 64), Recipe: "old"}); err != nil {
				t.Fatal(err)
			}
		}, []Target{{Recipe: "cc"}}, "debian, static, +cc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, recipes := recorded(t)
			if tt.change != nil {
				tt.change(t, a)
			}
			jobs, err := a.jobs(t.Context(), recipes, tt.targets)
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
	if _, err := a.jobs(t.Context(), recipes, []Target{{Recipe: "static"}}); !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
}
