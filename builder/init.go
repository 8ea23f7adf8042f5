package builder

import (
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
)

// Where the init of an image is put whose run image has none. Run images do
// not have the directory.
const (
	initDir  = "/slipway"
	initPath = initDir + "/slipway-init"
	initStep = "init"
	// packagedInit is where the package tini has it.
	packagedInit = "/usr/bin/tini-static"
)

// withInit gives an image an init when its run image has none, as the
// official ones do not: a program that is process 1 ignores every signal
// that it does not handle, SIGTERM first of all. Debian's static tini comes
// from the build image's own package archive and becomes the runtime layer.
func withInit(plan slipway.Plan, stack slipway.Stack) (slipway.Plan, slipway.Stack) {
	if stack.Init != "" || plan.Dockerfile != nil {
		return plan, stack
	}
	if slices.ContainsFunc(plan.Layers, func(l slipway.Layer) bool { return l.Role == slipway.RoleRuntime }) {
		stack.Init = packagedInit
		return withInitEvidence(debian.AddRun(plan, []string{"tini"}), stack), stack
	}
	stack.Init = initPath
	step := slipway.Step{
		Name: initStep,
		Args: []string{
			"/bin/sh", "-euc",
			"apt-get -qq update; apt-get -qq install -y --no-install-recommends tini; cp /usr/bin/tini-static /init/slipway-init",
		},
		Dir:     "/",
		Env:     map[string]string{"DEBIAN_FRONTEND": "noninteractive"},
		Network: slipway.NetworkPackages,
		Mounts:  []slipway.Mount{{Target: "/init", Output: true}},
	}
	layer := slipway.Layer{Role: slipway.RoleRuntime, From: &slipway.Output{Step: initStep, Mount: "/init"}, To: initDir}
	plan.Steps = append([]slipway.Step{step}, plan.Steps...)
	plan.Layers = append([]slipway.Layer{layer}, plan.Layers...)
	return withInitEvidence(plan, stack), stack
}

func withInitEvidence(plan slipway.Plan, stack slipway.Stack) slipway.Plan {
	plan.Evidence = append(plan.Evidence, slipway.Evidence{
		Found: "the run image " + stack.Run.Name + " has no init",
		Means: "tini is added in the runtime layer, so that SIGTERM reaches the program",
	})
	return plan
}
