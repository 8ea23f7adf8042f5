package rust

import (
	"io/fs"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// mostSources are read for the name of a directory.
const mostSources = 400

// Expects tells whether a source embeds the files of a directory that is
// built, as rust-embed and include_dir do, or names it.
func (Adapter) Expects(s repo.Service, dir string) (found repo.Expected, ok bool) {
	rel := repo.Rel(s.Dir, dir)
	read := 0
	_ = fs.WalkDir(s.Tree, s.Dir, func(name string, d fs.DirEntry, err error) error { // what cannot be read names nothing
		if err != nil || d.IsDir() && (d.Name() == "target" || d.Name() == "node_modules" || d.Name() == "vendor") {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".rs" {
			return nil
		}
		if read++; read > mostSources {
			return fs.SkipAll
		}
		data, _, _ := repo.Read(s.Tree, name)
		for i, line := range strings.Split(string(data), "\n") {
			if found, ok = embeds(line, rel); ok {
				found.Evidence.File, found.Evidence.Line = name, i+1
				return fs.SkipAll
			}
		}
		return nil
	})
	return found, ok
}

// embeds tells whether a line names a directory of the package in quotes; one
// that stands in an attribute or a macro is compiled in.
func embeds(line, rel string) (repo.Expected, bool) {
	for _, before := range []string{"", "./", "$CARGO_MANIFEST_DIR/"} {
		for _, after := range []string{"", "/"} {
			text := `"` + before + rel + after + `"`
			if strings.Contains(line, text) {
				compiled := strings.Contains(line, "folder") || strings.Contains(line, "include_dir!")
				return repo.Expected{Evidence: slipway.Evidence{Found: text}, AtRun: !compiled}, true
			}
		}
	}
	return repo.Expected{}, false
}
