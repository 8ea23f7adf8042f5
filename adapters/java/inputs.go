package java

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// manifests are the patterns of the files that the step which fetches
// dependencies sees.
func (p *planner) manifests() []string {
	names := slices.Concat(p.build.manifests, p.build.outside)
	for _, m := range p.build.closure(p.main.module) {
		names = append(names, m.late...)
	}
	return sorted(names)
}

// sources are the files that the compile step sees.
func (p *planner) sources() *slipway.Source {
	if len(p.Declared.Inputs) > 0 {
		return &slipway.Source{Include: p.declaredInputs(), Exclude: []string{".git"}}
	}
	s := &slipway.Source{Exclude: append([]string{".git"}, p.irrelevant()...)}
	if p.build.root != "." {
		s.Include = sorted(append([]string{p.build.root}, p.build.outside...))
	}
	return s
}

// inputs are the same files as the build key sees them: names of directories
// and files, then patterns with ! in front that except from them.
func (p *planner) inputs() []string {
	if len(p.Declared.Inputs) > 0 {
		return p.declaredInputs()
	}
	inputs := append([]string{p.build.root}, p.build.outside...)
	for _, pattern := range p.irrelevant() {
		inputs = append(inputs, "!"+pattern)
	}
	return inputs
}

// declaredInputs adds the files without which the tool does not start.
func (p *planner) declaredInputs() []string {
	names := slices.Concat(p.Declared.Inputs, p.build.outside)
	for _, m := range p.build.manifests {
		if !strings.Contains(m, "*") {
			names = append(names, m)
		}
	}
	return sorted(names)
}

// irrelevant lists what is no part of the program: papers beside the build
// file, what earlier builds left, tests that nobody runs, and the sources of
// modules that the program is not made of.
func (p *planner) irrelevant() []string {
	if p.Declared.Commands.Build.Given() {
		return nil // nobody knows what it reads
	}
	var patterns []string
	for _, name := range []string{".github", ".gitlab-ci.yml", ".gitignore", ".idea", "*.md", "LICENSE*"} {
		patterns = append(patterns, path.Join(p.build.root, name))
	}
	if p.build.tool == sbt {
		for _, name := range []string{"project/target", "project/project/target", ".bsp", ".bloop", ".metals"} {
			patterns = append(patterns, path.Join(p.build.root, name))
		}
	}
	used := p.build.closure(p.main.module)
	output := map[string]string{maven: "target", gradle: "build", sbt: "target"}[p.build.tool]
	for _, m := range p.build.modules {
		patterns = append(patterns, path.Join(m.dir, output))
		switch {
		case !slices.ContainsFunc(used, func(u module) bool { return u.dir == m.dir }):
			patterns = append(patterns, path.Join(m.dir, "src"))
		case p.Declared.Tests == nil:
			patterns = append(patterns, path.Join(m.dir, "src/test"))
			if m.play {
				patterns = append(patterns, path.Join(m.dir, "test"))
			}
		}
	}
	return patterns
}

func sorted(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
