package golang

import (
	"cmp"
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

// Defaults of a service that declares nothing.
const (
	appDir        = "/app"
	defaultPort   = 8080
	defaultHealth = "/"
)

// findKind notes how the service lives, and what is assumed of it.
func (p *planner) findKind() error {
	d := p.Declared
	if d.Kind == "" {
		p.note(slipway.Evidence{File: p.Dir, Found: "no kind declared", Means: "a web service", Knob: "kind: worker"})
	} else {
		p.note(slipway.Evidence{File: manifest.Name, Line: d.Line("kind"), Found: "kind: " + string(d.Kind), Means: "a service of kind " + string(d.Kind)})
	}
	if cmp.Or(d.Kind, slipway.KindWeb) != slipway.KindWeb {
		return nil
	}
	if d.Health == "" {
		p.note(slipway.Evidence{File: p.Dir, Found: "no health path declared", Means: "GET / tells whether it is well", Knob: "health: /healthz"})
	} else {
		p.note(slipway.Evidence{File: manifest.Name, Line: d.Line("health"), Found: "health: " + d.Health, Means: "GET " + d.Health + " tells whether it is well"})
	}
	return nil
}

// plan writes down what the phases found.
func (p *planner) plan() slipway.Plan {
	d := p.Declared
	plan := slipway.Plan{
		Service:        p.name(),
		Path:           p.Dir,
		Language:       slipway.LanguageGo,
		Version:        p.version,
		PackageManager: "go",
		Kind:           cmp.Or(d.Kind, slipway.KindWeb),
		Start:          []string{path.Join(appDir, p.name())},
		Dir:            appDir,
		Env:            d.Env,
		Writable:       slices.Sorted(slices.Values(d.Writable)),
		Base:           "static",
		Layers: []slipway.Layer{{
			Role: slipway.RoleProgram,
			From: &slipway.Output{Step: stepCompile, Mount: outputDir},
			To:   appDir,
		}},
		Inputs:   p.inputs(),
		Stamped:  d.Stamp != nil,
		Evidence: p.evidence,
	}
	if p.cgo {
		plan.Base = "cc"
	}
	if plan.Kind == slipway.KindWeb {
		plan.Port = cmp.Or(d.Port, defaultPort)
		plan.Health = cmp.Or(d.Health, defaultHealth)
	}
	deps := p.needsDownload()
	if deps {
		plan.Steps = append(plan.Steps, p.depsStep())
	}
	plan.Steps = append(plan.Steps, p.compileStep(deps))
	return plan
}
