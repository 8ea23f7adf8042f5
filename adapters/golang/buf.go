package golang

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Files of buf.
const (
	bufTemplate = "buf.gen.yaml"
	bufModule   = "buf.yaml"
)

var templateFlag = regexp.MustCompile(`--template[= ]["']?([^\s"']+)`)

// withTemplate adds the template to a command line of buf.
func (p *planner) withTemplate(dir, text string) string {
	if !bufWord.MatchString(text) {
		return text
	}
	name := bufTemplate
	if m := templateFlag.FindStringSubmatch(text); m != nil {
		name = m[1]
	}
	data, _, _ := repo.Read(p.Tree, path.Join(dir, name)) // buf says what is wrong with it
	return text + "\n" + bufMark + "\n" + string(data)
}

// bufMark stands before a template in the text of a maker.
const bufMark = "\x00template"

// bufPlugin is an entry of a template, of all its versions.
type bufPlugin struct {
	Local   any    `yaml:"local"` // a name, or a command
	Remote  string `yaml:"remote"`
	Plugin  string `yaml:"plugin"`
	Name    string `yaml:"name"`
	Path    any    `yaml:"path"`
	Builtin string `yaml:"protoc_builtin"`
}

// bufPlugins are the names of the plugins in a template that have to be
// there, and the first that is in buf's own registry.
func bufPlugins(template string) (names []string, remote string) {
	var t struct {
		Plugins []bufPlugin `yaml:"plugins"`
	}
	if yaml.Unmarshal([]byte(template), &t) != nil {
		return nil, ""
	}
	for _, plugin := range t.Plugins {
		name := plugin.Plugin + plugin.Name
		local, ok := plugin.Local.(string)
		switch {
		case plugin.Remote != "" || strings.Contains(name, "/"):
			return nil, plugin.Remote + name
		case plugin.Builtin != "" || plugin.Path != nil || plugin.Local != nil && !ok:
			continue
		case ok:
			names = append(names, path.Base(local))
		case name != "":
			names = append(names, "protoc-gen-"+strings.TrimPrefix(name, "protoc-gen-"))
		}
	}
	return names, ""
}

// refuseBufRegistry says what a build without buf's registry cannot have.
func (p *planner) refuseBufRegistry(m maker, files []string) error {
	_, template, ok := strings.Cut(m.text, bufMark)
	if !ok {
		return nil
	}
	if _, remote := bufPlugins(template); remote != "" {
		return slipway.Errorf(slipway.CodeInvalid, "%s makes code with the plugin %s of buf's own registry, which a build does not reach", repo.Place(m.file, max(m.line, 1)), repo.Quote(remote)).
			WithHint("commit the code, or write `local: protoc-gen-NAME` in place of `remote:` and name its version: `go get -tool PACKAGE@VERSION`").WithClass(slipway.ClassCode)
	}
	for _, name := range files {
		if path.Base(name) != bufModule {
			continue
		}
		var module struct {
			Deps []string `yaml:"deps"`
		}
		data, _, _ := repo.Read(p.Tree, name)
		if yaml.Unmarshal(data, &module) == nil && len(module.Deps) > 0 {
			return slipway.Errorf(slipway.CodeInvalid, "%s needs %s of buf's own registry, which a build does not reach", repo.Quote(name), repo.Quote(module.Deps[0])).
				WithHint("commit the code, or the protocols: `buf export %s -o third_party/proto`, a module of buf.yaml in the place of deps", repo.Quote(module.Deps[0])).WithClass(slipway.ClassCode)
		}
	}
	return nil
}

// walk gathers the files below a directory, without those of other people.
func (p *planner) walk(dir string, found map[string]bool) {
	_ = fs.WalkDir(p.Tree, dir, func(name string, d fs.DirEntry, err error) error { // what cannot be listed makes nothing
		switch {
		case err != nil:
			return fs.SkipDir
		case d.IsDir() && name != dir && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"vendor", "node_modules", "testdata"}, d.Name())):
			return fs.SkipDir
		case len(found) > maxAround:
			return fs.SkipAll
		case !d.IsDir():
			found[name] = true
		}
		return nil
	})
}
