package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// maxListed is the most candidates that an error lists.
const maxListed = 20

// findMain chooses the program: the one that somebody named, else the one of
// the service's name, else the package's default-run, else the only one.
func (p *planner) findMain() error {
	if p.custom() {
		p.note(slipway.Evidence{
			File: manifest.Name, Line: p.Declared.Line("commands.build"), Found: "build: " + p.Declared.Commands.Build.String(),
			Means: "builds the program instead of cargo build",
		})
		return nil
	}
	all := p.candidates()
	if p.Main != "" {
		return p.named(all, p.Main, "--main", slipway.Evidence{File: p.Dir, Found: "--main " + p.Main})
	}
	if m := p.Declared.Main; m != "" {
		return p.named(all, m, manifest.Name, slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("main"), Found: "main: " + m})
	}
	if same := matching(all, p.Name); p.Name != "" && len(same) == 1 {
		p.choose(same[0], "a program of the service's name")
		return nil
	}
	return p.onlyMain(all)
}

// named takes the program that somebody chose.
func (p *planner) named(all []program, choice, by string, e slipway.Evidence) error {
	found := matching(all, choice)
	if len(found) == 1 {
		p.take(found[0], e)
		return nil
	}
	if len(found) > 1 {
		return slipway.Errorf(slipway.CodeAmbiguous, "%s names %s, which %d packages have a program for", by, repo.Quote(choice), len(found)).
			WithHint("name the package's directory as the service's path").WithDetails(p.listed(found)...).WithClass(slipway.ClassCode)
	}
	return slipway.Errorf(slipway.CodeNotFound, "%s names %s, which is not a program of %s", by, repo.Quote(choice), repo.Show(p.Dir)).
		WithHint("name one of those that there are").WithDetails(p.listed(all)...).WithClass(slipway.ClassCode)
}

// choose takes a program, because of what was found.
func (p *planner) choose(m program, found string) {
	p.take(m, slipway.Evidence{File: path.Join(m.pkg.dir, m.path), Found: found})
	if m.line > 0 {
		last := &p.evidence[len(p.evidence)-1]
		last.File, last.Line = m.pkg.manifest(), m.line
	}
}

func (p *planner) take(m program, e slipway.Evidence) {
	p.main = m
	e.Means, e.Knob = "the program is "+m.name, "main: "+m.name
	if len(m.required) > 0 {
		e.Means += ", built with the features that it requires: " + strings.Join(m.required, ", ")
	}
	p.note(e)
}

// onlyMain takes the only program there is, and never the first of several.
func (p *planner) onlyMain(all []program) error {
	if k := p.workspace.packages[p.Dir]; k != nil && k.file.Package.DefaultRun != "" {
		if found := matching(all, k.file.Package.DefaultRun); len(found) == 1 {
			p.take(found[0], slipway.Evidence{
				File: k.manifest(), Line: lineOf(k.data, "package", "default-run"), Found: "default-run = " + k.file.Package.DefaultRun,
			})
			return nil
		}
	}
	services := filter(all, func(m program) bool { return !p.isAside(m) })
	switch len(services) {
	case 0:
		return p.noMain(all)
	case 1:
		p.choose(services[0], "the only program")
		return nil
	}
	var called []repo.Called
	for _, m := range services {
		called = append(called, repo.Called{Started: []string{m.name}, Built: []string{"release/" + m.name}})
	}
	if i, e := repo.OfDockerfile(p.Service, called); i >= 0 {
		p.take(services[i], e)
		return nil
	}
	return slipway.Errorf(slipway.CodeAmbiguous, "%s has %d programs", repo.Show(p.Dir), len(services)).
		WithHint("choose one, set default-run in Cargo.toml, or declare each as a service in slipway.yaml").
		WithDetails(slices.Concat(p.listed(services), p.snippet(services))...).WithClass(slipway.ClassCode)
}

func (p *planner) noMain(all []program) error {
	e := slipway.Errorf(slipway.CodeInvalid, "%s has no program", repo.Show(p.Dir)).WithClass(slipway.ClassCode)
	if len(all) > 0 {
		return e.WithHint("programs for developers, and those that require features, are not taken for a service by themselves; name one if it is").
			WithDetails(p.listed(all)...)
	}
	return e.WithHint("this looks like a library; a service has a src/main.rs, a file in src/bin or a [[bin]] section")
}
