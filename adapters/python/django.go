package python

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// django is a project of Django.
type django struct {
	manage   string           // manage.py
	dir      string           // its directory
	settings string           // module, of what is served
	desk     string           // module, of what developers run
	files    []string         // of the settings
	static   slipway.Evidence // STATIC_ROOT; no File without
	migrates bool
	others   []string // manage.py of other projects, as near to the top
}

const settingsVariable = "DJANGO_SETTINGS_MODULE"

// findDjango looks for a manage.py that names settings: the one whose project
// somebody chose, else the one nearest to the top.
func (p *planner) findDjango() {
	all := slices.DeleteFunc(p.files(), func(file string) bool {
		return path.Base(file) != "manage.py" || p.modules[file].settings() == ""
	})
	if len(all) == 0 {
		return
	}
	if i := slices.IndexFunc(all, p.hasWanted); i >= 0 {
		all = all[i : i+1]
	}
	all = p.served(all)
	file := all[0]
	d := &django{manage: file, dir: path.Dir(file), settings: p.modules[file].settings()}
	d.desk = d.settings
	d.others = all[1:]
	p.findServedSettings(d)
	d.readSettings(p)
	d.migrates = p.hasMigrations(d)
	p.start.django = d
}

// served are, of several manage.py, those as near to the top as the first whose
// projects have an application to serve, which one to try a package in mostly
// has not; of those, the one that the Dockerfile beside them starts.
func (p *planner) served(all []string) []string {
	first := all[0]
	all = slices.DeleteFunc(slices.Clone(all), func(file string) bool {
		return strings.Count(file, "/") != strings.Count(first, "/") || len(p.applicationsBelow(path.Dir(file))) == 0
	})
	if len(all) == 0 {
		return []string{first}
	}
	called := make([]repo.Called, len(all))
	for i, file := range all {
		for _, name := range p.applicationsBelow(path.Dir(file)) {
			called[i].Started = append(called[i].Started, name, name+":application")
		}
	}
	if i, e := repo.OfDockerfile(p.Service, called); len(all) > 1 && i >= 0 {
		e.Means = "the project is that of " + all[i]
		p.note(e)
		return all[i : i+1]
	}
	return all
}

// applicationsBelow are the modules below a project's directory that a server
// is told to serve.
func (p *planner) applicationsBelow(dir string) []string {
	var names []string
	for _, file := range p.files() {
		if base := path.Base(file); strings.HasPrefix(file, prefix(dir)) && (base == "wsgi.py" || base == "asgi.py") {
			names = append(names, dottedPath(dir, file))
		}
	}
	return names
}

// hasWanted tells whether the program that somebody chose is of a project.
func (p *planner) hasWanted(manage string) bool {
	module, _, _ := strings.Cut(p.wanted(), ":")
	return module != "" && p.modules[path.Join(path.Dir(manage), strings.ReplaceAll(module, ".", "/")+".py")] != nil
}

// severalProjects names the projects between which nothing decides.
func (p *planner) severalProjects(d *django) error {
	var lines []string
	for _, file := range append([]string{d.manage}, d.others...) {
		main := strings.TrimSuffix(p.modules[file].settings(), ".settings") + ".wsgi:application"
		lines = append(lines, fmt.Sprintf("%s: chosen by `main: %s` in %s", repo.Quote(file), main, manifest.Name))
	}
	return slipway.Errorf(slipway.CodeAmbiguous, "%s has several projects of Django", repo.Show(p.Dir)).
		WithHint("say which in %s, or with --main", manifest.Name).WithDetails(lines...).WithClass(slipway.ClassCode)
}

// findServedSettings looks for the settings of the application that will be
// served: they are often others than those of manage.py, which a release then
// has to run with as well.
func (p *planner) findServedSettings(d *django) {
	all := p.djangoCandidates(d)
	slices.SortStableFunc(all, func(a, b candidate) int { return p.unserveable(a) - p.unserveable(b) })
	for _, c := range all {
		settings := p.modules[c.file].settings()
		if settings == "" {
			continue
		}
		if d.settings = settings; settings != d.desk {
			p.note(slipway.Evidence{
				File: c.file, Found: "the settings " + settings + ", where manage.py has " + d.desk,
				Means: settingsVariable + " is " + settings + " in the image, for what manage.py runs too", Knob: "env: {" + settingsVariable + ": …}",
			})
		}
		return
	}
}

// unserveable is 1 for an application that no server of the dependencies
// serves.
func (p *planner) unserveable(c candidate) int {
	if p.deps.first(djangoServers(c.protocol)...) == "" {
		return 1
	}
	return 0
}

// djangoServers are the servers of a protocol without that of Flask.
func djangoServers(protocol string) []string {
	return slices.DeleteFunc(servers(protocol), func(s string) bool { return s == "flask" })
}

// settings is the module that a file sets as the default.
func (m *module) settings() string {
	if i := slices.Index(m.strings, settingsVariable); i >= 0 && i+1 < len(m.strings) {
		return m.strings[i+1]
	}
	return ""
}

// readSettings looks for STATIC_ROOT in the settings, and in the files beside
// them, which such settings are mostly made of.
func (d *django) readSettings(p *planner) {
	base := path.Join(d.dir, strings.ReplaceAll(d.settings, ".", "/"))
	d.files = []string{base + ".py", base + "/__init__.py"}
	around := base
	if p.modules[base+".py"] != nil {
		around = path.Dir(base)
	}
	for _, name := range []string{"base", "common", "defaults", "production", "prod", "settings"} {
		d.files = append(d.files, path.Join(around, name+".py"))
	}
	d.files = slices.DeleteFunc(d.files, func(f string) bool { return p.modules[f] == nil })
	for _, file := range d.files {
		if value, ok := p.modules[file].assigned["STATIC_ROOT"]; ok && d.static.File == "" {
			if value[0].text == "None" || value[0].kind == stringToken && strings.HasPrefix(value[0].text, "/") {
				continue // outside the program's directory, where the image keeps nothing
			}
			d.static = slipway.Evidence{File: file, Line: value[0].line, Found: "STATIC_ROOT"}
		}
	}
}

// hasMigrations tells whether there is anything to migrate: Django's own
// applications have migrations wherever a database is configured.
func (p *planner) hasMigrations(d *django) bool {
	for _, file := range d.files {
		if value, ok := p.modules[file].assigned["DATABASES"]; ok && len(value) > 2 {
			return true
		}
	}
	return false
}

// startDjango serves the project's WSGI or ASGI application, whichever there
// is a server for.
func (p *planner) startDjango() (bool, error) {
	d := p.start.django
	if d == nil {
		return false, nil
	}
	if len(d.others) > 0 {
		return false, p.severalProjects(d)
	}
	p.stand(placed{root: d.dir})
	p.start.dir = d.dir
	e := slipway.Evidence{File: d.manage, Found: "manage.py with the settings " + d.settings, Knob: "main: PACKAGE.wsgi:application"}
	for _, c := range p.djangoCandidates(d) {
		if p.unserveable(c) == 0 {
			err := p.serve(c, e)
			p.start.dir = d.dir
			return true, err
		}
	}
	e.Found += "; no server among the dependencies, so Django's own development server, which is not for production: add gunicorn"
	p.start.env = map[string]string{settingsVariable: d.settings}
	p.runs(shell("python manage.py runserver --noreload 0.0.0.0:$PORT"), e, repo.Guess{Health: p.health(), Why: e})
	return true, nil
}

// djangoCandidates are the applications in the order in which they are
// served: ASGI first where the project asks for it.
func (p *planner) djangoCandidates(d *django) []candidate {
	var found []candidate
	for _, c := range p.candidates() {
		if strings.HasPrefix(c.file, prefix(d.dir)) && (path.Base(c.file) == "wsgi.py" || path.Base(c.file) == "asgi.py") {
			c.placed = placed{d.dir, dottedPath(d.dir, c.file)}
			found = append(found, c)
		}
	}
	channels := p.deps.has("channels") || p.deps.has("daphne")
	slices.SortStableFunc(found, func(a, b candidate) int {
		return order(a.protocol, channels) - order(b.protocol, channels)
	})
	return found
}

func order(protocol string, asgiFirst bool) int {
	if (protocol == asgi) == asgiFirst {
		return 0
	}
	return 1
}

// prefix of the names in a directory.
func prefix(dir string) string {
	if dir == "." {
		return ""
	}
	return dir + "/"
}
