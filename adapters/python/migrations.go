package python

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const alembicFile = "alembic.ini"

var scriptLocation = regexp.MustCompile(`(?m)^\s*script_location\s*=\s*(?:%\(here\)s/)?(\S+)\s*$`)

// findMigrations proposes the migrations of Alembic or Flask-Migrate as the
// release of a web service that has none, where some are committed.
func (p *planner) findMigrations() error {
	kind := cmp.Or(p.Declared.Kind, p.start.guess.Kind, slipway.KindWeb)
	if kind != slipway.KindWeb || p.start.release != nil || p.Declared.Commands.Release.Given() {
		return nil
	}
	if started := strings.Join(p.start.args, " "); strings.Contains(started, "alembic upgrade") || strings.Contains(started, "db upgrade") {
		return nil // the start command does it already
	}
	e := slipway.Evidence{Means: "migrations run once before a release starts, never at start", Knob: "commands: {release: …}"}
	switch {
	case p.deps.has("flask-migrate") && p.migrations("migrations") && p.flaskFindsItself():
		p.start.release = []string{p.program("flask"), "db", "upgrade"}
		e.File, e.Found = p.in("migrations"), "migrations of Flask-Migrate"
	case p.deps.has("alembic"):
		data, _, err := repo.Read(p.Tree, p.in(alembicFile))
		at := scriptLocation.FindSubmatchIndex(data)
		if err != nil || at == nil {
			return err
		}
		dir := string(data[at[2]:at[3]])
		if !p.migrations(dir) {
			return nil
		}
		p.start.release = []string{p.program("alembic"), "upgrade", "head"}
		e.File, e.Line, e.Found = p.in(alembicFile), 1+strings.Count(string(data[:at[2]]), "\n"), "script_location = "+dir
	default:
		return nil
	}
	p.note(e)
	return nil
}

// migrations tells whether a directory has some.
func (p *planner) migrations(dir string) bool {
	return slices.ContainsFunc(repo.Names(p.Tree, p.in(path.Join(dir, "versions"))), func(name string) bool {
		return strings.HasSuffix(name, ".py") && name != "__init__.py"
	})
}

// flaskFindsItself tells whether Flask's own program finds the application
// without being told.
func (p *planner) flaskFindsItself() bool {
	return slices.ContainsFunc([]string{"wsgi.py", "app.py", ".flaskenv"}, func(name string) bool { return repo.IsFile(p.Tree, p.in(name)) })
}
