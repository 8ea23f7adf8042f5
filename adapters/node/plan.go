package node

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/junit"
)

// plan writes down what the phases found.
func (p *planner) plan() (slipway.Plan, error) {
	plan := slipway.Plan{
		Service:        p.name(),
		Path:           p.place(),
		Language:       slipway.LanguageNode,
		Version:        p.version,
		PackageManager: string(p.manager.tool),
		Start:          p.program.start,
		Release:        p.program.release,
		Dir:            at(p.Dir),
		Base:           "node",
		Inputs:         p.inputs(),
		Unlocked:       p.manager.lock == "" && p.hasDependencies(),
	}
	if p.program.pages != "" {
		plan.Base, plan.Dir = "web", appDir
	}
	p.live(&plan)
	p.steps(&plan)
	p.layers(&plan)
	plan.Evidence = slices.Concat(p.evidence, plan.Evidence)
	return p.withNatives(plan), nil
}

// live writes how the service lives.
func (p *planner) live(plan *slipway.Plan) {
	guess := p.guessKind()
	if guess.Kind == "" || guess.Kind == slipway.KindWeb || p.Declared.Kind == slipway.KindWeb {
		if p.program.pages == "" {
			guess.Health = p.health()
		}
		guess.Health = cmp.Or(guess.Health, p.program.home)
	}
	p.Live(plan, guess)
	for _, dir := range p.program.writable {
		plan.Writable = append(plan.Writable, path.Join(at(p.Dir), dir))
	}
	env := map[string]string{}
	if p.program.pages == "" {
		env["NODE_ENV"] = "production"
		maps.Copy(env, p.program.env)
	}
	if plan.Kind == slipway.KindWeb && p.program.pages == "" {
		p.listenOutward(env)
	}
	maps.Copy(env, plan.Env) // what slipway.yaml says stays
	plan.Env = env
	if plan.Kind == slipway.KindWeb && p.Declared.Port == 0 && p.program.pages == "" {
		plan.Port = cmp.Or(p.port(), plan.Port)
	}
}

// full tells whether the packages for development are installed, too.
func (p *planner) full() bool {
	return p.build.needed() || p.Declared.Tests != nil || p.program.dev
}

// pruned tells whether the image gets fewer packages than the build.
func (p *planner) pruned() bool {
	if p.full() && !p.program.dev && p.modulesInImage() && (p.manager.berry() || p.manager.tool == toolBun && p.space.file != "") {
		return true // the first step installs the whole workspace, and has marks for running scripts
	}
	return p.full() && !p.program.dev && p.modulesInImage() && slices.ContainsFunc(p.installed(), func(m *pkg) bool { return len(m.Dev) > 0 })
}

// modulesInImage tells whether the program needs installed packages to run.
func (p *planner) modulesInImage() bool {
	if p.program.alone() {
		return false
	}
	return p.program.dev || len(p.space.needs) > 0 || slices.ContainsFunc(p.installed(), func(m *pkg) bool { return len(m.Dependencies)+len(m.Optional) > 0 })
}

func (p *planner) steps(plan *slipway.Plan) {
	if p.manager.version != "" && (p.hasDependencies() || p.build.needed() || p.program.bun) {
		plan.Steps = append(plan.Steps, p.managerStep())
	}
	if p.hasDependencies() && (p.full() || p.modulesInImage()) {
		plan.Steps = append(plan.Steps, p.depsStep(!p.full()))
		if p.pruned() {
			plan.Steps = append(plan.Steps, p.pruneStep())
		}
	}
	base := p.buildStep()
	if p.build.needed() {
		plan.Steps = append(plan.Steps, base)
	}
	if t := p.Declared.Tests; t != nil {
		base.Env = maps.Clone(base.Env)
		base.Env["NODE_ENV"] = "test"
		*plan = junit.Add(*plan, *t, base, at(p.place()))
	}
}

func (p *planner) layers(plan *slipway.Plan) {
	if p.program.bun && (!p.hasDependencies() || !p.modulesInImage()) {
		plan.Layers = append(plan.Layers, bunLayer())
	}
	if p.hasDependencies() && p.modulesInImage() {
		from := slipway.Output{Step: stepDeps, Mount: appDir}
		if p.pruned() {
			from.Step = stepPrune
		}
		plan.Layers = append(plan.Layers, slipway.Layer{Role: slipway.RoleDependencies, From: &from, To: appDir})
	}
	program := slipway.Layer{Role: slipway.RoleProgram, To: appDir, Dated: true}
	if p.build.needed() {
		program.From = &slipway.Output{Step: stepBuild, Mount: outputDir}
	} else {
		program.Source = p.programSource()
	}
	plan.Layers = append(plan.Layers, program)
}

// place is the service's directory, also where everything runs above it.
func (p *planner) place() string {
	if p.nx != nil {
		return p.nx.dir
	}
	return p.Dir
}

var notLabel = regexp.MustCompile(`[^a-z0-9]+`)

// name of the service: what somebody gave, else the package's own without
// its scope, else the directory's.
func (p *planner) name() string {
	if p.Name != "" {
		return p.Name
	}
	names := []string{path.Base(p.pkg.Name), path.Base(p.Dir)}
	if p.nx != nil {
		names = []string{path.Base(p.nx.Name), path.Base(p.nx.dir)}
	}
	for _, name := range names {
		name = strings.Trim(notLabel.ReplaceAllString(strings.ToLower(name), "-"), "-")
		if slipway.ValidLabel(name) {
			return name
		}
	}
	return "app"
}
