package rust

import (
	"maps"
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
	"github.com/slipway-ci/slipway/adapters/junit"
)

// appDir is where the program lies in the image.
const appDir = "/app"

// plan writes down what the phases found.
func (p *planner) plan() slipway.Plan {
	plan := slipway.Plan{
		Service:        p.name(),
		Path:           p.Dir,
		Language:       slipway.LanguageRust,
		Version:        p.version,
		PackageManager: "cargo",
		Start:          []string{path.Join(appDir, p.program())},
		Dir:            appDir,
		Base:           "cc",
		Inputs:         p.inputs(),
		Unlocked:       !p.lock.there && p.downloads(),
		Evidence:       p.evidence,
	}
	if p.static {
		plan.Base = "static"
	}
	p.live(&plan)
	compiled := p.main.pkg != nil && (p.downloads() || p.config.vendored)
	if p.downloads() {
		plan.Steps = append(plan.Steps, p.fetchStep())
	}
	if compiled {
		plan.Steps = append(plan.Steps, p.depsStep())
	}
	step := p.compileStep(compiled)
	plan.Steps = append(plan.Steps, step)
	plan.Layers = p.layers()
	if t := p.Declared.Tests; t != nil {
		plan = junit.Add(plan, *t, step, inStep(p.Dir))
	}
	return p.withPackages(p.withToolchain(plan))
}

// layers are the program's and, when it reads files, theirs; a web server
// makes ETags of their times.
func (p *planner) layers() []slipway.Layer {
	var layers []slipway.Layer
	if len(p.sources.files) > 0 {
		layers = append(layers, slipway.Layer{Role: slipway.RoleDependencies, From: &slipway.Output{Step: stepCompile, Mount: filesDir}, To: appDir, Dated: true})
	}
	return append(layers, slipway.Layer{Role: slipway.RoleProgram, From: &slipway.Output{Step: stepCompile, Mount: outputDir}, To: appDir})
}

func (p *planner) withPackages(plan slipway.Plan) slipway.Plan {
	if names := p.system.build; len(names) > 0 {
		plan = debian.AddBuild(plan, names)
	}
	if names := p.runPackages(); len(names) > 0 {
		plan = debian.AddRun(plan, names)
	}
	return plan
}

// live says how the service lives.
func (p *planner) live(plan *slipway.Plan) {
	guess := p.guessKind()
	if p.sources.healthPath != "" {
		guess.Health = p.sources.healthPath
	}
	p.Live(plan, guess)
	p.addressed(plan)
	p.serving(plan)
	if e := p.sources.health; plan.Kind == slipway.KindWeb && p.Declared.Health == "" && e.Found != "" {
		e.Means, e.Knob = "tells whether the service is well", "health: "+e.Found
		plan.Evidence = append(plan.Evidence, e)
	}
	if _, ok := p.crates["rocket"]; !ok || plan.Kind != slipway.KindWeb {
		return
	}
	env := map[string]string{"ROCKET_ADDRESS": "0.0.0.0", "ROCKET_CLI_COLORS": "false"}
	maps.Copy(env, plan.Env)
	plan.Env = env
	means := "listens on 0.0.0.0, and on PORT as the program reads it"
	if p.needsPort() {
		plan.Start = append([]string{path.Join(appDir, "with-port"), "ROCKET_PORT"}, plan.Start...)
		means = "listens on 0.0.0.0 and the port that PORT names: Rocket reads ROCKET_PORT, and a launcher of a few lines gives it that"
	}
	plan.Evidence = append(plan.Evidence, slipway.Evidence{File: p.lockName(), Found: p.crates["rocket"].key(), Means: means, Knob: "env: {ROCKET_ADDRESS: …}"})
}

// needsPort tells whether the program listens where a variable of its
// framework says, which is not PORT.
func (p *planner) needsPort() bool {
	_, rocket := p.crates["rocket"]
	d := p.Declared
	return rocket && !p.sources.readsPort && !p.custom() && d.Env["ROCKET_PORT"] == "" && (d.Kind == "" || d.Kind == slipway.KindWeb)
}

// servers are crates with which a program answers HTTP.
func servers() []string {
	return []string{
		"axum", "actix-web", "rocket", "warp", "hyper-server", "tide", "poem", "salvo", "tonic", "tiny_http", "rouille", "gotham", "ntex", "viz",
		"dropshot", "loco-rs", "pavex", "trillium", "axum-server", "async-graphql-axum", "volo-http", "xitca-web", "xitca-server", "shuttle-runtime", "astra", "may_minihttp", "pingora", "feather", "graphul", "thruster", "nickel", "iron",
	}
}
