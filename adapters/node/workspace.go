package node

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const pnpmWorkspaceFile = "pnpm-workspace.yaml"

// workspace is what one lockfile covers: a package alone, or a root with the
// packages that its patterns name.
type workspace struct {
	root    *pkg
	file    string          // which says so, "" for a package alone
	members map[string]*pkg // by directory in the tree, without the root
	needs   []*pkg          // of the members, those that the service is made of, itself not among them; what others need comes first
	pnpm    pnpmSettings
}

// pnpmSettings are the parts of a pnpm-workspace.yaml that matter here.
type pnpmSettings struct {
	Packages []string          `yaml:"packages"`
	Built    []string          `yaml:"onlyBuiltDependencies"`
	Ignored  []string          `yaml:"ignoredBuiltDependencies"`
	Allow    map[string]bool   `yaml:"allowBuilds"`
	All      *bool             `yaml:"dangerouslyAllowAllBuilds"`
	Patched  map[string]string `yaml:"patchedDependencies"`
}

// findPackages reads the service's package and the workspace that it is in.
func (p *planner) findPackages() error {
	if project, ok := nxService(p.Service); ok && !repo.IsFile(p.Tree, path.Join(p.Dir, packageFile)) {
		return p.enterProject(project)
	}
	own, err := readPackage(p.Tree, p.Dir)
	if err != nil {
		return err
	}
	p.pkg = own
	p.space = workspace{root: own}
	for dir := range p.Upwards() {
		space, ok, err := p.workspaceAt(dir)
		if err != nil {
			return err
		}
		if !ok || dir != p.Dir && space.members[p.Dir] == nil {
			if dir == p.Dir {
				p.space.pnpm = space.pnpm
			}
			continue
		}
		p.space, p.pkg = space, space.root
		if dir != p.Dir {
			p.pkg = space.members[p.Dir]
			p.note(slipway.Evidence{File: space.file, Found: "a workspace", Means: "installed with the other packages of " + repo.Show(dir)})
		}
		break
	}
	if p.space.file != "" && p.pkg == p.space.root {
		if err := p.enterWorkspace(); err != nil {
			return err
		}
	}
	p.space.needs = p.space.closure(p.pkg)
	return p.findNx()
}

// workspaceAt reads the workspace whose root a directory is.
func (p *planner) workspaceAt(dir string) (workspace, bool, error) {
	if !repo.IsFile(p.Tree, path.Join(dir, packageFile)) {
		return workspace{}, false, nil
	}
	root, err := readPackage(p.Tree, dir)
	if err != nil {
		if dir != p.Dir {
			return workspace{}, false, nil // somebody else's
		}
		return workspace{}, false, err
	}
	w := workspace{root: root, file: root.file()}
	patterns := root.workspaces()
	file := path.Join(dir, pnpmWorkspaceFile)
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil {
		return workspace{}, false, err
	}
	if ok {
		if w.pnpm, err = parsePnpmWorkspace(data); err != nil {
			return workspace{}, false, invalid("%s is not a pnpm workspace", repo.Quote(file)).Because(err)
		}
		if len(w.pnpm.Packages) > 0 {
			w.file, patterns = file, w.pnpm.Packages
		}
	}
	if len(patterns) == 0 {
		return workspace{root: root, pnpm: w.pnpm}, false, nil // settings for a package alone
	}
	w.members, err = p.members(dir, patterns)
	return w, err == nil, err
}

func parsePnpmWorkspace(data []byte) (s pnpmSettings, err error) {
	err = yaml.Unmarshal(data, &s)
	return s, err
}

// maxDepth is how far below the root packages are looked for when a pattern
// has "**".
const maxDepth = 6

// members finds the packages that the patterns name.
func (p *planner) members(root string, patterns []string) (map[string]*pkg, error) {
	found := map[string]*pkg{}
	for _, start := range starts(patterns) {
		top := path.Join(root, start)
		err := fs.WalkDir(p.Tree, top, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return fs.SkipDir // a pattern of nothing, as npm and pnpm take it
			}
			relative := strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
			if root == "." {
				relative = name
			}
			if d.IsDir() {
				if slices.Contains([]string{"node_modules", ".git"}, d.Name()) || strings.Count(relative, "/") > maxDepth {
					return fs.SkipDir
				}
				return nil
			}
			dir := path.Dir(name)
			if d.Name() != packageFile || dir == root || found[dir] != nil || !selected(path.Dir(relative), patterns) {
				return nil
			}
			member, err := readPackage(p.Tree, dir)
			if err != nil {
				return err
			}
			found[dir] = member
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// closure lists the members that a package needs, and those that they need,
// for running or building. What others need comes first.
func (w workspace) closure(of *pkg) []*pkg {
	byName := map[string]*pkg{}
	for _, m := range w.members {
		byName[m.Name] = m
	}
	var order []*pkg
	seen := map[*pkg]bool{of: true}
	var visit func(*pkg)
	visit = func(from *pkg) {
		for _, name := range slices.Concat(sortedKeys(from.Dependencies), sortedKeys(from.Optional), sortedKeys(from.Dev)) {
			member := byName[name]
			if member == nil || seen[member] {
				continue
			}
			seen[member] = true
			visit(member)
			order = append(order, member)
		}
	}
	visit(of)
	return order
}
