package python

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// mostWords of a path that a module puts together: BASE_DIR / "web" / "dist".
const mostWords = 4

// Expects tells whether the program takes the files of a directory that is
// built: it is the static directory of one of its packages, or a module names
// it, or the static directory that it is in.
func (Adapter) Expects(s repo.Service, dir string) (repo.Expected, bool) {
	p := &planner{Service: s, modules: map[string]*module{}}
	if p.readSources() != nil {
		return repo.Expected{}, false
	}
	for _, file := range p.files() {
		if static := path.Join(path.Dir(file), "static"); dir == static || strings.HasPrefix(dir, static+"/") {
			return repo.Expected{Evidence: slipway.Evidence{File: file, Found: "static files beside the module"}, AtRun: true}, true
		}
	}
	for _, file := range p.files() {
		if named, ok := p.modules[file].names(dir); ok {
			return repo.Expected{Evidence: slipway.Evidence{File: file, Found: named}, AtRun: true}, true
		}
	}
	return repo.Expected{}, false
}

// names gives the text by which a module names a directory of the tree, from
// its own directory or one above that.
func (m *module) names(dir string) (string, bool) {
	wanted := []string{dir}
	if parent := path.Dir(dir); slices.Contains([]string{"static", "assets", "public"}, path.Base(parent)) {
		wanted = append(wanted, parent)
	}
	for i := range m.strings {
		for n := 1; n <= mostWords && i+n <= len(m.strings); n++ {
			text := path.Join(m.strings[i : i+n]...)
			if text == "" || text == "." || len(text) > 200 || path.IsAbs(text) {
				continue
			}
			for base := path.Dir(m.file); ; base = path.Dir(base) {
				if slices.Contains(wanted, path.Join(base, text)) {
					return text, true
				}
				if base == "." {
					break
				}
			}
		}
	}
	return "", false
}
