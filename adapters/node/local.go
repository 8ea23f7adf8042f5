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

// checkLocal refuses a dependency by a path at which nothing is.
func (p *planner) checkLocal() error {
	for _, m := range p.installed() {
		for _, group := range []string{"dependencies", "devDependencies"} {
			for _, name := range sortedKeys(m.group(group)) {
				rest, ok := strings.CutPrefix(m.group(group)[name], "file:")
				if !ok {
					continue
				}
				target := path.Join(m.dir, rest)
				if _, err := fs.Stat(p.Tree, target); err == nil {
					continue
				}
				e := invalid("%s asks for %s, of which nothing is in the repository", m.at(group+"."+name), repo.Quote(target))
				if repo.IsFile(p.Tree, ".gitmodules") {
					return e.WithHint("where it is a submodule, `git submodule update --init` brings it here")
				}
				return e.WithHint("commit it, or name a version that a registry has")
			}
		}
	}
	return nil
}
