package slipway_test

import (
	"testing"

	"github.com/slipway-ci/slipway"
)

func validPlan() slipway.Plan {
	return slipway.Plan{
		Service: "cart", Language: slipway.LanguageGo, Start: []string{"/app/cart"},
		Steps: []slipway.Step{
			{Name: "deps", Args: []string{"go", "mod", "download"}, Mounts: []slipway.Mount{{Target: "/go/pkg/mod", Output: true}}},
			{Name: "compile", Args: []string{"go", "build"}, Mounts: []slipway.Mount{
				{Target: "/go/pkg/mod", From: &slipway.Output{Step: "deps", Mount: "/go/pkg/mod"}, ReadOnly: true},
				{Target: "/out", Output: true},
			}},
		},
		Layers: []slipway.Layer{{Role: slipway.RoleProgram, From: &slipway.Output{Step: "compile", Mount: "/out"}, To: "/app"}},
	}
}

func TestPlan_Validate(t *testing.T) {
	t.Parallel()
	if err := validPlan().Validate(); err != nil {
		t.Fatalf("a valid plan: %v", err)
	}
	bad := map[string]func(*slipway.Plan){
		"step without a name":            func(p *slipway.Plan) { p.Steps[0].Name = "" },
		"two steps of a name":            func(p *slipway.Plan) { p.Steps[1].Name = "deps" },
		"step without a command":         func(p *slipway.Plan) { p.Steps[0].Args = nil },
		"mount without an origin":        func(p *slipway.Plan) { p.Steps[0].Mounts[0].Output = false },
		"mount with two origins":         func(p *slipway.Plan) { p.Steps[0].Mounts[0].Tmpfs = true },
		"mount from a later step":        func(p *slipway.Plan) { p.Steps[1].Mounts[0].From.Step = "compile" },
		"mount from no output":           func(p *slipway.Plan) { p.Steps[1].Mounts[0].From.Mount = "/nowhere" },
		"no layer":                       func(p *slipway.Plan) { p.Layers = nil },
		"four layers":                    func(p *slipway.Plan) { l := p.Layers[0]; p.Layers = []slipway.Layer{l, l, l, l} },
		"layer from no output":           func(p *slipway.Plan) { p.Layers[0].From.Mount = "/nowhere" },
		"layer without an origin":        func(p *slipway.Plan) { p.Layers[0].From = nil },
		"layer with two origins":         func(p *slipway.Plan) { p.Layers[0].Source = &slipway.Source{} },
		"nothing to start":               func(p *slipway.Plan) { p.Start = nil },
		"a secret that the plan has not": func(p *slipway.Plan) { p.Steps[0].Secrets = []string{"TOKEN"} },
		"tests from no output": func(p *slipway.Plan) {
			p.Tests = &slipway.Tests{Output: slipway.Output{Step: "test", Mount: "/results"}}
		},
		"a Dockerfile beside steps": func(p *slipway.Plan) { p.Dockerfile = &slipway.Dockerfile{File: "Dockerfile", Context: "."} },
	}
	for name, spoil := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := validPlan()
			spoil(&p)
			if err := p.Validate(); err == nil {
				t.Error("Validate() = nil, want an error")
			}
		})
	}
}

func TestPlan_Digest(t *testing.T) {
	t.Parallel()
	p, q := validPlan(), validPlan()
	q.Evidence = []slipway.Evidence{{File: "go.mod", Found: "go 1.26"}}
	if p.Digest() != q.Digest() {
		t.Error("evidence changes the digest; it only explains")
	}
	q.Steps[0].Env = map[string]string{"A": "1"}
	if p.Digest() == q.Digest() {
		t.Error("a step's environment does not change the digest")
	}
}

func TestKeyInputs_Key(t *testing.T) {
	t.Parallel()
	base := func() slipway.KeyInputs {
		return slipway.KeyInputs{
			Service: slipway.ServiceName{Team: "shop", Name: "cart"}, Tree: "t", Plan: validPlan(), Platform: "linux/amd64", Compiler: "1", Revision: "abc",
			Stack: slipway.Stack{Build: slipway.StackImage{Digest: "b"}, Run: slipway.StackImage{Digest: "r"}},
		}
	}
	key := base().Key()
	if len(key) != 64 {
		t.Fatalf("key %q has %d characters, want 64", key, len(key))
	}
	commit := base()
	commit.Revision = "def"
	if commit.Key() != key {
		t.Error("the commit changes the key of a plan that is not stamped")
	}
	changes := map[string]func(*slipway.KeyInputs){
		"service":  func(in *slipway.KeyInputs) { in.Service.Name = "till" },
		"tree":     func(in *slipway.KeyInputs) { in.Tree = "u" },
		"plan":     func(in *slipway.KeyInputs) { in.Plan.Port = 9 },
		"build":    func(in *slipway.KeyInputs) { in.Stack.Build.Digest = "c" },
		"run":      func(in *slipway.KeyInputs) { in.Stack.Run.Digest = "s" },
		"swapped":  func(in *slipway.KeyInputs) { in.Stack.Build.Digest, in.Stack.Run.Digest = "r", "b" },
		"platform": func(in *slipway.KeyInputs) { in.Platform = "linux/arm64" },
		"compiler": func(in *slipway.KeyInputs) { in.Compiler = "2" },
		"stamped":  func(in *slipway.KeyInputs) { in.Plan.Stamped = true },
		"stranger": func(in *slipway.KeyInputs) { in.Trust = slipway.TrustStranger },
	}
	for name, change := range changes {
		in := base()
		change(&in)
		if in.Key() == key {
			t.Errorf("%s does not change the key", name)
		}
	}
}
