package node

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/manifest"
	"github.com/slipway-ci/slipway/adapters/repo"
)

const (
	nxFile      = "nx.json"
	projectFile = "project.json"
)

// nxProject is a project of an Nx workspace whose only package.json is the
// root's (an integrated repository).
type nxProject struct {
	dir      string              // in the tree
	root     string              // of the workspace
	Name     string              `json:"name"`
	Type     string              `json:"projectType"`
	Implicit []string            `json:"implicitDependencies"`
	Targets  map[string]nxTarget `json:"targets"`
	raw      []byte
	needs    []string // directories of the tree that it is made of besides its own
	settings nxSettings
}

// nxSettings are the parts of an nx.json that matter here.
type nxSettings struct {
	DefaultProject string              `json:"defaultProject"`
	Defaults       map[string]nxTarget `json:"targetDefaults"`
	Plugins        []json.RawMessage   `json:"plugins"`
}

func (p *nxProject) file() string { return path.Join(p.dir, projectFile) }

// application tells that it is started rather than needed by others. Tests
// that drive a browser are called applications, too.
func (p *nxProject) application() bool {
	return p.Type == "application" && !strings.HasSuffix(p.Name, "-e2e") && !strings.HasSuffix(path.Base(p.dir), "-e2e")
}

// nxProjectAt reads the project of a directory; false without one, and for
// one that cannot be read.
func nxProjectAt(tree fs.FS, root, dir string) (*nxProject, bool) {
	data, ok, err := repo.Read(tree, path.Join(dir, projectFile))
	if err != nil || !ok {
		return nil, false
	}
	p, err := parseProject(data)
	if err != nil {
		return nil, false
	}
	p.dir, p.root = dir, root
	p.Name = cmp.Or(p.Name, path.Base(dir))
	return p, true
}

func parseProject(data []byte) (*nxProject, error) {
	p := &nxProject{raw: data}
	return p, json.Unmarshal(plainJSON(data), p)
}

// nxRoot is the workspace's root at or above a directory: nx.json and a
// package.json beside it.
func nxRoot(s repo.Service) (string, bool) {
	for dir := range s.Upwards() {
		if repo.IsFile(s.Tree, path.Join(dir, nxFile)) && repo.IsFile(s.Tree, path.Join(dir, packageFile)) {
			return dir, true
		}
	}
	return "", false
}

// nxService is the project that a directory is which has a project.json and
// no packages of its own.
func nxService(s repo.Service) (*nxProject, bool) {
	if !repo.IsFile(s.Tree, path.Join(s.Dir, projectFile)) {
		return nil, false
	}
	root, ok := nxRoot(s)
	if !ok || root != s.Dir && slices.ContainsFunc(lockFiles(), func(l lockFile) bool { return repo.IsFile(s.Tree, path.Join(s.Dir, l.name)) }) {
		return nil, false
	}
	return nxProjectAt(s.Tree, root, s.Dir)
}

// nxApplications are the projects below the workspace's root that can be
// started, by their directories.
func nxApplications(tree fs.FS, root string) []*nxProject {
	var found []*nxProject
	for _, p := range nxProjects(tree, root) {
		if p.application() {
			found = append(found, p)
		}
	}
	return found
}

// nxProjects are all the projects of a workspace.
func nxProjects(tree fs.FS, root string) []*nxProject {
	var found []*nxProject
	_ = fs.WalkDir(tree, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fs.SkipDir //nolint:nilerr // a project that cannot be read is none
		}
		if d.IsDir() {
			if name != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "dist", "tmp", "src"}, d.Name()) || strings.Count(relative(root, name), "/") > maxDepth) {
				return fs.SkipDir
			}
			return nil
		}
		if d.Name() == projectFile {
			if p, ok := nxProjectAt(tree, root, path.Dir(name)); ok {
				found = append(found, p)
			}
		}
		return nil
	})
	return found
}

// findNx decides whether the service is a project of Nx without packages of
// its own: one whose directory was named, or one that the root has when it
// starts nothing else.
func (p *planner) findNx() error {
	project, ok := nxService(p.Service)
	switch {
	case ok && p.pkg != nil && p.space.file != "" && p.pkg != p.space.root:
		return nil // a member of a workspace has packages of its own
	case ok && (project.dir != project.root || p.rootIsProject(project)):
	case p.pkg == nil || p.pkg != p.space.root || !repo.IsFile(p.Tree, path.Join(p.Dir, nxFile)) || p.startsItself():
		return nil
	default:
		var err error
		if project, err = p.chooseProject(); err != nil || project == nil {
			return err
		}
	}
	return p.enterProject(project)
}

// rootIsProject tells that the workspace's root is its one application.
func (p *planner) rootIsProject(project *nxProject) bool {
	return project.application() && !p.startsItself()
}

// startsItself tells that a root has something to start, without Nx.
func (p *planner) startsItself() bool {
	line := p.pkg.startScript()
	return p.Main != "" || p.Declared.Main != "" || line != "" && !toolNames(line)
}

// chooseProject takes the application of the service's name, the one that
// the start script or nx.json names, or the only one.
func (p *planner) chooseProject() (*nxProject, error) {
	can := slices.DeleteFunc(nxApplications(p.Tree, p.Dir), func(a *nxProject) bool { return p.space.members[a.dir] != nil })
	settings := readNxSettings(p.Tree, p.Dir)
	for _, name := range []string{p.Name, nxProjectOf(p.pkg.startScript()), settings.DefaultProject} {
		if i := slices.IndexFunc(can, func(a *nxProject) bool { return name != "" && (a.Name == name || path.Base(a.dir) == name) }); i >= 0 {
			return can[i], nil
		}
	}
	if len(can) < 2 { //nolint:mnd // one is no choice
		return onlyOne(can), nil
	}
	lines := make([]string, len(can))
	for i, a := range can {
		lines[i] = repo.Quote(a.dir) + ": chosen by --path " + repo.Quote(a.dir) + ", or by a service with `path: " + a.dir + "` in " + manifest.Name
	}
	return nil, slipway.Errorf(slipway.CodeAmbiguous, "%s is an Nx workspace with %d applications", repo.Show(p.Dir), len(can)).
		WithHint("say which one is the service").WithDetails(lines...)
}

// onlyOne is the only one, nil when there is none.
func onlyOne(all []*nxProject) *nxProject {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// nxProjectOf is the project that a line of nx names: "nx serve api",
// "nx run api:serve".
func nxProjectOf(line string) string {
	words := strings.Fields(line)
	at := slices.Index(words, "nx")
	if at < 0 || at+2 >= len(words) {
		return ""
	}
	name, _, _ := strings.Cut(words[at+2], ":")
	return name
}

func readNxSettings(tree fs.FS, root string) nxSettings {
	data, _, err := repo.Read(tree, path.Join(root, nxFile))
	if err != nil {
		return nxSettings{}
	}
	return parseNxSettings(data)
}

func parseNxSettings(data []byte) nxSettings {
	var s nxSettings
	if json.Unmarshal(plainJSON(data), &s) != nil {
		return nxSettings{}
	}
	return s
}

// enterProject goes on with a project: what is installed is the root's, and
// everything runs there, as it does with nx itself.
func (p *planner) enterProject(project *nxProject) error {
	root, err := readPackage(p.Tree, project.root)
	if err != nil {
		return err
	}
	project.settings = readNxSettings(p.Tree, project.root)
	project.needs = project.closure(p.Tree)
	p.nx, p.pkg, p.space, p.Dir = project, root, workspace{root: root}, project.root
	p.nxBuild, p.nxBuilds = project.build(p.nxConfig)
	e := slipway.Evidence{
		File: project.file(), Line: lineAt(project.raw, int64(bytes.Index(project.raw, []byte(`"name"`)))), Found: "a project of Nx",
		Means: "the service is " + repo.Show(project.dir) + "; its packages are the root's, and it is built and started there", Knob: "path: " + project.dir,
	}
	p.note(e)
	if len(project.needs) > 0 {
		p.note(slipway.Evidence{File: project.file(), Found: "imports of other projects", Means: "made of " + list(project.needs), Knob: "inputs: […]"})
	}
	return nil
}
