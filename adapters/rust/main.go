package rust

import (
	"fmt"
	"path"
	"regexp"
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

// candidates are the programs that could be meant: those of the service's
// own package, else of the workspace's default members, else of all.
func (p *planner) candidates() []program {
	if own := p.workspace.packages[p.Dir]; own != nil {
		if found := own.programs(p.Tree, p.edition(own)); len(found) > 0 {
			return found
		}
	}
	if p.Dir != p.workspace.root {
		return nil
	}
	var dirs []string
	if w := p.workspace.file.Workspace; w != nil {
		for _, pattern := range w.DefaultMembers {
			found, _ := p.expand(pattern) // Cargo says what is wrong with it
			dirs = append(dirs, found...)
		}
	}
	var all []program
	for dir, k := range p.workspace.packages {
		if len(dirs) == 0 || slices.Contains(dirs, dir) {
			all = append(all, k.programs(p.Tree, p.edition(k))...)
		}
	}
	slices.SortFunc(all, func(a, b program) int { return strings.Compare(a.where(), b.where()) })
	return all
}

// matching gives the programs that a name means: a program's own name, or a
// package's that has no program of that name.
func matching(all []program, name string) []program {
	byName := filter(all, func(m program) bool { return m.name == name })
	if len(byName) > 0 {
		return byName
	}
	return filter(all, func(m program) bool { return m.pkg.name == name || m.pkg.dir == path.Clean(name) })
}

func filter(all []program, keep func(program) bool) []program {
	return slices.DeleteFunc(slices.Clone(all), func(m program) bool { return !keep(m) })
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
	return slipway.Errorf(slipway.CodeAmbiguous, "%s has %d programs", repo.Show(p.Dir), len(services)).
		WithHint("choose one, set default-run in Cargo.toml, or declare each as a service in slipway.yaml").
		WithDetails(slices.Concat(p.listed(services), p.snippet(services))...).WithClass(slipway.ClassCode)
}

// isAside tells whether a program is, by custom, one for the developers
// themselves, or is not built without features that nobody asked for.
func (p *planner) isAside(m program) bool {
	rel := strings.TrimPrefix(strings.TrimPrefix(m.pkg.dir, p.Dir), "/")
	first, _, _ := strings.Cut(rel, "/")
	missing := slices.ContainsFunc(m.required, func(f string) bool {
		return !slices.Contains(p.Declared.Features, f) && !slices.Contains(m.pkg.file.Features["default"], f)
	})
	return missing || m.name == "xtask" || slices.Contains([]string{"tools", "hack", "scripts", "example", "examples", "xtask", "benches"}, first)
}

func (p *planner) noMain(all []program) error {
	e := slipway.Errorf(slipway.CodeInvalid, "%s has no program", repo.Show(p.Dir)).WithClass(slipway.ClassCode)
	if len(all) > 0 {
		return e.WithHint("programs for developers, and those that require features, are not taken for a service by themselves; name one if it is").
			WithDetails(p.listed(all)...)
	}
	return e.WithHint("this looks like a library; a service has a src/main.rs, a file in src/bin or a [[bin]] section")
}

// listed says of each program how to choose it.
func (p *planner) listed(all []program) []string {
	var lines []string
	for _, m := range all[:min(len(all), maxListed)] {
		line := fmt.Sprintf("%s: --main %s", m.where(), repo.Quote(m.name))
		if slipway.ValidLabel(m.name) {
			line += fmt.Sprintf(", or --service TEAM/%s", m.name)
		}
		lines = append(lines, line)
	}
	if more := len(all) - maxListed; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}

// snippet is the slipway.yaml that makes each program a service.
func (p *planner) snippet(all []program) []string {
	lines := []string{"slipway.yaml:", "services:"}
	for _, m := range all[:min(len(all), maxListed)] {
		lines = append(lines, "  - name: "+label(m.name))
		if p.Dir != "." {
			lines = append(lines, "    path: "+repo.Quote(p.Dir))
		}
		lines = append(lines, "    main: "+repo.Quote(m.name))
	}
	return lines
}

// name of the service.
func (p *planner) name() string {
	switch own := p.workspace.packages[p.Dir]; {
	case p.Name != "":
		return p.Name
	case p.main.name != "":
		return label(p.main.name)
	case own != nil:
		return label(own.name)
	}
	return label(path.Base(p.Dir))
}

// label makes a service's name of a program's.
func label(name string) string {
	name = strings.Trim(notLabel.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if slipway.ValidLabel(name) {
		return name
	}
	return "app"
}

var notLabel = regexp.MustCompile(`[^a-z0-9]+`)
