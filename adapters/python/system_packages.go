package python

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/manifest"
)

// systemPackages are Debian packages: for the steps and in the image.
type systemPackages struct{ build, run []string }

// findPackages looks the dependencies up. What psycopg brings in its own
// wheels needs nothing.
func (p *planner) findPackages() error {
	known := knownPackages()
	for _, name := range sortedKeys(known) {
		if !p.deps.has(name) || name == "psycopg" && p.bundled() {
			continue
		}
		add := known[name]
		p.packages.build = append(p.packages.build, add.build...)
		p.packages.run = append(p.packages.run, add.run...)
		all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(add.build, add.run))))
		if len(all) == 0 {
			continue
		}
		e := p.deps.where(name)
		e.Means = "needs the Debian packages " + strings.Join(all, ", ")
		e.Knob = "packages: {build: […], run: […]} in " + manifest.Name + " adds others"
		p.note(e)
	}
	return nil
}

// bundled tells whether psycopg comes with its library.
func (p *planner) bundled() bool {
	for _, d := range p.deps.direct {
		if d.name == "psycopg" && (slices.Contains(d.extras, "binary") || slices.Contains(d.extras, "c")) {
			return true
		}
	}
	return p.deps.has("psycopg-binary") || p.deps.has("psycopg-c")
}
