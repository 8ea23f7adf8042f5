package node

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
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
		{"@solidjs/start", []string{"vinxi"}, true, "vinxi build", (*planner).solidStart},
		{"@react-router/dev", []string{"react-router", "vite"}, true, "react-router build", (*planner).reactRouter},
		{"@remix-run/dev", []string{"remix", "vite"}, true, "remix vite:build", (*planner).remix},
		{"astro", []string{"astro"}, true, "astro build", (*planner).astro},
		{"@angular/core", []string{"ng"}, true, "ng build", (*planner).angular},
		{"gatsby", []string{"gatsby"}, true, "gatsby build", site("public")},
		{"@docusaurus/core", []string{"docusaurus"}, true, "docusaurus build", site("build")},
		{"@11ty/eleventy", []string{"eleventy"}, true, "eleventy", (*planner).eleventy},
		{"vitepress", []string{"vitepress"}, true, "vitepress build", (*planner).vitePress},
		{"react-scripts", []string{"react-scripts", "craco", "react-app-rewired"}, true, "react-scripts build", page("build")},
		{"@vue/cli-service", []string{"vue-cli-service"}, true, "vue-cli-service build", page("dist")},
		{"expo", []string{"expo"}, true, "expo export --platform web", (*planner).expo},
		{"vite", []string{"vite"}, true, "vite build", (*planner).vite},
		{"parcel", []string{"parcel"}, true, "parcel build", page("dist")},
		{"webpack-dev-server", []string{"webpack", "webpack-dev-server"}, true, "webpack --mode production", page("dist")},
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
		case len(final) > 0 && !slices.Contains(f.bins, final[0]) && !slices.Contains(fileServers(), final[0]):
			continue
		case len(final) == 0 && (p.pkg.startScript() != "" || p.startName() != "" || f.pkg == "vite" && !p.vitePage()):
			continue
		}
		p.note(slipway.Evidence{
			File: p.pkg.file(), Line: p.line(f.pkg), Found: f.pkg,
			Means: "built and started as " + f.pkg + " needs", Knob: "commands: {build: …, start: …}",
		})
		return true, f.plan(p)
	}
	return false, nil
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
	return func(p *planner) error {
		p.servePages(dir, "index.html", "")
		return nil
	}
}

// site gives the plan of many pages, each a file.
func site(dir string) func(*planner) error {
	return func(p *planner) error {
		p.servePages(dir, "", "404.html")
		return nil
	}
}

const fileServer = "/usr/sbin/slipway-web"

// servePages starts the file server of the run image "web".
func (p *planner) servePages(dir, fallback, notFound string) {
	p.program.pages, p.program.fallback, p.program.notFound = path.Clean(dir), fallback, notFound
	p.program.start = []string{fileServer}
	means := "served as files"
	if fallback != "" {
		p.program.start = append(p.program.start, "-fallback", fallback)
		means += "; a path that is no file answers " + fallback
	}
	if notFound != "" {
		p.program.start = append(p.program.start, "-404", notFound)
	}
	p.note(slipway.Evidence{File: p.Dir, Found: "the build writes " + p.program.pages, Means: means, Knob: "commands: {start: …}"})
}
