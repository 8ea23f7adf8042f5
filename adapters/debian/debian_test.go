package debian_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
)

func TestSplit_GivesBackWhatWasAdded(t *testing.T) {
	t.Parallel()
	own := slipway.Plan{Steps: []slipway.Step{{Name: "compile"}}, Layers: []slipway.Layer{{Role: slipway.RoleProgram}}}
	p := debian.AddRun(debian.AddBuild(own, []string{"rustc-web|rustc", "make"}), []string{"libpq5"})
	rest, build, run := debian.Split(p)
	if diff := cmp.Diff(own, rest); diff != "" {
		t.Errorf("the rest: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"make", "rustc-web|rustc"}, {"libpq5"}}, [][]string{build, run}); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
