package node

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// nxImport is what names another file or a package: import, export … from,
// require, and @import and @use of styles.
var nxImport = regexp.MustCompile(`(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|@(?:import|use|forward)\s+)["']([^"'\n]+)["']`)

// closure lists the directories that a project needs besides its own, as nx
// itself finds them: by what its sources import, what it says that it needs,
// and the same of those. When there is too much to read it is every project
// that is no other application.
func (p *nxProject) closure(tree fs.FS) []string {
	all := nxProjects(tree, p.root)
	g := nxGraph{tree: tree, root: p.root, projects: all, paths: nxPaths(tree, p.root)}
	seen := map[string]bool{p.dir: true}
	queue := []*nxProject{p}
	for len(queue) > 0 {
		project := queue[0]
		queue = queue[1:]
		for _, dir := range g.needs(project) {
			if seen[dir] {
				continue
			}
			seen[dir] = true
			if i := slices.IndexFunc(all, func(o *nxProject) bool { return o.dir == dir }); i >= 0 {
				queue = append(queue, all[i])
			}
		}
	}
	delete(seen, p.dir)
	if g.full {
		return others(all, p)
	}
	return sortedKeys(seen)
}

// others are the projects that are not applications, whose directories hold
// no other's.
func others(all []*nxProject, p *nxProject) []string {
	var dirs []string
	for _, o := range all {
		if o.dir != p.dir && o.Type != "application" {
			dirs = append(dirs, o.dir)
		}
	}
	return sortedNames(dirs)
}

// nxGraph is what is known of a workspace while its projects are followed.
type nxGraph struct {
	tree     fs.FS
	root     string
	projects []*nxProject
	paths    map[string][]string // of tsconfig.base.json
	read     int                 // files so far
	full     bool                // there was more than is read
}

// needs are the directories that one project asks for.
func (g *nxGraph) needs(p *nxProject) []string {
	found := map[string]bool{}
	for _, name := range p.Implicit {
		for _, o := range g.projects {
			if o.Name == name {
				found[o.dir] = true
			}
		}
	}
	for _, dir := range g.named(p) {
		found[dir] = true
	}
	_ = fs.WalkDir(g.tree, p.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir //nolint:nilerr // nx sees what cannot be read
		}
		if d.IsDir() {
			if name != p.dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "dist") {
				return fs.SkipDir
			}
			return nil
		}
		g.imports(name, found)
		return nil
	})
	delete(found, p.dir)
	return sortedKeys(found)
}

// imports adds the directories that a file's imports lead to.
func (g *nxGraph) imports(name string, found map[string]bool) {
	if !slices.Contains([]string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".css", ".scss", ".less"}, path.Ext(name)) || g.full {
		return
	}
	if g.read++; g.read > 10*maxSources {
		g.full = true
		return
	}
	info, err := fs.Stat(g.tree, name)
	if err != nil || info.Size() > maxSource {
		return
	}
	data, err := fs.ReadFile(g.tree, name)
	if err != nil {
		return
	}
	for _, m := range nxImport.FindAllSubmatch(data, -1) {
		for _, file := range g.targets(path.Dir(name), string(m[1])) {
			if dir := g.owner(file); dir != "" {
				found[dir] = true
			}
		}
	}
}

// targets are the files or directories that a module's name can mean within
// the workspace.
func (g *nxGraph) targets(from, module string) []string {
	if strings.HasPrefix(module, ".") {
		return []string{path.Join(from, module)}
	}
	var files []string
	for pattern, to := range g.paths {
		rest, star, ok := module, false, pattern == module
		if before, after, has := strings.Cut(pattern, "*"); has {
			if ok = strings.HasPrefix(module, before) && strings.HasSuffix(module, after) && len(module) >= len(before)+len(after); ok {
				rest, star = module[len(before):len(module)-len(after)], true
			}
		}
		if !ok {
			continue
		}
		for _, file := range to {
			if star {
				file = strings.ReplaceAll(file, "*", rest)
			}
			files = append(files, path.Join(g.root, file))
		}
	}
	return files
}

// owner is the directory of the project that has a file; without one, what
// lies directly below the root or in one of its directories.
func (g *nxGraph) owner(file string) string {
	if strings.HasPrefix(file, "../") {
		return ""
	}
	owner := ""
	for _, p := range g.projects {
		if len(p.dir) > len(owner) && (file == p.dir || strings.HasPrefix(file, p.dir+"/")) {
			owner = p.dir
		}
	}
	if owner != "" || !strings.Contains(relative(g.root, file), "/") {
		return owner // files beside the root's package.json are there anyway
	}
	if dir := path.Dir(file); repo.IsDir(g.tree, dir) {
		return dir
	}
	return ""
}

// named are the directories that a project's settings name, from the root:
// assets, styles and the tools that build it.
func (g *nxGraph) named(p *nxProject) []string {
	var dirs []string
	for _, m := range nxPath.FindAllSubmatch(p.raw, -1) {
		file := path.Join(g.root, string(m[1]))
		if dir := g.owner(file); dir != "" && dir != p.dir && repo.IsDir(g.tree, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// nxPath is a text of a project.json that may be a file of the workspace.
var nxPath = regexp.MustCompile(`"(?:\./|\{workspaceRoot\}/)?([A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.@-]+)+)(?::[a-z-]+)?"`)

// nxPaths are the names by which projects import one another.
func nxPaths(tree fs.FS, root string) map[string][]string {
	for _, name := range []string{"tsconfig.base.json", "tsconfig.json", "jsconfig.json"} {
		data, ok, err := repo.Read(tree, path.Join(root, name))
		if err == nil && ok {
			return parsePaths(data)
		}
	}
	return nil
}

func parsePaths(data []byte) map[string][]string {
	var file struct {
		CompilerOptions struct {
			BaseURL string              `json:"baseUrl"`
			Paths   map[string][]string `json:"paths"`
		} `json:"compilerOptions"`
	}
	if json.Unmarshal(plainJSON(data), &file) != nil {
		return nil
	}
	for _, to := range file.CompilerOptions.Paths {
		for i := range to {
			to[i] = path.Join(file.CompilerOptions.BaseURL, to[i])
		}
	}
	return file.CompilerOptions.Paths
}
