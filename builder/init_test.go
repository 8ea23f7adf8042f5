package builder

import (
	"slices"
	"testing"

	"github.com/slipway-ci/slipway"
)

func TestWithInit(t *testing.T) {
	t.Parallel()
	plan := slipway.Plan{
		Start:  []string{"/app/x"},
		Steps:  []slipway.Step{{Name: "compile", Args: []string{"go"}, Mounts: []slipway.Mount{{Target: "/out", Output: true}}}},
		Layers: []slipway.Layer{{Role: slipway.RoleProgram, From: &slipway.Output{Step: "compile", Mount: "/out"}, To: "/app"}},
	}
	got, stack := withInit(plan, slipway.Stack{Init: "/sbin/init"})
	if len(got.Steps) != 1 || stack.Init != "/sbin/init" {
		t.Errorf("a stack that has an init gets %d steps and init %s", len(got.Steps), stack.Init)
	}
	got, stack = withInit(plan, slipway.Stack{})
	if err := got.Validate(); err != nil {
		t.Fatal(err)
	}
	if stack.Init != initPath || got.Layers[0].Role != slipway.RoleRuntime || got.Layers[0].To != initDir {
		t.Errorf("init %s, first layer %+v", stack.Init, got.Layers[0])
	}
	if len(plan.Steps) != 1 || len(plan.Layers) != 1 || slices.ContainsFunc(plan.Steps, func(s slipway.Step) bool { return s.Name == initStep }) {
		t.Error("the plan that was given has changed")
	}
}
