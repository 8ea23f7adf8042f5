package rust

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// lock is a Cargo.lock.
type lock struct {
	there   bool
	Package []crate `toml:"package"`
}

// crate is a package of a Cargo.lock.
type crate struct {
	Name         string   `toml:"name"`
	Version      string   `toml:"version"`
	Source       string   `toml:"source"`       // "" in the tree
	Dependencies []string `toml:"dependencies"` // "NAME", "NAME VERSION" or "NAME VERSION (SOURCE)"
}

// key tells apart crates of one name.
func (c crate) key() string { return c.Name + " " + c.Version }

func (p *planner) lockName() string { return path.Join(p.workspace.root, lockFile) }

// readLock reads the Cargo.lock and finds the crates and packages that the
// program is made of.
func (p *planner) readLock() error {
	data, ok, err := repo.Read(p.Tree, p.lockName())
	if err != nil {
		return err
	}
	if p.lock.there = ok; ok {
		if err := toml.Unmarshal(data, &p.lock); err != nil {
			return brokenToml(p.lockName(), err)
		}
	}
	p.findNeeded()
	if err := p.checkLock(); err != nil {
		return err
	}
	if err := p.refuseGit(data); err != nil {
		return err
	}
	p.crates = p.reachable()
	switch {
	case p.lock.there:
		p.note(slipway.Evidence{File: p.lockName(), Found: lockFile, Means: "dependencies as it pins them; one that does not fit Cargo.toml ends the build"})
	case p.downloads():
		p.note(slipway.Evidence{
			File: path.Join(p.workspace.root, cargoFile), Found: "no Cargo.lock",
			Means: "dependencies are resolved anew and may be others tomorrow", Knob: "commit the Cargo.lock that `cargo generate-lockfile` writes",
		})
	}
	return nil
}

// findNeeded collects the packages of the tree that the program is made of,
// its own first.
func (p *planner) findNeeded() {
	if p.main.pkg != nil {
		p.needed = []*pkg{p.main.pkg}
	} else {
		for _, dir := range slices.Sorted(maps.Keys(p.workspace.packages)) {
			p.needed = append(p.needed, p.workspace.packages[dir])
		}
	}
	for i := 0; i < len(p.needed); i++ {
		for _, d := range p.local(p.needed[i], p.Declared.Tests != nil) {
			if k := p.workspace.packages[d.path]; k != nil && !slices.Contains(p.needed, k) {
				p.needed = append(p.needed, k)
			}
		}
	}
}

// checkLock refuses a lock that lacks a dependency: Cargo would only say so
// after everything else was downloaded.
func (p *planner) checkLock() error {
	if !p.lock.there {
		return nil
	}
	named := map[string]bool{}
	for _, c := range p.lock.Package {
		named[c.Name] = true
	}
	for _, dir := range slices.Sorted(maps.Keys(p.workspace.packages)) {
		k := p.workspace.packages[dir]
		for table, deps := range map[string]map[string]any{"dependencies": k.file.Dependencies, "build-dependencies": k.file.BuildDependencies} {
			for _, key := range slices.Sorted(maps.Keys(deps)) {
				d := p.dependency(key, deps[key])
				if d.path != "" || d.optional || named[d.name] {
					continue
				}
				return slipway.Errorf(slipway.CodeInvalid, "%s lacks %s, which %s depends on", repo.Quote(p.lockName()), repo.Quote(d.name), repo.Place(k.manifest(), lineOf(k.data, table, key))).
					WithHint("run `cargo check`, and commit Cargo.lock").WithClass(slipway.ClassCode)
			}
		}
	}
	return nil
}

// dependency is one entry of a table, with what the workspace says of it.
func (p *planner) dependency(key string, value any) dependency {
	d := readDependency(key, value)
	if d.inherited && p.workspace.file.Workspace != nil {
		from := readDependency(key, p.workspace.file.Workspace.Dependencies[key])
		from.optional = d.optional
		return from
	}
	return d
}

// reachable gives the crates of the lock that the needed packages come to,
// by name. Where a crate has several versions, the last stays.
func (p *planner) reachable() map[string]crate {
	byName := map[string][]crate{}
	for _, c := range p.lock.Package {
		byName[c.Name] = append(byName[c.Name], c)
	}
	found, seen := map[string]crate{}, map[string]bool{}
	var follow func(spec string)
	follow = func(spec string) {
		words := strings.Fields(spec)
		if len(words) == 0 {
			return
		}
		for _, c := range byName[words[0]] {
			if seen[c.key()] || len(words) > 1 && words[1] != c.Version {
				continue
			}
			seen[c.key()], found[c.Name] = true, c
			if c.Source == "" {
				continue // a package of the tree: needed has those that count
			}
			for _, next := range c.Dependencies {
				follow(next)
			}
		}
	}
	for _, k := range p.needed {
		for _, table := range k.file.tables(p.Declared.Tests != nil) {
			for key, value := range table {
				follow(p.dependency(key, value).name)
			}
		}
	}
	return found
}

// downloads tells whether there is anything that a step has to download.
func (p *planner) downloads() bool {
	if p.config.vendored {
		return false
	}
	if p.lock.there {
		return slices.ContainsFunc(p.lock.Package, func(c crate) bool { return c.Source != "" })
	}
	for _, k := range p.workspace.packages {
		for _, table := range k.file.tables(true) {
			for key, value := range table {
				if p.dependency(key, value).path == "" {
					return true
				}
			}
		}
	}
	return false
}
