package node

import (
	"cmp"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
)

// nxMember is what a package of a workspace says to Nx in its package.json,
// where it has a task that builds: what Nx' generators write in place of a
// project.json since packages of npm make its workspaces.
func (p *planner) nxMember() (*nxProject, bool) {
	if p.nx != nil || p.space.file == "" || p.space.root == nil || p.pkg == p.space.root || !p.space.root.has("nx") {
		return nil, false
	}
	raw, said := p.pkg.raw["nx"]
	if !said {
		return nil, false
	}
	member, err := parseProject(raw)
	if err != nil {
		return nil, false
	}
	if _, builds := member.Targets["build"]; !builds {
		return nil, false
	}
	member.dir, member.root, member.Name = p.pkg.dir, p.manager.root, cmp.Or(member.Name, p.pkg.Name)
	member.settings = readNxSettings(p.Tree, member.root)
	return member, true
}

// memberProgram starts what such a task writes into the package's own
// directory.
func (p *planner) memberProgram() (bool, error) {
	member, ok := p.nxMember()
	if !ok {
		return false, nil
	}
	b, _ := member.build(func(name string) (text, file string) { return p.configIn(member.dir, name) })
	var dir, main string
	switch b.kind {
	case nxEsbuild:
		dir, main = p.esbuildMain(b.target.Options)
		p.program.bundled = false // the package's modules are beside it anyway
	case nxCompile:
		dir, main = member.compiledMain(b.target.Options)
	case nxWebpack:
		text, _ := p.configIn(member.dir, "webpack.config")
		if b.target.Options.Target != "node" && !webpackNode.MatchString(text) {
			return false, nil
		}
		dir = cmp.Or(b.target.Options.OutputPath.Base, path.Join(relative(member.root, member.dir), option(webpackOutput, text, "dist")))
		main = cmp.Or(b.target.Options.FileName, option(webpackFile, text, "main.js"))
	}
	below, inside := strings.CutPrefix(path.Join(member.root, member.tokens(dir)), member.dir+"/")
	if main == "" || !inside {
		return false, nil
	}
	p.program.file = path.Join(below, main)
	p.program.start = []string{"node", p.program.file}
	p.started(slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines["nx"], Found: "nx: build: " + cmp.Or(b.target.Executor, b.kind)})
	return true, nil
}
