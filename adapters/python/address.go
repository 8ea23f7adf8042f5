package python

import (
	"io/fs"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// localAddress reads "NAME @ file:…", which the tools write in their own ways
// when they mean a directory beside the project: PDM with ${PROJECT_ROOT},
// Hatch with {root:uri}.
func localAddress(dir, text string) (string, bool) {
	_, address, ok := strings.Cut(text, "@")
	if !ok {
		return "", false
	}
	address, _, _ = strings.Cut(strings.TrimSpace(address), " ")
	for _, form := range []struct{ prefix, means string }{
		{"file:///${PROJECT_ROOT}/", ""}, {"{root:parent:uri}/", "../"}, {"{root:uri}/", ""}, {"file:///", "/"}, {"file://", ""}, {"file:", ""},
	} {
		rest, ok := strings.CutPrefix(address, form.prefix)
		if !ok {
			continue
		}
		target := path.Join(dir, form.means+rest)
		return target, !strings.HasPrefix(form.means+rest, "/") && fs.ValidPath(target)
	}
	return "", false
}

// inTree finds the directory of the tree that a requirement of a project
// means. A name that is meant for the tree is never asked for in an index:
// somebody else may have it there.
func (p *planner) inTree(found *project, text string) (dir string, ok bool, err error) {
	at := path.Dir(found.file)
	if dir, ok := localAddress(at, text); ok && repo.IsDir(p.Tree, dir) {
		return dir, true, nil
	}
	d, ok := requirement(text)
	if !ok || found.Tool.UV == nil {
		return "", false, nil
	}
	for name, value := range found.Tool.UV.Sources {
		fields, isTable := value.(map[string]any)
		if !isTable || normal(name) != d.name {
			continue
		}
		if fields["workspace"] == true && p.manager.lock == "" {
			return "", false, slipway.Errorf(slipway.CodeInvalid, "%s: %s is of a workspace that has no %s", repo.Place(found.file, found.line(name)), name, uvLock).
				WithHint("run `uv lock` in the workspace and commit the result").WithClass(slipway.ClassCode)
		}
		for _, sub := range strs(fields["path"]) {
			if dir := path.Join(at, sub); fs.ValidPath(dir) && repo.IsDir(p.Tree, dir) {
				return dir, true, nil
			}
		}
	}
	return "", false, nil
}

// ask adds what a project of the tree asks for: packages of the tree are part
// of the program, and what they need is asked for in their place.
func (p *planner) ask(found *project) error {
	for _, text := range found.Project.Dependencies {
		dir, local, err := p.inTree(found, text)
		switch {
		case err != nil:
			return err
		case !local:
			p.need(text, found)
			if p.manager.name != poetry && p.manager.lock == "" {
				p.manager.lines = append(p.manager.lines, text)
			}
		case p.manager.lock == "":
			if err := p.fromLocal(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// byAddress lists the packages of the tree that a project names by address.
func (p *planner) byAddress(dir string, found *project) []localRequirement {
	if found.Project == nil {
		return nil
	}
	var local []localRequirement
	for _, text := range found.Project.Dependencies {
		if target, ok := localAddress(dir, text); ok && repo.IsDir(p.Tree, target) {
			local = append(local, localRequirement{target, found.file, lineWith(found.text, text)})
		}
	}
	return local
}
