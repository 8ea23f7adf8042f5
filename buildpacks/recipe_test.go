package buildpacks_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/buildpacks"
)

func allRecipes(t *testing.T) buildpacks.Recipes {
	t.Helper()
	r, err := buildpacks.AllRecipes()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func fingerprint(t *testing.T, r buildpacks.Recipes, name, version string) string {
	t.Helper()
	recipe, err := r.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Fingerprint(recipe, version)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAllRecipes_MakeEveryAssembledStack(t *testing.T) {
	t.Parallel()
	r := allRecipes(t)
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.List(buildpacks.ProfileAssembled, "") {
		for _, image := range []string{s.Build.Name, s.Run.Name} {
			made := false
			for _, recipe := range r.List {
				made = made || recipe.ImageName(s.Version) == image
			}
			if !made {
				t.Errorf("no recipe makes %s", image)
			}
		}
	}
}

func TestAllRecipes_ComeAfterWhatTheyStartFrom(t *testing.T) {
	t.Parallel()
	r := allRecipes(t)
	seen := map[string]bool{}
	for _, recipe := range r.List {
		for _, from := range recipe.From {
			if !seen[from] {
				t.Errorf("%s comes before %s", recipe.Name, from)
			}
		}
		seen[recipe.Name] = true
		text, err := fs.ReadFile(r.Files, recipe.Name+"/Dockerfile")
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range recipe.From {
			if !strings.Contains(string(text), "FROM ${"+strings.ToUpper(from)+"}") {
				t.Errorf("%s/Dockerfile does not start from %s", recipe.Name, from)
			}
		}
	}
}

func TestRecipes_Fingerprint(t *testing.T) {
	t.Parallel()
	r := allRecipes(t)
	before := map[string]string{}
	for _, name := range []string{"debian", "static", "cc"} {
		before[name] = fingerprint(t, r, name, "")
	}
	before["go"] = fingerprint(t, r, "go", "1.26.8")
	if before["go"] == fingerprint(t, r, "go", "1.26.9") {
		t.Error("the version does not count")
	}
	for _, tt := range []struct {
		file    string
		changes string // recipes, in order
	}{
		{"debian/Dockerfile", "debian static cc go"},
		{"static/files.sh", "static cc"},
		{"cc/Dockerfile", "cc"},
		{"go/seed.sh", "go"},
		{"collect.sh", "debian static cc go"}, // shared scripts count for all
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			other := r
			other.Files = edited(t, r.Files, tt.file)
			var changed []string
			for _, name := range []string{"debian", "static", "cc", "go"} {
				version := map[string]string{"go": "1.26.8"}[name]
				if fingerprint(t, other, name, version) != before[name] {
					changed = append(changed, name)
				}
			}
			if got := strings.Join(changed, " "); got != tt.changes {
				t.Errorf("changed %q, want %q", got, tt.changes)
			}
		})
	}
	other := r
	other.Suite = "trixie"
	if fingerprint(t, other, "debian", "") == before["debian"] {
		t.Error("the suite does not count")
	}
}

// edited gives files with a line added to one.
func edited(t *testing.T, files fs.FS, name string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, path)
		out[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if out[name] == nil {
		t.Fatalf("there is no %s", name)
	}
	out[name].Data = append(out[name].Data, "# more\n"...)
	return out
}

func TestRecipes_NamedSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	_, err := allRecipes(t).Named("cobol")
	if slipway.ErrorCode(err) != slipway.CodeNotFound || !strings.Contains(everything(t, err), "debian, static, cc, go") {
		t.Errorf("got %v", err)
	}
}
