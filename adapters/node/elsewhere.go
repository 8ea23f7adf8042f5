package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// elsewhere tells that a script installs and builds packages in other
// directories, as hosts were told to do for the page beside a server (npm
// install --prefix client && npm run build --prefix client). dirs are those
// that are built, as seen from the script's package; own is what else it does,
// in its package's directory.
func elsewhere(line string) (dirs, own []string, ok bool) {
	parts, ok := command.Sequence(line)
	if !ok {
		return nil, nil, false
	}
	at, installs := ".", false
	for _, part := range parts {
		c, ok := command.Parse(part)
		if !ok || len(c.Args) == 0 || c.NeedsShell() {
			return nil, nil, false
		}
		if c.Args[0] == "cd" && len(c.Args) == 2 {
			at = path.Join(at, c.Args[1])
			continue
		}
		words, dir := withoutPlace(c.Args)
		dir = path.Join(at, dir)
		name, script := scriptOf(words)
		switch {
		case installsPackages(words):
			installs = true
		case script && name == "build" && dir != ".":
			dirs = append(dirs, dir)
		case at == "." && dir == ".":
			own = append(own, part)
		default:
			return nil, nil, false
		}
	}
	return dirs, own, installs
}

// installsElsewhere tells that a script does that alone.
func installsElsewhere(line string) bool {
	_, own, ok := elsewhere(line)
	return ok && len(own) == 0
}

// runHere are the lines that run a script, without what it does elsewhere.
func (p *planner) runHere(script string) []string {
	dirs, own, ok := elsewhere(p.pkg.Scripts[script])
	if !ok || len(dirs) == 0 {
		return []string{p.run(script)}
	}
	lines := make([]string, len(own))
	for i, part := range own {
		lines[i] = p.normal(part)
	}
	return lines
}

// withoutPlace takes out of a package manager's words those that say where it
// works.
func withoutPlace(args []string) (words []string, dir string) {
	dir = "."
	for i := 0; i < len(args); i++ {
		if slices.Contains([]string{"--prefix", "--cwd", "-C", "--dir"}, args[i]) && i+1 < len(args) {
			i++
			dir = args[i]
			continue
		}
		if name, value, ok := strings.Cut(args[i], "="); ok && (name == "--prefix" || name == "--cwd") {
			dir = value
			continue
		}
		words = append(words, args[i])
	}
	return words, dir
}

func installsPackages(words []string) bool {
	if !slices.Contains([]string{"npm", "pnpm", "yarn", "bun"}, words[0]) {
		return false
	}
	words = onlyFiles(words)
	return len(words) == 1 && words[0] == "yarn" || len(words) == 2 && slices.Contains([]string{"install", "i", "ci"}, words[1])
}

// hasPackage tells whether a directory below is a package of its own.
func (p *planner) hasPackage(dir string) bool {
	return path.Clean(dir) != "." && p.exists(path.Join(dir, packageFile))
}

// otherPackage refuses to start a package by another one, which knows nothing
// of what it needs.
func (p *planner) otherPackage(dir string, why slipway.Evidence) error {
	place := repo.Quote(path.Join(p.Dir, dir))
	return invalid("%s starts the package in %s, which has a %s of its own", p.pkg.at("scripts.start"), place, packageFile).
		WithHint("build that one: --path %s, or `path: %s` in slipway.yaml", place, place).WithDetails(why.Found)
}

// pagesBeside looks at a build script that installs packages elsewhere, which
// a step of a build cannot: what it builds is a front end.
func (p *planner) pagesBeside() error {
	if d := p.Declared; d.Frontend.None || len(d.Frontend.List) == 0 && d.Commands.Build.Given() {
		return nil
	}
	if line := p.Declared.Line("frontend"); len(p.Declared.Frontend.List) > 0 && p.program.alone() {
		return invalid("%s:%d: pages have no front end of their own", repo.Quote(p.Declared.File()), line).WithHint("take `frontend` out; what it builds is part of the service's own build")
	}
	for _, name := range []string{"heroku-postbuild", "build"} {
		line := p.pkg.Scripts[name]
		dirs, own, ok := elsewhere(line)
		if !ok || len(own) > 0 && (len(dirs) == 0 || name != p.buildScript()) {
			continue
		}
		for _, dir := range dirs {
			if err := p.pageBeside(name, path.Join(p.Dir, dir)); err != nil {
				return err
			}
		}
		means := "passed over"
		if len(own) > 0 {
			means = strings.Join(own, " && ") + " alone is run of it"
		}
		p.note(slipway.Evidence{
			File: p.pkg.file(), Line: p.pkg.lines["scripts."+name], Found: name + ": " + line,
			Means: means + ": a build has no network to install with; what this builds elsewhere is built first, as a front end", Knob: "commands: {build: …}",
		})
	}
	return nil
}

func (p *planner) pageBeside(script, dir string) error {
	if len(p.Declared.Frontend.List) > 0 {
		return nil
	}
	output := "DIRECTORY"
	if written, ok := Writes(repo.Service{Tree: p.Tree, Dir: dir}); ok {
		if _, ok := (Adapter{}).Expects(p.Service, written); ok || !repo.Empty(p.Tree, written) {
			return nil
		}
		output = written
	}
	return invalid("%s installs packages in %s while it builds, where there is no network", p.pkg.at("scripts."+script), repo.Show(dir)).
		WithHint("say in slipway.yaml where the program reads what is built there: `frontend: {path: %s, output: %s}`; or `frontend: false`", repo.Quote(dir), repo.Quote(output)).
		WithDetails(script + ": " + p.pkg.Scripts[script])
}
