package adapters

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/debian"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// declare lays what slipway.yaml says of any service, whatever its language,
// over what the adapter found. What needs to know the language (the build
// command, the tests, the version) is the adapter's.
func declare(p slipway.Plan, s repo.Service) (slipway.Plan, error) {
	d := s.Declared
	note := func(key, found, means string) {
		p.Evidence = append(p.Evidence, slipway.Evidence{File: d.File(), Line: d.Line(key), Found: found, Means: means})
	}
	p.Expose, p.Needs = string(d.Expose), d.Needs
	if c := d.Commands.Start; c.Given() {
		p.Start = c.Exec()
		note("commands.start", "start: "+c.String(), "started as "+strings.Join(p.Start, " "))
	}
	if c := d.Commands.Release; c.Given() {
		p.Release = c.Exec()
		note("commands.release", "release: "+c.String(), "run once before a release starts")
	}
	if p.Kind == slipway.KindWorker && d.Health != "" {
		parsed, _ := command.Parse(d.Health) // it was checked
		p.HealthCommand = parsed.Exec()
		note("health", "health: "+d.Health, "tells whether the worker is well")
	}
	if len(d.BuildEnv) > 0 || len(d.Secrets) > 0 {
		p.Secrets = slices.Sorted(slices.Values(d.Secrets))
		p.Steps = withEnvironment(p.Steps, d.BuildEnv, p.Secrets)
		note(cmp.Or(map[bool]string{true: "buildEnv"}[len(d.BuildEnv) > 0], "secrets"), "variables of the build", "set in every step")
	}
	p = withPackages(p, d, note)
	return p, needsShell(p, d)
}

// withEnvironment gives every step the variables of the build. An adapter's
// own stay: they are what its steps rely on.
func withEnvironment(steps []slipway.Step, env map[string]string, secrets []string) []slipway.Step {
	steps = slices.Clone(steps)
	for i := range steps {
		merged := maps.Clone(env)
		if merged == nil {
			merged = map[string]string{}
		}
		maps.Copy(merged, steps[i].Env)
		steps[i].Env, steps[i].Secrets = merged, secrets
	}
	return steps
}

func withPackages(p slipway.Plan, d manifest.Service, note func(key, found, means string)) slipway.Plan {
	if names := d.Packages.Build; len(names) > 0 {
		p = debian.AddBuild(p, names)
		note("packages.build", strings.Join(names, ", "), "Debian packages of the build's steps")
	}
	if names := d.Packages.Run; len(names) > 0 {
		p = debian.AddRun(p, names)
		note("packages.run", strings.Join(names, ", "), "Debian packages in the image, in a layer of their own")
	}
	return p
}

// needsShell refuses a start that the run image cannot run.
func needsShell(p slipway.Plan, d manifest.Service) error {
	if len(p.Start) == 0 || p.Start[0] != command.Shell || p.Dockerfile != nil || slices.Contains(shells(), p.Base) {
		return nil
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s:%d: the start command needs a shell, which the run image of a %s service does not have", repo.Quote(d.File()), d.Line("commands.start"), p.Language).
		WithHint("write it without variables and operators; the program reads PORT itself").WithClass(slipway.ClassCode)
}

// shells are the run images that have one.
func shells() []string { return []string{"node", "python", "java"} }
