package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// framework is a package that says how the service is built and started.
type framework struct {
	pkg   string
	bins  []string // programs that a start script of its own runs
	page  bool     // makes something to look at: a service even without a start script
	build string   // when there is no build script
	plan  func(*planner) error
}

// frameworks are asked in this order: those that are made of others first.
func frameworks() []framework {
	return []framework{
		{"next", []string{"next"}, true, "next build", (*planner).next},
		{"nuxt", []string{"nuxt", "nuxi"}, true, "nuxt build", (*planner).nuxt},
		{"@sveltejs/kit", []string{"vite", "svelte-kit"}, true, "vite build", (*planner).svelteKit},
		{"@tanstack/react-start", []string{"vite", "vinxi"}, true, "vite build", (*planner).tanStack},
		{"@solidjs/start", []string{"vinxi", "vite"}, true, "vinxi build", (*planner).solidStart},
		{"@react-router/dev", []string{"react-router", "vite"}, true, "react-router build", (*planner).reactRouter},
		{"@remix-run/dev", []string{"remix", "vite"}, true, "remix vite:build", (*planner).remix},
		{"astro", []string{"astro"}, true, "astro build", (*planner).astro},
		{"@angular/core", []string{"ng"}, true, "ng build", (*planner).angular},
		{"gatsby", []string{"gatsby"}, true, "gatsby build", (*planner).gatsby},
		{"@docusaurus/core", []string{"docusaurus"}, true, "docusaurus build", (*planner).docusaurus},
		{"@11ty/eleventy", []string{"eleventy"}, true, "eleventy", (*planner).eleventy},
		{"vitepress", []string{"vitepress"}, true, "vitepress build", (*planner).vitePress},
		{"react-scripts", []string{"react-scripts", "craco", "react-app-rewired"}, true, "react-scripts build", (*planner).reactScripts},
		{"@vue/cli-service", []string{"vue-cli-service"}, true, "vue-cli-service build", (*planner).vueCLI},
		{"@builder.io/qwik-city", []string{"vite", "qwik"}, true, "qwik build", (*planner).qwik},
		{"hexo", []string{"hexo"}, true, "hexo generate", (*planner).hexo},
		{"vuepress", []string{"vuepress"}, true, "vuepress build", (*planner).vuePress},
		{"@quasar/app-vite", []string{"quasar"}, true, "quasar build", (*planner).quasar},
		{"@quasar/app-webpack", []string{"quasar"}, true, "quasar build", (*planner).quasar},
		{"ember-cli", []string{"ember"}, true, "ember build --environment=production", (*planner).ember},
		{"preact-cli", []string{"preact"}, true, "preact build", (*planner).preact},
		{"@rsbuild/core", []string{"rsbuild"}, true, "rsbuild build", (*planner).rsbuild},
		{"expo", []string{"expo"}, true, "expo export --platform web", (*planner).expo},
		{"vite", []string{"vite"}, true, "vite build", (*planner).vite},
		{"parcel", []string{"parcel"}, true, "parcel build", (*planner).parcel},
		{"webpack-dev-server", []string{"webpack", "webpack-dev-server"}, true, "webpack --mode production", (*planner).webpack},
	}
}

// fileServers are programs that serve built files, which the run image "web"
// does better.
func fileServers() []string { return []string{"serve", "http-server", "live-server", "sirv"} }

// framework takes the first one whose own command the start script is, or
// that makes pages when there is no start script.
func (p *planner) framework() (bool, error) {
	final := p.finalWords(p.pkg.startScript(), 0)
	for _, f := range frameworks() {
		if !p.pkg.has(f.pkg) {
			continue
		}
		switch {
		case len(final) > 0 && !slices.Contains(f.bins, final[0]) && !slices.Contains(fileServers(), final[0]) && !p.withoutServer(f.pkg, final[0]):
			continue
		case len(final) == 0 && (p.startName() != "" || f.pkg == "vite" && !p.vitePage() || p.onlyBuilds(f.pkg)):
			continue
		}
		p.note(slipway.Evidence{
			File: p.pkg.file(), Line: p.line(f.pkg), Found: f.pkg,
			Means: "built and started as " + f.pkg + " needs", Knob: "commands: {build: …, start: …}",
		})
		p.program.framed = true
		if err := f.plan(p); err != nil {
			return true, err
		}
		return true, p.releasesBefore()
	}
	return false, nil
}

// onlyBuilds tells whether a framework is for development alone, beside a main
// file that listens.
func (p *planner) onlyBuilds(pkg string) bool {
	return !p.pkg.runs(pkg) && p.pkg.Main != "" && p.listens(path.Clean(p.pkg.Main))
}

// releasesBefore has a release do what the start script does to a database
// before it starts the framework.
func (p *planner) releasesBefore() error {
	parts, ok := command.Sequence(p.pkg.startScript())
	if !ok || p.program.pages != "" {
		return nil
	}
	for _, part := range parts[:len(parts)-1] {
		if !p.isMigration(part) {
			continue
		}
		if err := p.release(part, slipway.Evidence{File: p.pkg.file(), Line: p.pkg.lines["scripts.start"], Found: part}); err != nil {
			return err
		}
	}
	return nil
}

// withoutServer tells whether a framework's server is started that the build
// is told not to make: a template's start script stays when a developer
// changes to a page.
func (p *planner) withoutServer(pkg, program string) bool {
	config := map[[2]string]string{
		{"@react-router/dev", "react-router-serve"}: "react-router.config", {"@remix-run/dev", "remix-serve"}: "vite.config",
	}[[2]string{pkg, program}]
	if config == "" {
		return false
	}
	text, _ := p.config(config)
	return noServer.MatchString(text)
}

// finalWords is the last command of a start script, through the scripts that
// it runs and without what only sets variables; none when a shell is needed.
func (p *planner) finalWords(line string, depth int) []string {
	parts, ok := command.Sequence(line)
	if !ok || depth > maxIndirection {
		return nil
	}
	last := parts[len(parts)-1]
	c, ok := command.Parse(last)
	if !ok {
		return nil
	}
	words := c.Args
	if c.NeedsShell() {
		words = strings.Fields(last) // a framework's own command: its options are not used
	}
	saved := p.program.env
	words = p.unwrap(words)
	p.program.env = saved
	if name, ok := scriptOf(words); ok {
		return p.finalWords(p.pkg.Scripts[name], depth+1)
	}
	return words
}

// page gives the plan of a page with a history of its own: every path that
// is no file is the page's.
func page(dir string) func(*planner) error {
	return func(p *planner) error { return p.below(dir, func(dir string) { p.servePages(dir, "index.html", "") }) }
}

// site gives the plan of many pages, each a file.
func site(dir string) func(*planner) error {
	return func(p *planner) error { return p.below(dir, func(dir string) { p.servePages(dir, "", "404.html") }) }
}

// below serves a directory that the build writes, when it is one of the
// service's.
func (p *planner) below(dir string, serve func(dir string)) error {
	dir = path.Clean(dir)
	if path.IsAbs(dir) || strings.HasPrefix(dir, "..") {
		return invalid("%s builds to %s, outside the service's directory", repo.Show(p.Dir), repo.Quote(dir)).WithHint("let its output directory be below it")
	}
	serve(dir)
	return nil
}

const fileServer = "/usr/sbin/slipway-web"

// servePages starts the file server of the run image "web".
func (p *planner) servePages(dir, fallback, notFound string) {
	p.program.pages = path.Clean(dir)
	var fallbacks []string
	means := "served as files"
	if fallback != "" {
		fallbacks = []string{fallback}
		means += "; a path that is no file answers " + fallback
	}
	p.startPages(fallbacks, notFound)
	p.note(slipway.Evidence{File: p.Dir, Found: "the build writes " + p.program.pages, Means: means, Knob: "commands: {start: …}"})
}

// serveLanguages serves a page in each of some languages, which have each a
// directory in the one that the build writes.
func (p *planner) serveLanguages(dir string, languages []string) {
	p.program.pages = path.Clean(dir)
	var fallbacks []string
	for _, language := range languages {
		fallbacks = append(fallbacks, path.Join(language, "index.html"))
	}
	slices.SortStableFunc(fallbacks, func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") }) // one for all others comes last
	if dir := path.Dir(fallbacks[0]); dir != "." {
		p.program.home = "/" + dir + "/" // who asks for no page is not led there from /
	}
	p.startPages(fallbacks, "")
}

func (p *planner) startPages(fallbacks []string, notFound string) {
	p.program.fallbacks = fallbacks
	p.program.start = []string{fileServer}
	if p.program.base != "" {
		p.program.start = append(p.program.start, "-base", p.program.base)
	}
	for _, file := range fallbacks {
		p.program.start = append(p.program.start, "-fallback", file)
	}
	if notFound != "" {
		p.program.start = append(p.program.start, "-404", notFound)
	}
}

// base takes a path that the links of the pages begin with, as a file says
// it. It is given before the pages are.
func (p *planner) base(said, file string) {
	if said = basePath(said); said == "" {
		return
	}
	p.program.base = said + "/"
	p.note(slipway.Evidence{File: file, Found: "pages that link below " + p.program.base, Means: "they are served there, and where a proxy takes that off before it asks"})
}

// home takes a path below which a server answers, and nowhere else.
func (p *planner) home(said, file string) {
	if said = basePath(said); said == "" {
		return
	}
	p.program.home = said
	p.note(slipway.Evidence{File: file, Found: "a server that answers below " + said, Means: "GET " + said + " tells whether it is well", Knob: "health: " + said})
}

// basePath is a path without the slash at its end, or that of an address; ""
// for the root.
func basePath(said string) string {
	if _, rest, ok := strings.Cut(said, "://"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		said = "/" + rest
	}
	if !strings.HasPrefix(said, "/") || path.Clean(said) == "/" || strings.ContainsAny(said, "?#") {
		return ""
	}
	return path.Clean(said)
}
