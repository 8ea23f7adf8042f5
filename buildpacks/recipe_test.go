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

func fingerprint(t *testing.T, r buildpacks.Recipes, name, version, suite string) string {
	t.Helper()
	f, err := r.Fingerprint(buildpacks.Target{Recipe: name, Version: version, Suite: suite})
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
			if _, ok := r.Making(image, s.Version); !ok {
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
			if from, _, _ = strings.Cut(from, "@"); !seen[from] {
				t.Errorf("%s comes before %s", recipe.Name, from)
			}
		}
		seen[recipe.Name] = true
		text, err := fs.ReadFile(r.Files, recipe.Name+"/Dockerfile")
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range recipe.From {
			from, _, _ = strings.Cut(from, "@")
			if argument := strings.ToUpper(strings.ReplaceAll(from, "-", "_")); !strings.Contains(string(text), "FROM ${"+argument+"}") {
				t.Errorf("%s/Dockerfile does not start from %s", recipe.Name, from)
			}
		}
	}
}

func TestRecipes_Fingerprint(t *testing.T) {
	t.Parallel()
	r := allRecipes(t)
	version := map[string]string{"go": "1.26.8", "python-build": "3.11", "python": "3.11"}
	names := []string{"debian", "static", "cc", "tools", "go", "python-build", "python", "web"}
	before := map[string]string{}
	for _, name := range names {
		before[name] = fingerprint(t, r, name, version[name], "bookworm")
	}
	if before["go"] == fingerprint(t, r, "go", "1.26.9", "bookworm") {
		t.Error("the version does not count")
	}
	if before["debian"] == fingerprint(t, r, "debian", "", "trixie") {
		t.Error("the suite does not count")
	}
	for _, tt := range []struct {
		file    string
		changes string // recipes, in order
	}{
		{"debian/Dockerfile", "debian static cc tools go python-build python web"},
		{"static/files.sh", "static cc python web"},
		{"cc/Dockerfile", "cc python"},
		{"tools/Dockerfile", "tools go python-build python web"},
		{"go/seed.sh", "go web"},
		{"python-build/wheels-3.11.sha256", "python-build python"},
		{"web/site.go", "web"},
		{"collect.sh", "debian static cc tools go python-build python web"}, // shared scripts count for all
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			other := r
			other.Files = edited(t, r.Files, tt.file)
			var changed []string
			for _, name := range names {
				if fingerprint(t, other, name, version[name], "bookworm") != before[name] {
					changed = append(changed, name)
				}
			}
			if got := strings.Join(changed, " "); got != tt.changes {
				t.Errorf("changed %q, want %q", got, tt.changes)
			}
		})
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
	if slipway.ErrorCode(err) != slipway.CodeNotFound || !strings.Contains(everything(t, err), "debian, static, cc, runtime, tools, go") {
		t.Errorf("got %v", err)
	}
}
