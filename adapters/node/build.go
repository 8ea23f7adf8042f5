package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// build is what is run between installing and starting; empty for a service
// whose files are started as they are.
type build struct {
	libraries []*pkg            // of the workspace, that have a build of their own
	commands  []string          // shell lines, in the service's directory
	patches   bool              // patch-package changes what was installed
	tool      string            // that builds the workspace's packages in order, "" for none
	env       map[string]string // that this tool needs
	prisma    prisma
	fonts     bool // Next.js fetches fonts of Google
	oldHashes bool // webpack needs some that Node.js no longer has by itself
}

func (b build) needed() bool { return len(b.commands) > 0 || len(b.libraries) > 0 }

// hasBuild tells whether the package itself says how it is built.
func (p *planner) hasBuild() bool {
	return p.Declared.Commands.Build.Given() || p.buildScript() != ""
}

// buildScript is the name of the script that builds: Heroku's when there is
// one, as it says what a host should run.
func (p *planner) buildScript() string {
	for _, name := range []string{"heroku-postbuild", "build"} {
		if line := p.pkg.Scripts[name]; line != "" && !notForImages(line) && !installsElsewhere(line) {
			return name
		}
	}
	return ""
}

// buildLine is what the build runs, as it is written.
func (p *planner) buildLine() string {
	if c := p.Declared.Commands.Build; c.Given() {
		return c.String()
	}
	return p.pkg.Scripts[p.buildScript()]
}

// notForImages are builds of something else than the service.
func notForImages(line string) bool {
	return slices.ContainsFunc([]string{"docker ", "podman ", "electron-builder", "pkg ", "echo "}, func(s string) bool { return strings.HasPrefix(line, s) })
}

// findBuild decides what is run to make the program.
func (p *planner) findBuild() error {
	err := p.findCommands()
	p.allowOldHashes()
	return err
}

func (p *planner) findCommands() error {
	p.findPrisma()
	if err := p.pagesBeside(); err != nil {
		return err
	}
	if c := p.Declared.Commands.Build; c.Given() {
		p.build.commands = []string{c.Script()}
		if p.nx != nil {
			p.build.commands = []string{"cd " + quote(at(p.nx.dir)), c.Script(), "cd " + quote(at(p.Dir))}
		}
		p.note(slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("commands.build"), Found: "build: " + c.String(), Means: "run in the place of the package's own build"})
		p.findLibraries()
		return nil
	}
	p.prismaBeside()
	p.lifecycle()
	if p.builtByNx() || p.orchestrated() {
		return p.checkBuilt()
	}
	if name := p.buildScript(); name != "" {
		p.build.commands = append(p.build.commands, p.runHere(name)...)
		p.note(slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines["scripts."+name], Found: name + ": " + p.pkg.Scripts[name], Means: "run after installing", Knob: "commands: {build: …}"})
	} else {
		p.impliedBuild()
	}
	for _, line := range p.program.builds {
		if !slices.Contains(p.build.commands, p.normal(line)) {
			p.build.commands = append(p.build.commands, p.normal(line))
			p.note(slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines["scripts.start"], Found: line, Means: "belongs to the build, not to the start"})
		}
	}
	p.findLibraries()
	return p.checkBuilt()
}

// impliedBuild builds what has no build script: a framework's pages, or
// TypeScript that is started compiled.
func (p *planner) impliedBuild() {
	if len(p.program.builds) > 0 {
		return
	}
	if p.program.alone() || p.program.framed || p.program.file == "" && p.Declared.Commands.Start.Given() {
		for _, f := range frameworks() {
			if p.pkg.has(f.pkg) && p.program.start != nil {
				p.build.commands = append(p.build.commands, "PATH="+p.binPath()+":$PATH "+f.build)
				return
			}
		}
	}
	if p.program.pages != "" && repo.IsDir(p.Tree, path.Join(p.Dir, p.program.pages)) {
		p.build.commands = append(p.build.commands, "true") // they are laid out as they are
		return
	}
	p.impliedCompilation()
}

// impliedCompilation compiles what is started, when it is not there.
func (p *planner) impliedCompilation() {
	c := p.tsconfig()
	if p.program.file == "" || p.exists(p.program.file) || c.outDir == "" || !p.pkg.has("typescript") {
		return
	}
	p.build.commands = append(p.build.commands, "node "+p.bin("tsc")+" -p "+c.file)
	p.note(slipway.Evidence{File: path.Join(p.Dir, c.file), Found: "outDir: " + c.outDir, Means: "compiled with tsc, since no script does", Knob: "commands: {build: …}"})
}

// binPath is where npm would look for programs.
func (p *planner) binPath() string {
	dirs := []string{path.Join(appDir, p.Dir, "node_modules/.bin")}
	if p.Dir != p.manager.root {
		dirs = append(dirs, path.Join(appDir, p.manager.root, "node_modules/.bin"))
	}
	return strings.Join(dirs, ":")
}

// run is the line that runs a script of the package.
func (p *planner) run(script string) string { return string(p.manager.tool) + " run " + script }

// normal writes a command of a start script as the build's shell runs it.
func (p *planner) normal(line string) string {
	if name, ok := scriptOf(strings.Fields(line)); ok {
		return p.run(name)
	}
	return "PATH=" + p.binPath() + ":$PATH " + line
}

// lifecycle looks at what npm runs around installing and starting. Scripts
// that change the installed packages run when those are installed, others
// with the sources at hand; hooks of git are nobody's here.
func (p *planner) lifecycle() {
	for _, name := range []string{"preinstall", "install", "postinstall", "prepare", "prestart"} {
		line := p.pkg.Scripts[name]
		e := slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines["scripts."+name], Found: name + ": " + line, Knob: "commands: {build: …}"}
		switch {
		case line == "" || name == "preinstall":
			continue
		case installsElsewhere(line):
			e.Means = "passed over: a build has no network to install with"
		case strings.Contains(line, "patch-package"):
			p.build.patches = true
			e.Means = "run when packages are installed"
		case strings.Contains(line, "prisma generate") && p.build.prisma.dir != "" || forDevelopers(line):
			continue
		case p.buildScript() != "" && strings.Contains(line, "run "+p.buildScript()):
			continue // it is run anyway
		default:
			p.build.commands = append(p.build.commands, p.run(name))
			e.Means = "run before the build, with the sources at hand"
		}
		p.note(e)
	}
}

// forDevelopers tells whether a script sets up a developer's own checkout.
func forDevelopers(line string) bool {
	for _, word := range []string{"husky", "lefthook", "simple-git-hooks", "pre-commit", "is-ci", "only-allow", "lint-staged", "nuxt prepare", "svelte-kit sync", "playwright install", "git config"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}

// findLibraries lists the packages of the workspace that are built first.
func (p *planner) findLibraries() {
	for _, m := range p.space.needs {
		line := m.Scripts["build"]
		if line == "" || notForImages(line) {
			continue
		}
		p.build.libraries = append(p.build.libraries, m)
		p.note(slipway.Evidence{File: m.file(), Line: m.lines["scripts.build"], Found: "build: " + line, Means: "run before the service's own build, which needs " + m.Name})
	}
}

// checkBuilt refuses to start a file that is not there and that nothing
// makes.
func (p *planner) checkBuilt() error {
	file := p.program.file
	if file == "" || p.build.needed() || p.exists(file) || p.Declared.Commands.Start.Given() || repo.IsDir(p.Tree, path.Join(p.Dir, file)) {
		return nil
	}
	return invalid("%s starts %s, which is not in the repository, and nothing builds it", repo.Show(p.pkg.file()), repo.Quote(file)).
		WithHint("commit the file, add a build script to %s, or say what to start in slipway.yaml (main: src/server.js)", repo.Quote(p.pkg.file()))
}
