package java

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// nodePlugin fetches Node.js and runs npm while Maven compiles.
const nodePlugin = "frontend-maven-plugin"

// pages gives the directory that the plugin works in, and where it is named.
func (m *pom) pages() said {
	for _, l := range m.find("build", "plugins", "plugin") {
		if m.expand(l.node.value("artifactId")) != nodePlugin {
			continue
		}
		dir := m.dir
		for _, where := range [][]string{{"configuration", "workingDirectory"}, {"executions", "execution", "configuration", "workingDirectory"}} {
			for _, n := range l.node.all(where...) {
				dir = m.path(m.expand(n.text))
			}
		}
		return said{value: dir, file: l.pom.file, line: l.node.line, found: nodePlugin}
	}
	return said{}
}

// pages is the plugin of a module that the program is made of, if there is one.
func (p *planner) pages() said {
	for _, m := range p.build.closure(p.main.module) {
		if m.pages.found != "" {
			return m.pages
		}
	}
	return said{}
}

// withoutNode leaves the plugin out where a front end is declared, or that
// there is none: what it would fetch, no step reaches.
func (p *planner) withoutNode() error {
	plugin := p.pages()
	if plugin.found == "" || p.build.tool != maven || p.Declared.Commands.Build.Given() {
		return nil
	}
	if !p.Declared.Frontend.Given() {
		output := path.Join(p.main.module.dir, "src/main/resources/static")
		return slipway.Errorf(slipway.CodeInvalid, "%s runs %s, which fetches Node.js while it compiles, where there is no network", plugin.where(), nodePlugin).
			WithHint("say in slipway.yaml what is built in its place, and where the program takes it from: `frontend: {path: %s, output: %s}`; or `frontend: false`. The plugin is left out then", repo.Quote(plugin.value), repo.Quote(output)).
			WithClass(slipway.ClassCode)
	}
	p.note(slipway.Evidence{File: plugin.file, Line: plugin.line, Found: plugin.found, Means: "left out: slipway.yaml says what is built in its place", Knob: "commands: {build: …}"})
	return nil
}

// skipsNode are the properties by which the plugin does nothing.
func skipsNode() string {
	var flags []string
	for _, goal := range []string{
		"installnodenpm", "installnodepnpm", "installnodeyarn", "installyarn", "installnodecorepack", "installbun",
		"npm", "npx", "pnpm", "yarn", "corepack", "bun", "webpack", "gulp", "grunt", "bower", "karma", "jspm", "ember",
	} {
		flags = append(flags, "-Dskip."+goal)
	}
	return strings.Join(flags, " ")
}
