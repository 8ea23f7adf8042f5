package golang

import (
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
)

// needs remembers a library of Debian.
func (p *planner) needs(library string) {
	if library != "" && !slices.Contains(p.libs, library) {
		p.libs = append(p.libs, library)
	}
}

// findLibraries finds what C libraries the packages of the tree are linked
// with. Those of libc, and libraries that nobody here has heard of, are left
// to the linker, whose message says what is missing.
func (p *planner) findLibraries() error {
	if !p.cgo {
		p.libs = nil
		return nil
	}
	for _, found := range p.packages {
		for _, name := range found.CgoPkgConfig {
			if _, known := libraries()[strings.TrimPrefix(name, "lib")]; !known {
				p.note(slipway.Evidence{File: found.dir, Found: "pkg-config: " + name, Means: "a library that is not known here: name Debian's packages of it", Knob: "packages: {build: […-dev], run: […]}"})
			}
		}
		for _, name := range linked(found.CgoPkgConfig, found.CgoLDFLAGS) {
			if _, known := libraries()[name]; known {
				p.needs(name)
				p.note(slipway.Evidence{File: found.dir, Found: "linked with " + name, Means: "Debian's " + libraries()[name].build + " in the build, " + libraries()[name].run + " in the image"})
			}
		}
	}
	slices.Sort(p.libs)
	return nil
}

// linked are the names of libraries in #cgo lines.
func linked(pkgConfig, flags []string) []string {
	var names []string
	for _, name := range pkgConfig {
		names = append(names, strings.TrimPrefix(name, "lib"))
	}
	for _, flag := range flags {
		if name, ok := strings.CutPrefix(flag, "-l"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// withLibraries adds their packages to the plan.
func (p *planner) withLibraries(plan slipway.Plan) slipway.Plan {
	if len(p.libs) == 0 {
		return plan
	}
	var build, run []string
	for _, name := range p.libs {
		build, run = append(build, libraries()[name].build), append(run, libraries()[name].run)
	}
	return debian.AddRun(debian.AddBuild(plan, build), run)
}
