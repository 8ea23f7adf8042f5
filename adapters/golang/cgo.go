package golang

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// findBase decides on cgo, and with it on the run image: a program without
// it is static, one with it needs the C library.
func (p *planner) findBase() error {
	if c := p.Declared.Cgo; c != nil {
		p.cgo = *c
		p.note(slipway.Evidence{File: p.Declared.File(), Line: p.Declared.Line("cgo"), Found: fmt.Sprintf("cgo: %t", *c), Means: p.linked()})
		return nil
	}
	for _, look := range []func() (slipway.Evidence, bool){p.importsC, p.importsNeedy, p.requiresNeedy} {
		if e, ok := look(); ok {
			p.cgo = true
			e.Means, e.Knob = p.linked(), "cgo: false"
			p.note(e)
			return nil
		}
	}
	p.note(slipway.Evidence{File: p.main.dir, Found: "nothing that needs C", Means: p.linked(), Knob: "cgo: true"})
	return nil
}

func (p *planner) linked() string {
	if p.cgo {
		return "CGO_ENABLED=1, on the run image with a C library"
	}
	return "CGO_ENABLED=0, a static program on the static run image"
}

// importsC finds a package of the tree that is not whole without cgo. One
// that has other files for that case is.
func (p *planner) importsC() (slipway.Evidence, bool) {
	without := p.buildContext(false)
	for _, found := range p.packages {
		if len(found.CgoFiles) == 0 && !slices.Contains(found.Imports, "plugin") {
			continue
		}
		if plain, _ := without.ImportDir(found.dir, 0); plain != nil && len(found.CgoFiles) > 0 && hasOther(plain.GoFiles, found.GoFiles) {
			p.note(slipway.Evidence{File: found.dir, Found: `import "C" in a package that has other files for a build without cgo`, Means: "does not need cgo", Knob: "cgo: true"})
			continue
		}
		name := "C"
		if len(found.CgoFiles) == 0 {
			name = "plugin"
		}
		file, line := found.importedAt(name)
		return slipway.Evidence{File: file, Line: line, Found: `import "` + name + `"`}, true
	}
	return slipway.Evidence{}, false
}

// hasOther tells whether some are not among all.
func hasOther(some, all []string) bool {
	return slices.ContainsFunc(some, func(f string) bool { return !slices.Contains(all, f) })
}

// importsNeedy finds a package of the tree that imports a module of the
// list.
func (p *planner) importsNeedy() (slipway.Evidence, bool) {
	for _, found := range p.packages {
		for _, imported := range found.Imports {
			if module, need, ok := p.needy(imported); ok {
				file, line := found.importedAt(imported)
				p.needs(need.library)
				return slipway.Evidence{File: file, Line: line, Found: "import of " + module + ": " + need.why}, true
			}
		}
	}
	return slipway.Evidence{}, false
}

// requiresNeedy finds a module of the list that some other module requires.
// Whether this program uses it cannot be seen in the tree; a program that
// fails at run time is worse than one that is linked to the C library.
func (p *planner) requiresNeedy() (slipway.Evidence, bool) {
	for _, m := range p.layout.mains {
		if p.layout.service != "" && m.dir != p.layout.service {
			continue
		}
		for _, r := range m.file.Require {
			if module, need, ok := p.needy(r.Mod.Path); ok && r.Indirect {
				p.needs(need.library)
				return slipway.Evidence{File: m.manifest(), Line: r.Syntax.Start.Line, Found: "indirect requirement of " + module + ": " + need.why}, true
			}
		}
	}
	return slipway.Evidence{}, false
}

func (p *planner) needy(importPath string) (module string, need need, ok bool) {
	for module, need := range p.needC {
		if importPath == module || strings.HasPrefix(importPath, module+"/") {
			return module, need, true
		}
	}
	return "", need, false
}
