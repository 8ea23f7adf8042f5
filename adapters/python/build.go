package python

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
)

// build is what is run before the program is copied into the image; most
// services of Python have nothing of the kind, and their program is copied as
// it is.
type build struct {
	script string
	dir    string // of the tree
	env    map[string]string
	dev    bool // it needs what developers install
}

// findBuild takes the declared command, else Django's collection of static
// files.
func (p *planner) findBuild() error {
	if c := p.Declared.Commands.Build; c.Given() {
		p.build = build{script: c.Script(), dir: p.Dir}
		p.note(slipway.Evidence{File: manifest.Name, Line: p.Declared.Line("commands.build"), Found: "build: " + c.String(), Means: "run without a network, after the dependencies are installed"})
		return nil
	}
	if s := p.start.pages; s != nil {
		p.build = build{script: s.script, dir: p.Dir, env: s.env}
		return nil
	}
	d := p.start.django
	if d == nil || d.static.File == "" {
		return nil
	}
	p.build = build{script: "python manage.py collectstatic --noinput --verbosity 0", dir: d.dir, env: p.dummies(d)}
	e := d.static
	e.Means = "static files are collected when the image is built (manage.py collectstatic)"
	if names := sortedKeys(p.build.env); len(names) > 1 {
		e.Means += ", with made-up values for " + strings.Join(slices.DeleteFunc(names, func(n string) bool { return n == settingsVariable }), ", ")
	}
	e.Knob = `commands: {build: "true"}`
	p.note(e)
	return nil
}
