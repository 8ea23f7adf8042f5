package python

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
	"github.com/slipway-ci/slipway/adapters/junit"
)

// plan writes down what the phases found.
func (p *planner) plan() slipway.Plan {
	p.noteLocale()
	plan := slipway.Plan{
		Service:        p.serviceName(),
		Path:           p.Dir,
		Language:       slipway.LanguagePython,
		Version:        p.version,
		PackageManager: p.manager.name,
		Start:          p.start.args,
		Release:        p.start.release,
		Dir:            path.Join(appDir, p.start.dir),
		Base:           "python",
		Inputs:         p.inputs(),
		Unlocked:       p.needsNetwork() && p.manager.lock == "",
		Evidence:       p.evidence,
	}
	p.Live(&plan, p.start.guess)
	if plan.Kind == slipway.KindWeb && p.Declared.Port == 0 {
		said := len(p.evidence)
		plan.Port = cmp.Or(p.port(), plan.Port)
		plan.Evidence = append(plan.Evidence, p.evidence[said:]...)
	}
	plan.Env = p.environment(plan.Env)
	if plan.Kind == slipway.KindWeb {
		said := len(p.evidence)
		plan.Env = p.listenOutward(plan.Env)
		plan.Evidence = append(plan.Evidence, p.evidence[said:]...)
	}
	deps := p.addDependencies(&plan)
	p.addNatives(&plan)
	if p.start.pages != nil {
		p.addPages(&plan, deps)
	} else {
		p.addProgram(&plan, deps)
	}
	if len(p.packages.build) > 0 {
		plan = debian.AddBuild(plan, p.packages.build)
	}
	if len(p.packages.run) > 0 {
		plan = debian.AddRun(plan, p.packages.run)
	}
	if t := p.Declared.Tests; t != nil {
		if deps != "" {
			deps = stepTestDeps
			plan.Steps = append(plan.Steps, p.depsStep(stepTestDeps, true))
		}
		plan = junit.Add(plan, *t, p.testBase(deps), path.Join(appDir, p.Dir))
		if placing := p.placing(); placing != "" {
			args := plan.Steps[len(plan.Steps)-1].Args
			args[junit.Command] = placing + args[junit.Command]
		}
	}
	return plan
}

// addDependencies gives the name of the step that has what a build needs, ""
// for none.
func (p *planner) addDependencies(plan *slipway.Plan) string {
	if !p.installs() {
		return ""
	}
	plan.Steps = append(plan.Steps, p.depsStep(stepDeps, false))
	plan.Layers = append(plan.Layers, slipway.Layer{
		Role: slipway.RoleDependencies, From: &slipway.Output{Step: stepDeps, Mount: venvDir}, To: venvDir,
	})
	if p.build.dev {
		plan.Steps = append(plan.Steps, p.depsStep(stepBuildDeps, true))
		return stepBuildDeps
	}
	return stepDeps
}

// addProgram copies the program, or what the build made of it. Its files have
// a time of their own: services send them with it.
func (p *planner) addProgram(plan *slipway.Plan, deps string) {
	layer := slipway.Layer{Role: slipway.RoleProgram, To: appDir, Dated: plan.Kind == slipway.KindWeb}
	if p.build.script == "" && len(p.modulePlans) == 0 {
		layer.Source = p.sources()
	} else {
		plan.Steps = append(plan.Steps, p.buildStep(deps))
		layer.From = &slipway.Output{Step: stepBuild, Mount: builtDir}
	}
	plan.Layers = append(plan.Layers, layer)
}

// runEnv is where programs and modules are found.
func (p *planner) runEnv() map[string]string {
	env := map[string]string{}
	var roots []string
	for _, root := range p.allRoots() {
		roots = append(roots, path.Join(appDir, root))
	}
	env["PYTHONPATH"] = strings.Join(roots, ":")
	return env
}

// environment of the image; what slipway.yaml sets stays.
func (p *planner) environment(declared map[string]string) map[string]string {
	env := p.runEnv()
	env["PYTHONUNBUFFERED"], env["PYTHONDONTWRITEBYTECODE"] = "1", "1"
	if p.deps.has("uwsgi") {
		env["LD_LIBRARY_PATH"] = venvDir + "/lib"
	}
	if p.installs() {
		env["PATH"] = venvDir + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	if d := p.start.django; d != nil && d.settings != d.desk {
		env[settingsVariable] = d.settings
	}
	maps.Copy(env, p.start.env)
	maps.Copy(env, declared)
	return env
}

// serviceName is what the service is called when nobody says it.
func (p *planner) serviceName() string {
	if p.Name != "" {
		return p.Name
	}
	names := []string{p.parties[0].name, path.Base(p.Dir), "app"}
	i := slices.IndexFunc(names, func(n string) bool { return slipway.ValidLabel(normal(n)) })
	return normal(names[i])
}
