package node

import (
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// orchestrator is a tool that knows which tasks of which packages of a
// workspace come before another one.
type orchestrator struct {
	pkg   string
	files []string // either says that the workspace uses it
	uses  *regexp.Regexp
	line  func(p *planner, project string) string
	env   map[string]string
}

func orchestrators() []orchestrator {
	return []orchestrator{
		{
			"turbo",
			[]string{"turbo.json", "turbo.jsonc"},
			regexp.MustCompile(`\bturbo (?:run )?`),
			// What the step's environment has is there for the tools below it,
			// which turbo would keep from them.
			func(p *planner, project string) string {
				return "turbo run build --filter=" + quote(project) + " --env-mode=loose --no-daemon --cache-dir=/tmp/turbo"
			},
			map[string]string{"TURBO_TELEMETRY_DISABLED": "1"},
		},
		{
			"nx",
			[]string{"nx.json"},
			regexp.MustCompile(`\bnx `),
			func(p *planner, project string) string { return "nx run " + quote(project+":build") },
			map[string]string{
				"NX_DAEMON": "false", "NX_NO_CLOUD": "true", "NX_TUI": "false", "NX_CACHE_DIRECTORY": "/tmp/nx", "NX_WORKSPACE_DATA_DIRECTORY": "/tmp/nx-data",
			},
		},
	}
}

// orchestrated builds the service's package by the workspace's own tool, when
// the workspace has one and its root builds with it. It builds what the
// package needs, too, with tasks that no script of a package shows.
func (p *planner) orchestrated() bool {
	root := p.space.root
	if p.space.file == "" || p.pkg == root || p.pkg.Name == "" {
		return false
	}
	_, member := p.nxMember()
	for _, o := range orchestrators() {
		file := p.firstFile(o.files)
		used := slices.ContainsFunc(slices.Collect(maps.Values(root.Scripts)), o.uses.MatchString) || member && o.pkg == "nx"
		if file == "" || !root.has(o.pkg) || !used {
			continue
		}
		project, ok := p.project(o)
		if !ok {
			continue
		}
		p.build.tool = o.pkg
		p.build.env = o.env
		p.build.commands = append(p.build.commands, "(cd "+quote(at(p.manager.root))+" && PATH="+path.Join(at(p.manager.root), "node_modules/.bin")+":$PATH "+o.line(p, project)+")")
		p.note(slipway.Evidence{
			File: file, Found: path.Base(file), Means: "built by " + o.pkg + " with all that " + project + " needs", Knob: "commands: {build: …}",
		})
		return true
	}
	return false
}

// project is the name by which an orchestrator knows the service, which has
// something to build.
func (p *planner) project(o orchestrator) (string, bool) {
	if p.buildScript() == "build" {
		if o.pkg == "nx" {
			if name, _ := p.nxProject(); name != "" {
				return name, true
			}
		}
		return p.pkg.Name, true
	}
	if o.pkg != "nx" {
		return "", false
	}
	if member, ok := p.nxMember(); ok {
		return member.Name, true
	}
	name, builds := p.nxProject()
	if name == "" {
		name = p.pkg.Name
	}
	return name, builds
}

// nxProject reads the service's project.json: the project's name, and whether
// it has a target called build.
func (p *planner) nxProject() (name string, builds bool) {
	data, ok, err := repo.Read(p.Tree, path.Join(p.Dir, "project.json"))
	if err != nil || !ok {
		return "", false
	}
	return parseNxProject(data)
}

func parseNxProject(data []byte) (name string, builds bool) {
	var file struct {
		Name    string                     `json:"name"`
		Targets map[string]json.RawMessage `json:"targets"`
	}
	if json.Unmarshal(plainJSON(data), &file) != nil {
		return "", false
	}
	_, builds = file.Targets["build"]
	return file.Name, builds
}

// firstFile is the first of some files that the workspace's root has.
func (p *planner) firstFile(names []string) string {
	for _, name := range names {
		if file := path.Join(p.manager.root, name); repo.IsFile(p.Tree, file) {
			return file
		}
	}
	return ""
}

// toolNames are the orchestrators' programs, which start nothing in an image.
func toolNames(line string) bool {
	return slices.ContainsFunc(orchestrators(), func(o orchestrator) bool { return o.uses.MatchString(line) }) || strings.Contains(line, "lerna")
}
