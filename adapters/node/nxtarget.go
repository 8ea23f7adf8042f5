package node

import (
	"cmp"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
)

// nxTarget is a task of a project.
type nxTarget struct {
	Executor       string                     `json:"executor"`
	Command        string                     `json:"command"`
	Options        nxOptions                  `json:"options"`
	Default        string                     `json:"defaultConfiguration"`
	Configurations map[string]json.RawMessage `json:"configurations"`
}

// nxOptions are those that say what a build writes and where.
type nxOptions struct {
	OutputPath nxOutput `json:"outputPath"`
	Main       string   `json:"main"`
	FileName   string   `json:"outputFileName"`
	Target     string   `json:"target"` // of webpack; a list of esbuild's, which is none of these
	Format     nxWords  `json:"format"`
	Bundle     *bool    `json:"bundle"`
	ThirdParty bool     `json:"thirdParty"`
	External   nxWords  `json:"external"`
	ConfigFile string   `json:"configFile"`
	Webpack    string   `json:"webpackConfig"`
	Command    string   `json:"command"`
	Esbuild    struct {
		OutExtension map[string]string `json:"outExtension"`
	} `json:"esbuildOptions"`
}

// nxOutput is a directory, or Angular's object of them.
type nxOutput struct{ Base, Browser string }

func (o *nxOutput) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &o.Base) == nil {
		return nil
	}
	var object struct {
		Base    string  `json:"base"`
		Browser *string `json:"browser"`
	}
	if json.Unmarshal(data, &object) != nil {
		return nil //nolint:nilerr // another form says nothing here
	}
	o.Base, o.Browser = object.Base, "browser"
	if object.Browser != nil {
		o.Browser = *object.Browser
	}
	return nil
}

// nxWords is a word or a list of them.
type nxWords []string

func (w *nxWords) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*w = nxWords{one}
		return nil
	}
	var list []string
	if json.Unmarshal(data, &list) == nil {
		*w = list
	}
	return nil
}

// plainOptions takes a target whose other options have forms that are not
// looked at: a part that does not fit is left out.
func (t *nxTarget) UnmarshalJSON(data []byte) error {
	var parts map[string]json.RawMessage
	if json.Unmarshal(data, &parts) != nil {
		return nil //nolint:nilerr // a target of another form is none
	}
	for key, to := range map[string]any{"executor": &t.Executor, "command": &t.Command, "defaultConfiguration": &t.Default, "configurations": &t.Configurations} {
		_ = json.Unmarshal(parts[key], to)
	}
	var options map[string]json.RawMessage
	if json.Unmarshal(parts["options"], &options) != nil {
		return nil //nolint:nilerr // as above
	}
	o := &t.Options
	for key, to := range map[string]any{
		"outputPath": &o.OutputPath, "main": &o.Main, "outputFileName": &o.FileName, "target": &o.Target, "format": &o.Format, "bundle": &o.Bundle,
		"thirdParty": &o.ThirdParty, "external": &o.External, "configFile": &o.ConfigFile, "webpackConfig": &o.Webpack, "command": &o.Command, "esbuildOptions": &o.Esbuild,
	} {
		_ = json.Unmarshal(options[key], to)
	}
	return nil
}

// nxPlugin is one that finds targets by itself, by a file of the project.
type nxPlugin struct {
	name string // as nx.json names it
	file string // without its extension
	kind string
}

func nxPlugins() []nxPlugin {
	return []nxPlugin{
		{"@nx/vite/plugin", "vite.config", nxVite},
		{"@nx/webpack/plugin", "webpack.config", nxWebpack},
		{"@nx/rspack/plugin", "rspack.config", nxWebpack},
	}
}

// Kinds of builds, by what they write.
const (
	nxVite    = "vite"
	nxWebpack = "webpack"
	nxEsbuild = "esbuild"
	nxCompile = "compile"
	nxAngular = "angular"
)

// nxBuild is the task that builds a project: its name, its kind ("" when it
// is one that only runs), and its options.
type nxBuild struct {
	name, kind string
	target     nxTarget
}

// build finds it; false when nothing is called so.
func (p *nxProject) build(config func(name string) (text, file string)) (nxBuild, bool) {
	target, said := p.Targets["build"]
	if said && target.Executor == "" && target.Command == "" {
		target = merged(target, p.settings.Defaults["build"])
	}
	b := nxBuild{name: "build", target: target}
	if b.kind = kindOf(target); b.kind != "" {
		b.target = merged(target, p.settings.Defaults[target.Executor])
		return b, true
	}
	for _, plugin := range nxPlugins() {
		name, used := p.settings.uses(plugin.name)
		if _, file := config(plugin.file); used && file != "" {
			b.kind = plugin.kind
			if !said || target.Executor == "" && target.Command == "" {
				b.name = cmp.Or(name, "build")
			}
			return b, true
		}
	}
	return b, said
}

// merged adds what the workspace says of all such targets.
func merged(t, defaults nxTarget) nxTarget {
	t.Executor = cmp.Or(t.Executor, defaults.Executor)
	t.Default = cmp.Or(t.Default, defaults.Default)
	t.Options.OutputPath.Base = cmp.Or(t.Options.OutputPath.Base, defaults.Options.OutputPath.Base)
	if t.Configurations == nil {
		t.Configurations = defaults.Configurations
	}
	return t
}

// kindOf is what an executor, or the command in its place, writes.
func kindOf(t nxTarget) string {
	executors := []struct {
		kind  string
		names []string
	}{
		{nxVite, []string{"@nx/vite:build", "@nrwl/vite:build"}},
		{nxEsbuild, []string{"@nx/esbuild:esbuild", "@nrwl/esbuild:esbuild"}},
		{nxWebpack, []string{"@nx/webpack:webpack", "@nrwl/webpack:webpack", "@nx/rspack:rspack", "@nrwl/node:webpack", "@nx/node:webpack"}},
		{nxCompile, []string{"@nx/js:tsc", "@nx/js:swc", "@nrwl/js:tsc", "@nrwl/js:swc"}},
		{nxAngular, []string{"@angular/build:application", "@angular-devkit/build-angular:application", "@angular-devkit/build-angular:browser", "@nx/angular:application", "@nx/angular:webpack-browser"}},
	}
	for _, e := range executors {
		if slices.Contains(e.names, t.Executor) {
			return e.kind
		}
	}
	command := strings.TrimPrefix(cmp.Or(t.Options.Command, t.Command), "npx ")
	for program, kind := range map[string]string{"webpack": nxWebpack, "webpack-cli": nxWebpack, "rspack": nxWebpack, "vite": nxVite} {
		if command == program || strings.HasPrefix(command, program+" ") {
			return kind
		}
	}
	return ""
}

// uses tells whether nx.json names a plugin, and how its build target is
// called there.
func (s nxSettings) uses(plugin string) (target string, ok bool) {
	for _, raw := range s.Plugins {
		var name string
		var object struct {
			Plugin  string `json:"plugin"`
			Options struct {
				Build string `json:"buildTargetName"`
			} `json:"options"`
		}
		if json.Unmarshal(raw, &name) == nil && name == plugin {
			return "", true
		}
		if json.Unmarshal(raw, &object) == nil && object.Plugin == plugin {
			return object.Options.Build, true
		}
	}
	return "", false
}

// line is the argument of `nx run`: with the configuration for production
// when the target does not take it by itself.
func (b nxBuild) line(project string) string {
	line := project + ":" + b.name
	if _, ok := b.target.Configurations["production"]; ok && b.target.Default == "" {
		line += ":production"
	}
	return line
}

// tokens puts the project's own words into a directory that nx.json gives
// for all, seen from the workspace's root.
func (p *nxProject) tokens(dir string) string {
	place := relative(p.root, p.dir)
	dir = strings.NewReplacer("{projectRoot}", place, "{projectName}", p.Name, "{workspaceRoot}/", "", "{workspaceRoot}", ".").Replace(dir)
	return path.Clean(dir)
}

var (
	webpackOutput = regexp.MustCompile(`\bpath\s*:\s*(?:path\.)?(?:join|resolve)\(\s*(?:__dirname|import\.meta\.dirname)\s*,\s*["']([^"'\n]+)["']`)
	webpackNode   = regexp.MustCompile(`\btarget\s*:\s*["']node["']`)
	webpackFile   = regexp.MustCompile(`\boutputFileName\s*:\s*["']([^"'\n]+)["']`)
	webpackAll    = regexp.MustCompile(`\bexternalDependencies\s*:\s*["']none["']`)
)
