package node

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// nxConfig is a tool's settings file in the project's own directory.
func (p *planner) nxConfig(name string) (text, file string) { return p.configIn(p.nx.dir, name) }

// nxProgram decides what a project's build writes and what is started of it.
// Everything is relative to the workspace's root.
func (p *planner) nxProgram() (bool, error) {
	if p.nx == nil {
		return false, nil
	}
	b := p.nxBuild
	if !p.nxBuilds {
		return false, invalid("%s has no target build, and nothing in %s finds one", repo.Quote(p.nx.file()), nxFile).
			WithHint("say how it is built and started in slipway.yaml: `commands: {build: …, start: …}`")
	}
	switch b.kind {
	case nxVite:
		return true, p.nxPages(cmp.Or(b.target.Options.OutputPath.Base, p.viteOutput()))
	case nxAngular:
		return true, p.nxAngular(b.target)
	case nxEsbuild:
		return true, p.nxStart(p.esbuildMain(b.target.Options))
	case nxWebpack:
		return true, p.nxWebpack(b.target.Options)
	case nxCompile:
		return true, p.nxCompiled(b.target)
	}
	return false, invalid("%s builds with %.80q, and nothing says what that writes", repo.Quote(p.nx.file()), cmp.Or(b.target.Executor, b.target.Command)).
		WithHint("say what to start in slipway.yaml, from the workspace's root: `commands: {start: node dist/%s/main.js}`", relative(p.nx.root, p.nx.dir))
}

// viteOutput is where the project's Vite writes to, from the workspace's
// root.
func (p *planner) viteOutput() string {
	text, _ := p.nxConfig("vite.config")
	return path.Join(relative(p.nx.root, p.nx.dir), option(outDirOption, text, option(outDirCall, text, "dist")))
}

// nxPages serves a directory as files.
func (p *planner) nxPages(dir string) error {
	dir = p.nx.tokens(dir)
	if _, ok := inside(dir); !ok {
		return invalid("%s builds to %s, which is not a directory of the workspace", repo.Quote(p.nx.file()), repo.Quote(dir))
	}
	p.servePages(dir, "index.html", "")
	return nil
}

// nxAngular serves what Angular builds; its newer builder has the page in a
// directory of its own.
func (p *planner) nxAngular(t nxTarget) error {
	dir := cmp.Or(t.Options.OutputPath.Base, path.Join("dist", p.nx.Name))
	if strings.HasSuffix(t.Executor, ":application") {
		dir = path.Join(dir, cmp.Or(t.Options.OutputPath.Browser, "browser"))
	}
	return p.nxPages(dir)
}

// esbuildMain is the file that esbuild writes of the main one.
func (p *planner) esbuildMain(o nxOptions) (dir, main string) {
	ext := ".js"
	if slices.Contains(o.Format, "cjs") {
		ext = cmp.Or(o.Esbuild.OutExtension[".js"], ".cjs")
	}
	p.program.bundled = o.ThirdParty && len(o.External) == 0 && (o.Bundle == nil || *o.Bundle)
	return o.OutputPath.Base, cmp.Or(o.FileName, stem(cmp.Or(o.Main, "main.ts"))+ext)
}

// nxWebpack starts a program or serves a page, as the target is for node or
// for browsers.
func (p *planner) nxWebpack(o nxOptions) error {
	text, file := p.nxConfig("webpack.config")
	if file == "" {
		text, _ = p.nxConfig("rspack.config")
	}
	dir := o.OutputPath.Base
	if dir == "" {
		dir = path.Join(relative(p.nx.root, p.nx.dir), option(webpackOutput, text, "dist"))
	}
	if o.Target != "node" && !webpackNode.MatchString(text) {
		return p.nxPages(dir)
	}
	p.program.bundled = webpackAll.MatchString(text)
	return p.nxStart(dir, cmp.Or(o.FileName, option(webpackFile, text, "main.js")))
}

// nxCompiled starts what tsc or swc makes of the main file, which they leave
// below the output as it lies below the project.
func (p *planner) nxCompiled(t nxTarget) error {
	return p.nxStart(p.nx.compiledMain(t.Options))
}

func (p *nxProject) compiledMain(o nxOptions) (dir, main string) {
	main = cmp.Or(o.Main, path.Join(relative(p.root, p.dir), "src/main.ts"))
	below := strings.TrimPrefix(path.Clean(main), relative(p.root, p.dir)+"/")
	return o.OutputPath.Base, path.Join(path.Dir(below), stem(below)+".js")
}

func stem(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }

// nxStart starts a file of the output, which is what the image has besides
// the packages.
func (p *planner) nxStart(dir, main string) error {
	dir = p.nx.tokens(dir)
	if _, ok := inside(dir); !ok {
		return invalid("%s does not say where its build writes to", repo.Quote(p.nx.file())).
			WithHint("give the target build an outputPath, or say what to start in slipway.yaml, from the workspace's root: `commands: {start: node dist/main.js}`")
	}
	p.program.output = dir
	p.program.start = []string{"node", path.Join(dir, main)}
	p.started(slipway.Evidence{File: p.nx.file(), Found: "build: " + cmp.Or(p.nxBuild.target.Executor, p.nxBuild.target.Options.Command, p.nxBuild.target.Command, p.nxBuild.kind)})
	return nil
}

// builtByNx builds the project with all that it needs.
func (p *planner) builtByNx() bool {
	if p.nx == nil || !p.nxBuilds {
		return false
	}
	for _, o := range orchestrators() {
		if o.pkg == "nx" {
			p.build.tool, p.build.env = o.pkg, o.env
		}
	}
	p.note(slipway.Evidence{File: path.Join(p.nx.root, nxFile), Found: nxFile, Means: "built by nx with all that " + p.nx.Name + " needs", Knob: "commands: {build: …}"})
	p.build.commands = append(p.build.commands, "PATH="+p.binPath()+":$PATH nx run "+quote(p.nxBuild.line(p.nx.Name)))
	return true
}
