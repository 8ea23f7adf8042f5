package rust

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// workspace is the packages that Cargo resolves together.
type workspace struct {
	root     string          // where Cargo.lock lies
	file     *cargoToml      // of the root
	data     []byte          // of the root's Cargo.toml
	packages map[string]*pkg // of the tree, by directory: members and path dependencies
	patched  []string        // directories of packages that stand for published ones
}

// findWorkspace reads the service's Cargo.toml, the workspace that it is in,
// and every package of the tree that Cargo would read with it.
func (p *planner) findWorkspace() error {
	file, data, err := p.readCargo(p.Dir, "")
	if err != nil {
		return err
	}
	w := &p.workspace
	*w = workspace{root: p.Dir, file: file, data: data, packages: map[string]*pkg{}}
	if file.Workspace == nil {
		if err := p.findRoot(file); err != nil {
			return err
		}
	}
	dirs, err := p.members()
	if err != nil {
		return err
	}
	for _, dir := range append(dirs, p.Dir) {
		if err := p.addPackage(dir, ""); err != nil {
			return err
		}
	}
	if err := p.addPatches(); err != nil {
		return err
	}
	if w.file.Workspace != nil && len(w.packages) > 1 {
		p.note(slipway.Evidence{
			File: path.Join(w.root, cargoFile), Line: lineOf(w.data, "workspace", ""), Found: "a workspace",
			Means: "dependencies are those of its Cargo.lock",
		})
	}
	return nil
}

// readCargo reads the Cargo.toml of a directory; by is what asks for it.
func (p *planner) readCargo(dir, by string) (*cargoToml, []byte, error) {
	name := path.Join(dir, cargoFile)
	data, ok, err := repo.Read(p.Tree, name)
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		return nil, nil, slipway.Errorf(slipway.CodeInvalid, "%s names %s, which has no Cargo.toml", by, repo.Show(dir)).
			WithHint("commit %s, or take the line out", repo.Quote(name)).WithClass(slipway.ClassCode)
	}
	file, err := parseCargo(name, data)
	return file, data, err
}

// findRoot looks for the workspace of the service's package, as Cargo does:
// the one that the package names, else the first above it that does not
// exclude it.
func (p *planner) findRoot(file *cargoToml) error {
	if file.Package != nil && file.Package.Workspace != "" {
		root, ok := within(p.Dir, file.Package.Workspace)
		if !ok {
			return p.outside(p.Dir, file.Package.Workspace)
		}
		return p.enter(root)
	}
	for dir := p.Dir; dir != "."; {
		dir = path.Dir(dir)
		if !repo.IsFile(p.Tree, path.Join(dir, cargoFile)) {
			continue
		}
		above, _, err := p.readCargo(dir, "")
		if err != nil {
			return err
		}
		if above.Workspace != nil && !excludes(dir, above.Workspace, p.Dir) {
			return p.enter(dir)
		}
	}
	return nil
}

func (p *planner) enter(root string) (err error) {
	p.workspace.root = root
	p.workspace.file, p.workspace.data, err = p.readCargo(root, repo.Place(path.Join(p.Dir, cargoFile), 1))
	return err
}

// excludes tells whether a workspace says that a directory is not of it.
func excludes(root string, w *workspaceTable, dir string) bool {
	return slices.ContainsFunc(w.Exclude, func(e string) bool {
		excluded, ok := within(root, e)
		return ok && (dir == excluded || strings.HasPrefix(dir, excluded+"/"))
	})
}

func (p *planner) outside(dir, name string) error {
	return slipway.Errorf(slipway.CodeInvalid, "%s names %s, which is outside the repository", repo.Quote(path.Join(dir, cargoFile)), repo.Quote(name)).
		WithHint("a build sees nothing but the repository: move the package into it, or depend on a published version or a git URL").
		WithClass(slipway.ClassCode)
}

// edition of a package, its own or the workspace's.
func (p *planner) edition(k *pkg) string {
	return p.inherit(k.file.Package.Edition, "edition", "2015")
}

// inherit gives a field of a package that the workspace may hand down.
func (p *planner) inherit(field any, key, otherwise string) string {
	if text, ok := field.(string); ok {
		return text
	}
	if _, ok := field.(map[string]any); ok && p.workspace.file.Workspace != nil {
		if text, ok := p.workspace.file.Workspace.Package[key].(string); ok {
			return text
		}
	}
	return otherwise
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
