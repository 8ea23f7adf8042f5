package golang

import (
	"errors"
	"path"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// module is a directory with a go.mod.
type module struct {
	dir  string
	path string // module path
	file *modfile.File
}

// manifest is the module's go.mod in the tree.
func (m module) manifest() string { return path.Join(m.dir, modFile) }

// requiresOther tells whether the module requires one that is not in the
// tree.
func (m module) requiresOther(l layout) bool {
	for _, r := range m.file.Require {
		if !l.provides(r.Mod.Path) {
			return true
		}
	}
	return false
}

// requirement is the first one, as evidence.
func (m module) requirement() string {
	r := m.file.Require[0]
	return repo.Place(m.manifest(), r.Syntax.Start.Line) + ": requires " + repo.Quote(r.Mod.String())
}

func (p *planner) readModule(dir string) (module, error) {
	name := path.Join(dir, modFile)
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil {
		return module{}, err
	}
	if !ok {
		return module{}, slipway.Errorf(slipway.CodeInvalid, "%s is missing", repo.Show(name))
	}
	file, err := modfile.Parse(name, data, nil)
	if err != nil {
		return module{}, broken(name, err)
	}
	if file.Module == nil {
		return module{}, slipway.Errorf(slipway.CodeInvalid, "%s names no module", repo.Show(name)).
			WithHint("it begins with `module PATH`; `go mod init PATH` writes one").WithClass(slipway.ClassCode)
	}
	return module{dir: dir, path: file.Module.Mod.Path, file: file}, nil
}

// broken says what the go command's own parser says.
func broken(name string, err error) error {
	list, ok := errors.AsType[modfile.ErrorList](err)
	if !ok || len(list) == 0 {
		return slipway.Errorf(slipway.CodeInvalid, "%s is broken", repo.Show(name)).Because(err).WithClass(slipway.ClassCode)
	}
	lines := make([]string, min(len(list), maxListed))
	for i := range lines {
		lines[i] = strings.Join(strings.Fields(list[i].Error()), " ")
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s is broken", repo.Place(name, list[0].Pos.Line)).
		WithHint("the go command says the same: `go mod edit -print`, or `go work edit -print` for a go.work").
		WithDetails(lines...).WithClass(slipway.ClassCode)
}

// maxListed is the most lines of one kind in an error's details.
const maxListed = 20
