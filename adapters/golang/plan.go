package golang

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// appDir is where the program lies in the image.
const appDir = "/app"

// plan writes down what the phases found.
func (p *planner) plan() slipway.Plan {
	d := p.Declared
	plan := slipway.Plan{
		Service:        p.name(),
		Path:           p.Dir,
		Language:       slipway.LanguageGo,
		Version:        p.version,
		PackageManager: "go",
		Start:          []string{path.Join(appDir, p.name())},
		Dir:            appDir,
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
	p.Live(&plan, repo.Guess{})
	deps := p.needsDownload()
	if deps {
		plan.Steps = append(plan.Steps, p.depsStep())
	}
	compile := p.compileStep(deps)
	plan.Steps = append(plan.Steps, compile)
	return p.withLibraries(p.withTests(plan, compile))
}
