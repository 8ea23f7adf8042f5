package golang

import (
	"path"

	"github.com/slipway-ci/slipway"
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
	plan = p.lives(plan)
	deps := p.needsDownload()
	if deps {
		plan.Steps = append(plan.Steps, p.depsStep())
	}
	plan = p.withGenerated(plan, deps)
	compile := p.withOverlay(p.compileStep(deps))
	plan.Steps = append(plan.Steps, compile)
	plan = p.withData(plan)
	return p.withLibraries(p.withTests(plan, compile))
}

// withData adds the files that the program reads. They are no part of the
// step that compiles, so that neither waits for the other; a web server makes
// ETags of their times.
func (p *planner) withData(plan slipway.Plan) slipway.Plan {
	if len(p.data) == 0 {
		return plan
	}
	plan.Steps = append(plan.Steps, p.dataStep())
	files := slipway.Layer{Role: slipway.RoleDependencies, From: &slipway.Output{Step: stepData, Mount: dataDir}, To: appDir, Dated: true}
	plan.Layers = append([]slipway.Layer{files}, plan.Layers...)
	return plan
}
