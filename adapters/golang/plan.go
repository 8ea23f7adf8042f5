package golang

import (
	"cmp"
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
)

// Defaults of a service that declares nothing.
const (
	appDir        = "/app"
	defaultPort   = 8080
	defaultHealth = "/"
)

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

// name of the service and of its program.
func (p *planner) name() string {
	return cmp.Or(p.Name, path.Base(p.layout.mains[0].path))
}

func (p *planner) needsDownload() bool { return len(p.layout.mains[0].file.Require) > 0 }
