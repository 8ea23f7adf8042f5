package node

import (
	"cmp"
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	publicDirHexo = regexp.MustCompile(`(?m)^public_dir:[ \t]*["']?([^"'#\s]+)`)
	rootHexo      = regexp.MustCompile(`(?m)^root:[ \t]*["']?(/[^"'#\s]*)`)
	urlHexo       = regexp.MustCompile(`(?m)^url:[ \t]*["']?([^"'#\s]+)`)
	distDirQuasar = regexp.MustCompile(`\bdistDir\s*:\s*["']([^"'\n]+)["']`)
	rootRsbuild   = regexp.MustCompile(`\bdistPath\s*:\s*(?:\{[^}]*?\broot\s*:\s*)?["']([^"'\n]+)["']`)
)

// hexo builds to public, with links that begin with its root, which is the
// path of its url where it is not said.
func (p *planner) hexo() error {
	file := path.Join(p.Dir, "_config.yml")
	data, _, err := repo.Read(p.Tree, file)
	if err != nil {
		return err
	}
	text := string(data)
	p.base(cmp.Or(submatch(rootHexo, text), submatch(urlHexo, text)), file)
	return site(option(publicDirHexo, text, "public"))(p)
}

// submatch is what the first group of a pattern finds, "" for nothing.
func submatch(re *regexp.Regexp, text string) string {
	if m := re.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// quasar builds to a directory of its mode below dist, the page's own unless
// its command says otherwise.
func (p *planner) quasar() error {
	mode := cmp.Or(flagIn(p.buildLine(), "-m", "--mode"), "spa")
	if mode != "spa" && mode != "pwa" {
		return invalid("%s builds Quasar's form %s, which is no page that is served as files", p.pkg.at("scripts.build"), repo.Quote(mode)).
			WithHint("say how it is built and started: `commands: {build: …, start: node …}` in slipway.yaml")
	}
	text, file := p.config("quasar.config")
	p.base(p.baseSaid("", "publicPath", text, file), file)
	return page(option(distDirQuasar, text, path.Join("dist", mode)))(p)
}

// ember builds to dist, with links that begin with its rootURL.
func (p *planner) ember() error {
	text, file := p.config("config/environment")
	p.base(p.baseSaid("", "rootURL", text, file), file)
	return page(cmp.Or(flagIn(p.buildLine(), "--output-path", "-o"), "dist"))(p)
}

// preact builds to build.
func (p *planner) preact() error { return page(cmp.Or(flagIn(p.buildLine(), "--dest"), "build"))(p) }

// rsbuild builds to dist, unless its configuration says otherwise.
func (p *planner) rsbuild() error {
	text, file := p.config("rsbuild.config")
	line := p.buildLine()
	p.base(p.baseSaid(flagIn(line, "--base"), "base", text, cmpFile(file, p.pkg.file())), cmpFile(file, p.pkg.file()))
	return page(cmp.Or(flagIn(line, "--dist-path"), option(rootRsbuild, text, "dist")))(p)
}

// qwik starts the server that its adapter makes, which the script serve names,
// or serves the files of its static one.
func (p *planner) qwik() error {
	switch {
	case p.pkg.Scripts["serve"] != "":
		return p.runScript("serve", 0)
	case repo.IsDir(p.Tree, path.Join(p.Dir, "adapters", "static")):
		return site("dist")(p)
	}
	return invalid("%s has Qwik without an adapter, which makes a server or files of it", repo.Quote(p.pkg.file())).
		WithHint("`npx qwik add express`, or `npx qwik add static`")
}

// nuxt2 starts Nuxt 2's own server, or serves what it generates.
func (p *planner) nuxt2() error {
	text, file := p.config("nuxt.config")
	if strings.Contains(p.buildLine(), "generate") {
		p.servePages("dist", "200.html", "404.html")
		return nil
	}
	if staticTarget.MatchString(text) {
		return invalid("%s says target: static, and the build script makes no pages", repo.Quote(file)).
			WithHint("say so in slipway.yaml: `commands: {build: npx nuxt generate}`").WithDetails("build: " + p.buildLine())
	}
	p.program.env = map[string]string{"HOST": "0.0.0.0", "NUXT_TELEMETRY_DISABLED": "1"} // its default is the loopback address
	p.program.start = []string{"node", p.bin("nuxt"), "start"}
	p.useDev("nuxt")
	p.started(slipway.Evidence{File: p.pkg.file(), Line: p.line("nuxt"), Found: "nuxt 2"})
	return nil
}

var staticTarget = regexp.MustCompile(`\btarget\s*:\s*["']static["']`)

// asked is the constraint with which the package asks for another one.
func (p *pkg) asked(name string) string {
	return cmp.Or(p.Dependencies[name], p.Dev[name], p.Optional[name])
}
