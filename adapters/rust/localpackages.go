package rust

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

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
