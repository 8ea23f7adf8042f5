package rust

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

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
		return nil, slipway.Errorf(slipway.CodeInvalid, "%s: %q is not a pattern", repo.Place(path.Join(p.workspace.root, cargoFile), lineOf(p.workspace.data, "workspace", "members")), pattern).
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
