package golang

import (
	"path"

	mod "golang.org/x/mod/module"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// name of the service, and of its program in the image.
func (p *planner) name() string {
	if p.Name != "" {
		return p.Name
	}
	return p.label(p.main.dir)
}

// label makes a service's name of a program's directory, as the go command
// names the program: the directory's last element, or the module path's when
// it is the module's own directory.
func (p *planner) label(dir string) string {
	name := path.Base(dir)
	for _, m := range p.layout.mains {
		if m.dir == dir {
			name = moduleBase(m.path)
		}
	}
	return repo.Label(name)
}

// moduleBase is the last element of a module path without the major version.
func moduleBase(modulePath string) string {
	if prefix, _, ok := mod.SplitPathVersion(modulePath); ok {
		modulePath = prefix
	}
	return path.Base(modulePath)
}
