package golang

import (
	"io/fs"
	"path"

	"golang.org/x/mod/modfile"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// readWorkspace fills the layout with the modules that a go.work uses.
func (p *planner) readWorkspace(dir string) error {
	name := path.Join(dir, workFile)
	data, _, err := repo.Read(p.Tree, name)
	if err != nil {
		return err
	}
	work, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return broken(name, err)
	}
	p.layout.root, p.layout.work = dir, work
	for _, u := range work.Use {
		where := repo.Place(name, u.Syntax.Start.Line)
		moduleDir, ok := within(dir, u.Path)
		if !ok {
			return slipway.Errorf(slipway.CodeInvalid, "%s uses %s, which is outside the repository", where, repo.Quote(u.Path)).
				WithHint("a build sees nothing but the repository: move the module into it, or require a published version").
				WithClass(slipway.ClassCode)
		}
		if !repo.IsFile(p.Tree, path.Join(moduleDir, modFile)) {
			return slipway.Errorf(slipway.CodeInvalid, "%s uses %s, which has no go.mod", where, repo.Quote(u.Path)).
				WithHint("commit %s, or take the line out: `go work edit -dropuse=%s`", repo.Quote(path.Join(moduleDir, modFile)), repo.Quote(u.Path)).
				WithClass(slipway.ClassCode)
		}
		m, err := p.readModule(moduleDir)
		if err != nil {
			return err
		}
		p.layout.mains = append(p.layout.mains, m)
	}
	p.note(slipway.Evidence{File: name, Found: workFile, Means: "a workspace; its modules are built together"})
	return nil
}

// leaveWorkspace forgets a go.work that does not use the service's module:
// the go command would refuse to build it there.
func (p *planner) leaveWorkspace(dir string) {
	p.layout, p.evidence = layout{}, nil
	p.note(slipway.Evidence{
		File: path.Join(dir, workFile), Found: "a workspace that does not use the service's module",
		Means: "it is not taken part in (GOWORK=off)",
	})
}

// within joins a path that a file of the directory dir names, and tells
// whether it stays in the tree.
func within(dir, name string) (string, bool) {
	if path.IsAbs(name) {
		return "", false
	}
	joined := path.Join(dir, name)
	return joined, fs.ValidPath(joined)
}
