package rust

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

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
