package rust

import (
	"io/fs"
	"maps"
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
	p.workspace.file, p.workspace.data, err = p.readCargo(root, place(path.Join(p.Dir, cargoFile), 1))
	return err
}

// excludes tells whether a workspace says that a directory is not of it.
func excludes(root string, w *workspaceTable, dir string) bool {
	return slices.ContainsFunc(w.Exclude, func(e string) bool {
		excluded, ok := within(root, e)
		return ok && (dir == excluded || strings.HasPrefix(dir, excluded+"/"))
	})
}

// members gives the directories that the workspace names.
func (p *planner) members() ([]string, error) {
	w := p.workspace
	if w.file.Workspace == nil {
		return nil, nil
	}
	var dirs []string
	for _, pattern := range w.file.Workspace.Members {
		found, err := p.expand(pattern)
		if err != nil {
			return nil, err
		}
		dirs = append(dirs, found...)
	}
	if w.file.Package != nil {
		dirs = append(dirs, w.root)
	}
	return slices.DeleteFunc(dirs, func(dir string) bool { return excludes(w.root, w.file.Workspace, dir) }), nil
}

// expand gives the directories that one entry of members means. Those that a
// pattern finds and that have no Cargo.toml are none, as for Cargo.
func (p *planner) expand(pattern string) ([]string, error) {
	full, ok := within(p.workspace.root, strings.ReplaceAll(pattern, `\`, "/"))
	if !ok {
		return nil, p.outside(p.workspace.root, pattern)
	}
	if !strings.ContainsAny(pattern, "*?[") {
		return []string{full}, nil
	}
	if before, _, deep := strings.Cut(full, "**"); deep {
		return p.below(path.Clean(before)), nil
	}
	found, err := fs.Glob(p.Tree, path.Join(full, cargoFile))
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s: %q is not a pattern", place(path.Join(p.workspace.root, cargoFile), lineOf(p.workspace.data, "workspace", "members")), pattern).
			WithClass(slipway.ClassCode)
	}
	for i := range found {
		found[i] = path.Dir(found[i])
	}
	return found, nil
}

// below gives every directory below one that has a Cargo.toml.
func (p *planner) below(dir string) []string {
	var found []string
	_ = fs.WalkDir(p.Tree, dir, func(name string, e fs.DirEntry, err error) error { // a directory that cannot be listed has none
		switch {
		case err != nil:
			return fs.SkipDir
		case e.IsDir() && (e.Name() == "target" || strings.HasPrefix(e.Name(), ".") && name != dir):
			return fs.SkipDir
		case !e.IsDir() && e.Name() == cargoFile:
			found = append(found, path.Dir(name))
		}
		return nil
	})
	return found
}

// addPackage reads the package of a directory and those of the tree that it
// depends on. A workspace without a package of its own is none.
func (p *planner) addPackage(dir, by string) error {
	if p.workspace.packages[dir] != nil {
		return nil
	}
	file, data, err := p.readCargo(dir, orHere(by, path.Join(p.workspace.root, cargoFile)))
	if err != nil {
		return err
	}
	if file.Package == nil {
		return nil
	}
	k := &pkg{dir: dir, name: file.Package.Name, file: file, data: data}
	p.workspace.packages[dir] = k
	for _, d := range p.local(k, true) {
		at, ok := within("", d.path)
		if !ok {
			return p.outside(dir, d.path)
		}
		if err := p.addPackage(at, repo.Quote(k.manifest())); err != nil {
			return err
		}
	}
	return nil
}

func orHere(by, file string) string {
	if by != "" {
		return by
	}
	return repo.Quote(file)
}

// local gives the dependencies of a package that are in the tree, with their
// paths from the tree's root.
func (p *planner) local(k *pkg, dev bool) []dependency {
	var found []dependency
	for _, table := range k.file.tables(dev) {
		for _, key := range slices.Sorted(maps.Keys(table)) {
			d, from := readDependency(key, table[key]), k.dir
			if d.inherited && p.workspace.file.Workspace != nil {
				d, from = readDependency(key, p.workspace.file.Workspace.Dependencies[key]), p.workspace.root
			}
			if d.path != "" {
				d.path = path.Join(from, strings.ReplaceAll(d.path, `\`, "/"))
				found = append(found, d)
			}
		}
	}
	return found
}

// addPatches reads the packages that stand for published ones. What is
// published depends on them, so they are no stubs where dependencies are
// compiled.
func (p *planner) addPatches() error {
	w := &p.workspace
	tables := slices.Collect(maps.Values(w.file.Patch))
	for _, table := range append(tables, w.file.Replace) {
		for _, key := range slices.Sorted(maps.Keys(table)) {
			d := readDependency(key, table[key])
			if d.path == "" {
				continue
			}
			dir, ok := within(w.root, d.path)
			if !ok {
				return p.outside(w.root, d.path)
			}
			if err := p.addPackage(dir, ""); err != nil {
				return err
			}
			w.patched = append(w.patched, dir)
		}
	}
	for i := 0; i < len(w.patched); i++ {
		if k := w.packages[w.patched[i]]; k != nil {
			for _, d := range p.local(k, false) {
				if !slices.Contains(w.patched, d.path) {
					w.patched = append(w.patched, d.path)
				}
			}
		}
	}
	slices.Sort(w.patched)
	w.patched = slices.Compact(w.patched)
	return nil
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
