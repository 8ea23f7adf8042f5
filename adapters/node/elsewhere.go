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
	o := outing{at: "."}
	for _, part := range parts {
		ok = ok && o.follows(part)
	}
	if !ok || !o.installs {
		return nil, nil, false
	}
	return o.dirs, o.own, true
}

// outing is what a script has done so far.
type outing struct {
	at        string // where it is
	dirs, own []string
	installs  bool
}

// follows takes the next command; false for one that this cannot tell.
func (o *outing) follows(part string) bool {
	c, ok := command.Parse(part)
	if !ok || len(c.Args) == 0 || c.NeedsShell() {
		return false
	}
	if c.Args[0] == "cd" && len(c.Args) == 2 {
		o.at = path.Join(o.at, c.Args[1])
		return true
	}
	words, dir := withoutPlace(c.Args)
	dir = path.Join(o.at, dir)
	name, script := scriptOf(words)
	switch {
	case installsPackages(words):
		o.installs = true
	case script && name == "build" && dir != ".":
		o.dirs = append(o.dirs, dir)
	case dir == ".":
		o.own = append(o.own, part)
	default:
		return false
	}
	return true
}

// installsElsewhere tells that a script does that alone.
func installsElsewhere(line string) bool {
	_, own, ok := elsewhere(line)
	return ok && len(own) == 0
}

// runHere are the lines that run a script, without what it does elsewhere or
// to a database, which no build reaches.
func (p *planner) runHere(script string) []string {
	line := p.pkg.Scripts[script]
	dirs, own, ok := elsewhere(line)
	if !ok || len(dirs) == 0 {
		own, _ = command.Sequence(line)
	}
	var lines []string
	for _, part := range own {
		if p.isMigration(part) {
			p.note(slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines["scripts."+script], Found: part, Means: "passed over: a build reaches no database", Knob: "commands: {release: …}"})
			continue
		}
		lines = append(lines, p.normal(part))
	}
	if len(lines) == len(own) && len(dirs) == 0 {
		return []string{p.run(script)}
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
	if len(words) == 0 || !slices.Contains([]string{"npm", "pnpm", "yarn", "bun"}, words[0]) {
		return false
	}
	words = onlyFiles(words)
	return len(words) == 1 && words[0] == "yarn" || len(words) == 2 && slices.Contains([]string{"install", "i", "ci"}, words[1])
}

// handsOver gives the directory of the package that a package manager is told
// to work in.
func (p *planner) handsOver(args []string) (string, bool) {
	words, dir := withoutPlace(args)
	managed := len(words) > 0 && slices.Contains([]string{"npm", "pnpm", "yarn", "bun"}, words[0])
	return dir, managed && p.hasPackage(dir)
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
