package node

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// local are the files and directories of the tree that a package takes
// dependencies from by path ("file:../shared"), without those of the
// workspace.
func (p *planner) local(m *pkg) []string {
	var found []string
	for _, group := range []map[string]string{m.Dependencies, m.Dev, m.Optional} {
		for _, name := range sortedKeys(group) {
			spec := group[name]
			rest, ok := strings.CutPrefix(spec, "file:")
			if !ok {
				if rest, ok = strings.CutPrefix(spec, "link:"); !ok {
					continue
				}
			}
			if target := path.Join(m.dir, rest); !strings.HasPrefix(target, "..") && target != "." {
				found = append(found, target)
			}
		}
	}
	return found
}

func sortedNames(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// checkLocal refuses a dependency by a path at which nothing is, and one on a
// package of a workspace that is not in it.
func (p *planner) checkLocal() error {
	for _, m := range p.installed() {
		for _, group := range []string{"dependencies", "devDependencies"} {
			for _, name := range sortedKeys(m.group(group)) {
				if err := p.checkNear(m, group, name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *planner) checkNear(m *pkg, group, name string) error {
	spec := m.group(group)[name]
	if strings.HasPrefix(spec, "workspace:") && !p.hasMember(name, strings.TrimPrefix(spec, "workspace:")) {
		e := invalid("%s asks for %s of the workspace (%s), and no workspace here has it", m.at(group+"."+name), repo.Quote(name), repo.Quote(spec))
		if repo.IsFile(p.Tree, "rush.json") {
			return e.WithHint("this is a repository of Rush, which this version does not install; a pnpm-workspace.yaml beside rush.json says the same to pnpm, or a Dockerfile builds it")
		}
		return e.WithHint("name its directory in the workspace's file, or a version that a registry has")
	}
	rest, ok := strings.CutPrefix(spec, "file:")
	if !ok {
		return nil
	}
	target := path.Join(m.dir, rest)
	if _, err := fs.Stat(p.Tree, target); err == nil {
		return nil
	}
	e := invalid("%s asks for %s, of which nothing is in the repository", m.at(group+"."+name), repo.Quote(target))
	if repo.IsFile(p.Tree, ".gitmodules") {
		return e.WithHint("where it is a submodule, `git submodule update --init` brings it here")
	}
	return e.WithHint("commit it, or name a version that a registry has")
}

// hasMember tells whether the workspace has a package: of a name, or where
// the words behind workspace: give another name or a directory.
func (p *planner) hasMember(name, rest string) bool {
	if strings.ContainsAny(rest, "@/") {
		return len(p.space.members) > 0
	}
	if p.space.root.Name == name {
		return true
	}
	for _, m := range p.space.members {
		if m.Name == name {
			return true
		}
	}
	return false
}
