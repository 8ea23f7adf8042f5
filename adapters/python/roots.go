package python

import (
	"io/fs"
	"path"
	"slices"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// roots are the directories from which a package is imported: src where there
// is one, what its build backend is told, else its own.
func (p *planner) roots(dir string, found *project) []string {
	var roots []string
	for _, sub := range append([]string{"src"}, found.packageDirs()...) {
		root := path.Join(dir, sub)
		if sub != "" && fs.ValidPath(root) && root != dir && repo.IsDir(p.Tree, root) &&
			!repo.IsFile(p.Tree, path.Join(root, "__init__.py")) && !slices.Contains(roots, root) {
			roots = append(roots, root)
		}
	}
	return append([]string{dir}, roots...)
}

// packageDirs are the directories that build backends are told to look for
// packages in, each in its own words.
func (p *project) packageDirs() []string {
	if p == nil {
		return nil
	}
	var dirs []string
	if t := p.Tool.Poetry; t != nil {
		for _, pkg := range t.Packages {
			dirs = append(dirs, pkg.From)
		}
	}
	dirs = append(dirs, strs(p.Tool.Setuptools.PackageDir[""])...)
	dirs = append(dirs, strs(dig(p.Tool.Setuptools.Packages, "find", "where"))...)
	for _, table := range []any{dig(p.Tool.Hatch, "build"), dig(p.Tool.Hatch, "build", "targets", "wheel")} {
		dirs = append(dirs, strs(dig(table, "sources"))...)
		for _, pkg := range strs(dig(table, "packages")) {
			dirs = append(dirs, path.Dir(pkg))
		}
	}
	dirs = append(dirs, strs(dig(p.Tool.PDM, "build", "package-dir"))...)
	dirs = append(dirs, strs(dig(p.Tool.Maturin, "python-source"))...)
	if p.Tool.UV != nil {
		dirs = append(dirs, strs(dig(p.Tool.UV.Backend, "module-root"))...)
	}
	return dirs
}

// dig follows keys through TOML tables; nil where there is none.
func dig(v any, keys ...string) any {
	for _, key := range keys {
		table, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = table[key]
	}
	return v
}
