package node

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// program is what the image starts, and what it is made of. Paths are
// relative to the service's directory.
type program struct {
	start     []string
	release   []string          // what the start script did before it, and a release does once
	env       map[string]string // that the framework needs
	writable  []string          // below the service's directory
	pages     string            // directory of built files that a file server serves; "" is none
	fallbacks []string          // of the pages: the files for paths of a page's own
	base      string            // of the pages: the path that their links begin with, with slashes around it; "" is none
	home      string            // the path below which alone it answers; "" is /
	output    string            // of the build, which is all that the image has besides modules; "" is all that running may need
	bundled   bool              // the output has the modules in it
	only      []string          // built directories that have everything the program needs, modules too; none is the whole service
	file      string            // that is started, "" when it is a package's program
	dev       bool              // runs with a package that is for development only
	builds    []string          // commands of the start script that belong to the build
	bun       bool              // only bun can run it
	framed    bool              // a framework says how it is started
	worker    bool
	why       slipway.Evidence // of worker
}

// alone tells that the built files need no modules beside them.
func (g program) alone() bool { return g.pages != "" || len(g.only) > 0 || g.bundled }

// findProgram decides what is started. What somebody named comes first, then
// the Procfile, the framework when the start script is its own, the start
// script, main, and the usual names.
func (p *planner) findProgram() error {
	if p.Declared.Commands.Start.Given() {
		return p.declaredStart()
	}
	for _, look := range []func() (bool, error){p.named, p.procfile, p.nxProgram, p.framework, p.script, p.memberProgram, p.functions, p.mainField, p.entry} {
		ok, err := look()
		if err != nil || ok {
			return err
		}
	}
	return p.noProgram()
}

func (p *planner) noProgram() error {
	details := []string{
		p.pkg.at("scripts") + ": no script called start",
		p.pkg.at("main") + ": no main that is there",
		"no file called server, app, index or main, alone or in src, that ends in .js, .mjs, .cjs, .ts or .mts",
	}
	hint := `add a start script to ` + repo.Quote(p.pkg.file()) + ` ("start": "node src/server.js"), or say it in slipway.yaml (main: src/server.js)`
	if p.exists("Dockerfile") {
		details = append(details, repo.Quote(path.Join(p.Dir, "Dockerfile"))+": says how it is built and started; chosen by `language: dockerfile` in "+manifest.Name)
	}
	if p.space.file != "" && len(p.space.members) > 0 && p.pkg == p.space.root {
		for _, dir := range sortedKeys(p.space.members) {
			details = append(details, repo.Quote(dir)+": a package of the workspace; choose it by --path")
		}
	}
	return invalid("nothing says what to start in %s", repo.Show(p.Dir)).WithHint("%s", hint).WithDetails(details...)
}

// declaredStart looks at the command of slipway.yaml for what it needs to be
// in the image. The command itself is taken as it is.
func (p *planner) declaredStart() error {
	words := p.Declared.Commands.Start.Exec()
	where := manifest.Name + ":" + strconv.Itoa(p.Declared.Line("commands.start"))
	switch {
	case slices.Contains([]string{"npm", "npx", "pnpm", "yarn", "corepack", "bunx"}, words[0]):
		return invalid("%s: %s is not in the image, which has node alone", where, words[0]).
			WithHint("write what it would run, for example `start: node dist/server.js`")
	case words[0] != "node" && !strings.Contains(words[0], "/") && p.pkg.has(p.binPackage(words[0])):
		return invalid("%s: the image starts no program of a package by its name", where).
			WithHint("write `start: node %s`", strings.Join(append([]string{p.bin(words[0])}, words[1:]...), " "))
	case words[0] == "bun":
		return p.runBun(words[1:], slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("commands.start"), Found: "start: " + strings.Join(words, " ")}, 0)
	case words[0] == "node":
		if err := p.runNode(words[1:], slipway.Evidence{File: manifest.Name}); err != nil {
			return nil //nolint:nilerr // "node" without a file is what was asked for
		}
		p.evidence = slices.DeleteFunc(p.evidence, func(e slipway.Evidence) bool {
			return e.File == manifest.Name && strings.HasPrefix(e.Means, "started as")
		})
	default:
		p.program.start = words
	}
	return nil
}
