package node

import (
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Expects tells whether the program reads the files of a directory that a
// package below it builds: one of its sources names it. Packages of a
// workspace are built with the service that needs them.
func (Adapter) Expects(s repo.Service, dir string) (repo.Expected, bool) {
	p := &planner{Service: s}
	if p.findPackages() != nil || p.space.file != "" || p.nx != nil || p.readSources() != nil {
		return repo.Expected{}, false
	}
	if own, ok := Writes(s); ok && own == dir {
		return repo.Expected{}, false
	}
	for _, f := range p.sources.text {
		if p.packageAbove(f.file) != s.Dir {
			continue // of the front end itself
		}
		n := 0
		for line := range strings.Lines(f.text) {
			if n++; namesDirectory(line, path.Dir(f.file), s.Dir, dir) {
				return repo.Expected{Evidence: slipway.Evidence{File: f.file, Line: n, Found: repo.Rel(s.Dir, dir)}, AtRun: true}, true
			}
		}
	}
	return repo.Expected{}, false
}

// packageAbove is the directory of the package that a file is of.
func (p *planner) packageAbove(file string) string {
	dir := path.Dir(file)
	for dir != p.Dir && dir != "." && !repo.IsFile(p.Tree, path.Join(dir, packageFile)) {
		dir = path.Dir(dir)
	}
	return dir
}

// literal is a text in quotes, also behind the directory of the module.
var literal = regexp.MustCompile("[\"'`](?:\\$\\{__dirname\\})?([^\"'`\\n$]{1,200})[\"'`]")

// mostWords of a path that a program puts together: "..", "client", "build".
const mostWords = 5

// namesDirectory tells whether a line names a directory of the tree, or its
// index page, from a directory or one above it up to the service's.
func namesDirectory(line, from, top, dir string) bool {
	found := literal.FindAllStringSubmatch(line, -1)
	for i := range found {
		text := ""
		for _, m := range found[i:min(len(found), i+mostWords)] {
			text = path.Join(text, strings.TrimPrefix(m[1], "/"))
			for base := from; ; base = path.Dir(base) {
				if at := path.Join(base, text); at == dir || at == path.Join(dir, "index.html") {
					return true
				}
				if base == top || base == "." {
					break
				}
			}
		}
	}
	return false
}
