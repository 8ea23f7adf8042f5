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
	outputOption = regexp.MustCompile(`\boutput\s*:\s*["'](standalone|export)["']`)
	distOption   = regexp.MustCompile(`\bdistDir\s*:\s*["']([^"'\n]+)["']`)
	noServer     = regexp.MustCompile(`\bssr\s*:\s*false\b`)
	fallbackFile = regexp.MustCompile(`\bfallback\s*:\s*["']([A-Za-z0-9_.-]+\.html)["']`)
	pagesOption  = regexp.MustCompile(`\bpages\s*:\s*["']([^"'\n]+)["']`)
	middleware   = regexp.MustCompile(`\bmode\s*:\s*["']middleware["']`)
	appSection   = regexp.MustCompile(`(?s)\bapp\s*:\s*\{.*?\}`)
	serverOutput = regexp.MustCompile(`\boutput\s*:\s*["'](server|hybrid)["']`)
)

// next starts Next.js: the server that a standalone build brings, else its
// own program; an exported site is served as files.
func (p *planner) next() error {
	text, file := p.config("next.config")
	output := option(outputOption, text, "")
	dist := option(distOption, text, ".next")
	if output != "" {
		p.note(slipway.Evidence{File: file, Found: "output: " + output, Means: map[string]string{
			"standalone": "the image has the standalone server and no other modules", "export": "the site is served as files",
		}[output]})
	}
	if line := p.buildLine(); strings.Contains(line, "next export") { // until 13
		p.base(p.baseSaid("", "basePath", text, file), file)
		p.servePages(cmp.Or(flagIn(line, "-o", "--outdir"), "out"), "", "404.html")
		return nil
	}
	p.findGoogleFonts()
	p.program.env = map[string]string{"NEXT_TELEMETRY_DISABLED": "1"}
	switch output {
	case "export":
		p.base(p.baseSaid("", "basePath", text, file), file)
		p.servePages(option(distOption, text, "out"), "", "404.html")
		p.program.env = nil
		return nil
	case "standalone":
		// It listens on the address that HOSTNAME names, which in a container
		// is the container's.
		p.program.env["HOSTNAME"] = "0.0.0.0"
		p.program.start = []string{"node", "server.js"}
		p.program.only = []string{dist}
	default:
		p.program.start = []string{"node", p.bin("next"), "start"}
		p.useDev("next")
	}
	p.home(p.baseSaid("", "basePath", text, file), file)
	p.program.writable = []string{path.Join(dist, "cache")}
	p.started(slipway.Evidence{File: p.pkg.file(), Line: p.line("next"), Found: "next"})
	return nil
}

// standalone tells that the build is one of Next.js' own servers.
func (p *planner) standalone() bool {
	return p.pkg.has("next") && len(p.program.only) > 0
}

// nuxt starts the server that Nuxt builds with all that it needs, or serves
// what it generates.
func (p *planner) nuxt() error {
	if majorOf(p.pkg.asked("nuxt")) == 2 {
		return p.nuxt2()
	}
	if strings.Contains(p.pkg.Scripts["build"], "generate") {
		p.servePages(".output/public", "200.html", "404.html")
		return nil
	}
	text, file := p.config("nuxt.config")
	p.home(p.baseSaid("", "baseURL", appSection.FindString(text), file), file)
	return p.nitroServer("nuxt")
}

// svelteConfig is what SvelteKit is told: in a file of its own, or where
// Vite's takes it in.
func (p *planner) svelteConfig() (text, file string) {
	if text, file = p.config("svelte.config"); file != "" {
		return text, file
	}
	text, file = p.config("vite.config")
	i := strings.Index(text, "sveltekit({")
	if i < 0 {
		return "", ""
	}
	return text[i:], file
}

// svelteKit does what its adapter makes.
func (p *planner) svelteKit() error {
	text, file := p.svelteConfig()
	e := slipway.Evidence{File: cmpFile(file, p.pkg.file())}
	switch {
	case p.pkg.has("@sveltejs/adapter-node"):
		dir := option(regexp.MustCompile(`\bout\s*:\s*["']([^"'\n]+)["']`), text, "build")
		p.program.file = path.Join(dir, "index.js")
		p.program.start = []string{"node", p.program.file}
		e.Found = "@sveltejs/adapter-node"
		p.started(e)
		p.home(p.baseSaid("", "base", text, file), file)
		return nil
	case p.pkg.has("@sveltejs/adapter-static"):
		p.base(p.baseSaid("", "base", text, file), file)
		p.servePages(option(pagesOption, text, "build"), option(fallbackFile, text, ""), "404.html")
		return nil
	}
	return invalid("%s uses no adapter that makes a server or files", repo.Quote(e.File)).
		WithHint("`%s` and import it in %s; what @sveltejs/adapter-auto makes is for some hosts only", p.add("@sveltejs/adapter-node", true), repo.Quote(path.Base(cmp.Or(file, "svelte.config.js"))))
}

// reactRouter starts React Router's own server, or serves the page when it
// is built without one.
func (p *planner) reactRouter() error {
	return p.routed("react-router.config", "@react-router", "react-router-serve")
}

// routed starts the server of a scope's packages, program, or serves the page
// when the configuration says that it is built without one.
func (p *planner) routed(config, scope, program string) error {
	text, file := p.config(config)
	if noServer.MatchString(text) {
		p.note(slipway.Evidence{File: file, Found: "ssr: false", Means: "a page without a server"})
		p.base(p.baseSaid("", "basename", text, file), file)
		p.servePages("build/client", "index.html", "")
		return nil
	}
	serve, dev := scope+"/serve", scope+"/dev"
	if !p.pkg.has(serve) {
		return invalid("%s has no start script, and not the package %s", repo.Quote(p.pkg.file()), serve).
			WithHint("`%s`, and say `\"start\": \"%s ./build/server/index.js\"`", p.add(serve, false), program)
	}
	p.home(p.baseSaid("", "basename", text, file), file)
	p.program.start = []string{"node", p.bin(program), "./build/server/index.js"}
	p.useDev(serve)
	p.started(slipway.Evidence{File: p.pkg.file(), Line: p.line(dev), Found: dev})
	return nil
}

// astro serves files, or starts the server of its Node adapter.
func (p *planner) astro() error {
	text, file := p.config("astro.config")
	switch {
	case p.pkg.has("@astrojs/node") && middleware.MatchString(text):
		return invalid("%s makes middleware for a server of your own, and no start script says which", repo.Quote(file)).
			WithHint("add a start script, or say mode: 'standalone'")
	case p.pkg.has("@astrojs/node") && strings.Contains(text, "@astrojs/node"):
		p.program.env = map[string]string{"HOST": "0.0.0.0"} // its default is the loopback address
		p.program.file = path.Join(option(outDirOption, text, "dist"), "server", "entry.mjs")
		p.program.start = []string{"node", p.program.file}
		p.started(slipway.Evidence{File: file, Found: "@astrojs/node"})
		p.home(p.baseSaid("", "base", text, file), file)
		return nil
	case serverOutput.MatchString(text):
		return invalid("%s renders on a server, without an adapter that makes one for Node.js", repo.Quote(file)).
			WithHint("`npx astro add node`")
	}
	p.base(p.baseSaid("", "base", text, file), file)
	return site(option(outDirOption, text, "dist"))(p)
}
