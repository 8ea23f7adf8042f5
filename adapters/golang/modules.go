package golang

import (
	"errors"
	"path"
	"strconv"

	"golang.org/x/mod/modfile"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// findModules reads the layout around the service's directory.
func (p *planner) findModules() error {
	for dir := p.Dir; ; dir = path.Dir(dir) {
		if repo.IsFile(p.Tree, path.Join(dir, modFile)) {
			m, err := p.readModule(dir)
			if err != nil {
				return err
			}
			p.layout = layout{root: dir, mains: []module{m}}
			return nil
		}
		if dir == "." {
			break
		}
	}
	return slipway.Errorf(slipway.CodeInvalid, "%s has no go.mod", p.Dir)
}

func (p *planner) readModule(dir string) (module, error) {
	name := path.Join(dir, modFile)
	data, _, err := repo.Read(p.Tree, name)
	if err != nil {
		return module{}, err
	}
	file, err := modfile.Parse(name, data, nil)
	if err != nil {
		return module{}, broken(name, err)
	}
	if file.Module == nil {
		return module{}, slipway.Errorf(slipway.CodeInvalid, "%s names no module", name).
			WithHint("it begins with `module PATH`; `go mod init PATH` writes one")
	}
	return module{dir: dir, path: file.Module.Mod.Path, file: file}, nil
}

// broken says what the go command's own parser says.
func broken(name string, err error) error {
	var list modfile.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return slipway.Errorf(slipway.CodeInvalid, "%s cannot be read", name).Because(err)
	}
	lines := make([]string, len(list))
	for i, e := range list {
		lines[i] = e.Error()
	}
	first := list[0]
	return slipway.Errorf(slipway.CodeInvalid, "%s is broken", at(name, first.Pos.Line)).
		WithHint("`go mod edit -print` in its directory shows the same; line %s has to be mended", strconv.Itoa(first.Pos.Line)).
		WithDetails(lines...).WithClass(slipway.ClassCode)
}

func (p *planner) checkModules() error { return nil }
