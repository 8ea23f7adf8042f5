package python

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// byMembership finds the members of the service's workspace that a project
// asks for by name.
func (p *planner) byMembership(found *project, sources map[string]any) []localRequirement {
	if p.manager.name != uv || p.manager.lock == "" || found.Project == nil {
		return nil
	}
	var local []localRequirement
	for _, text := range found.Project.Dependencies {
		d, ok := requirement(text)
		if !ok {
			continue
		}
		for name, value := range sources {
			if fields, ok := value.(map[string]any); ok && normal(name) == d.name && fields["workspace"] == true {
				if dir, ok := p.member(d.name); ok {
					local = append(local, localRequirement{dir, found.file, lineWith(found.text, text)})
				}
			}
		}
	}
	return local
}

// member finds a package of the workspace by its name.
func (p *planner) member(name string) (string, bool) {
	root, err := readProject(p.Tree, p.manager.root)
	if err != nil || root == nil || root.Tool.UV == nil || root.Tool.UV.Workspace == nil {
		return "", false
	}
	for _, dir := range members(p.Tree, p.manager.root, root) {
		if found, err := readProject(p.Tree, dir); err == nil && normal(found.name()) == name {
			return dir, true
		}
	}
	return "", false
}

// members are the directories of a workspace.
func members(tree fs.FS, root string, found *project) []string {
	var dirs []string
	sub, err := fs.Sub(tree, root)
	if err != nil {
		return nil
	}
	for _, pattern := range found.Tool.UV.Workspace.Members {
		matches, err := fs.Glob(sub, path.Clean(pattern))
		if err != nil {
			continue
		}
		for _, m := range matches {
			if repo.IsFile(sub, path.Join(m, projectFile)) {
				dirs = append(dirs, path.Join(root, m))
			}
		}
	}
	return dirs
}

// ofMember refuses to start a file of the workspace's root that is in one of
// its packages: that one is the service.
func (p *planner) ofMember(file string) error {
	root, err := readProject(p.Tree, p.Dir)
	if err != nil || root == nil || root.Tool.UV == nil || root.Tool.UV.Workspace == nil {
		return err
	}
	all := members(p.Tree, p.Dir, root)
	i := slices.IndexFunc(all, func(dir string) bool { return strings.HasPrefix(file, dir+"/") })
	if i < 0 {
		return nil
	}
	var lines []string
	for _, dir := range all {
		lines = append(lines, repo.Quote(dir)+": a package of the workspace; choose it by --path")
	}
	return slipway.Errorf(slipway.CodeAmbiguous, "%s is a workspace of uv, and %s is of its package %s", repo.Show(p.Dir), repo.Quote(file), repo.Quote(all[i])).
		WithHint("choose one by --path %s, or declare each service in slipway.yaml with its path", repo.Quote(all[i])).WithDetails(lines...).WithClass(slipway.ClassCode)
}

// memberOf tells whether the service is in the workspace of a directory above
// it.
func (p *planner) memberOf(root string) bool {
	found, err := readProject(p.Tree, root)
	if err != nil || found == nil || found.Tool.UV == nil || found.Tool.UV.Workspace == nil {
		return false
	}
	return slices.Contains(members(p.Tree, root, found), p.Dir)
}

// requiredUV reads the one version of uv that a project may name.
func (p *planner) requiredUV() error {
	root, err := readProject(p.Tree, p.manager.root)
	if err != nil || root == nil || root.Tool.UV == nil {
		return err
	}
	m := regexp.MustCompile(`^(?:==\s*)?([0-9]+\.[0-9]+\.[0-9]+)$`).FindStringSubmatch(root.Tool.UV.Required)
	if m == nil {
		return nil
	}
	p.manager.uv = m[1]
	p.note(slipway.Evidence{File: root.file, Line: root.line("required-version"), Found: "required-version = " + root.Tool.UV.Required, Means: "uv " + m[1] + " is brought for the dependencies"})
	return nil
}
