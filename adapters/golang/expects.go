package golang

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Expects tells whether the program embeds the files of a directory that is
// built, or reads them beside itself.
func (Adapter) Expects(s repo.Service, dir string) (repo.Expected, bool) {
	p := &planner{Service: s, read: map[string][]byte{}, needC: needsC()}
	for _, phase := range []func() error{p.findModules, p.findMain, p.readPackages} {
		if phase() != nil {
			return repo.Expected{}, false // Plan says what is wrong
		}
	}
	for _, k := range p.packages {
		for _, pattern := range k.EmbedPatterns {
			name := path.Join(k.dir, strings.TrimPrefix(pattern, "all:"))
			if at := strings.IndexAny(name, "*?["); at >= 0 {
				name = path.Dir(name[:at] + "x")
			}
			if under(name, dir) || under(dir, name) && name != k.dir {
				file, line := k.embedAt(pattern)
				return repo.Expected{Evidence: slipway.Evidence{File: file, Line: line, Found: "//go:embed " + pattern}}, true
			}
		}
	}
	sources, _ := p.parsed()
	for _, t := range texts(sources) {
		for _, base := range p.bases() {
			if strings.Contains(t.text, "/") && len(t.text) < 200 && path.Join(base, t.text) == dir {
				return repo.Expected{Evidence: slipway.Evidence{File: t.file, Line: t.line, Found: t.text}, AtRun: true}, true
			}
		}
	}
	return repo.Expected{}, false
}

// embedAt is where a package embeds a pattern.
func (p *pkg) embedAt(pattern string) (file string, line int) {
	positions := p.EmbedPatternPos[pattern]
	if len(positions) == 0 {
		return p.dir, 0
	}
	return path.Join(p.dir, path.Base(positions[0].Filename)), positions[0].Line
}
