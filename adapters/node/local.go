package node

import (
	"path"
	"slices"
	"strings"
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
