package node

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	outDirOption   = regexp.MustCompile(`\boutDir\s*:\s*["']([^"'\n]+)["']`)
	outputDir11ty  = regexp.MustCompile(`\boutput\s*:\s*["']([^"'\n]+)["']`)
	outputFlag11ty = regexp.MustCompile(`\beleventy\b[^&|;]*?--output[= ]([^\s"']+)`)
	rootOption     = regexp.MustCompile(`\broot\s*:\s*["']([^"'\n]+)["']`)
)

func option(re *regexp.Regexp, text, otherwise string) string {
	if m := re.FindStringSubmatch(text); m != nil && !path.IsAbs(m[1]) {
		return m[1]
	}
	return otherwise
}

// vite builds a page from index.html to dist, unless its configuration says
// otherwise.
func (p *planner) vite() error {
	text, _ := p.config("vite.config")
	root := option(rootOption, text, ".")
	out := path.Join(root, option(outDirOption, text, "dist"))
	if strings.HasPrefix(out, "..") {
		return invalid("%s builds to %s, outside the service's directory", repo.Show(p.Dir), repo.Quote(out)).WithHint("let build.outDir be below it")
	}
	p.servePages(out, "index.html", "")
	return nil
}

// vitePage tells whether Vite has a page to build, rather than a library or a
// server's tests.
func (p *planner) vitePage() bool {
	text, _ := p.config("vite.config")
	return p.exists(path.Join(option(rootOption, text, "."), "index.html"))
}

// eleventy builds to _site, unless its build script or its configuration
// says otherwise.
func (p *planner) eleventy() error {
	text, file := p.config("eleventy.config")
	if file == "" {
		text, _ = p.config(".eleventy")
	}
	out := option(outputDir11ty, text, "_site")
	if m := outputFlag11ty.FindStringSubmatch(p.pkg.Scripts["build"]); m != nil {
		out = m[1]
	}
	if out = path.Clean(out); path.IsAbs(out) || strings.HasPrefix(out, "..") {
		return invalid("%s builds to %s, outside the service's directory", repo.Show(p.Dir), repo.Quote(out)).WithHint("let the output directory be below it")
	}
	return site(out)(p)
}

// vitePress builds below the directory of the documents, which its command
// names: a script of that name that VitePress's own set-up writes.
func (p *planner) vitePress() error {
	dir := "."
	for _, name := range sortedKeys(p.pkg.Scripts) {
		_, rest, ok := strings.Cut(p.pkg.Scripts[name], "vitepress build")
		if !ok {
			continue
		}
		if words := strings.Fields(rest); len(words) > 0 && !strings.HasPrefix(words[0], "-") {
			dir = words[0]
		}
		if !p.hasBuild() {
			p.program.builds = []string{p.run(name)}
		}
	}
	return site(path.Join(dir, ".vitepress", "dist"))(p)
}

// angularProject is what matters of a project in angular.json.
type angularProject struct {
	Type      string `json:"projectType"`
	Architect struct {
		Build struct {
			Builder string `json:"builder"`
			Options struct {
				OutputPath json.RawMessage `json:"outputPath"`
				Server     json.RawMessage `json:"server"`
			} `json:"options"`
		} `json:"build"`
	} `json:"architect"`
}

// angular serves what angular.json says is built, or starts its server when
// there is one.
func (p *planner) angular() error {
	file := path.Join(p.Dir, "angular.json")
	data, ok, err := repo.Read(p.Tree, file)
	if err != nil || !ok {
		return invalid("%s is not there, which says what Angular builds", repo.Quote(file)).Because(err)
	}
	name, project, ok := parseAngular(data)
	if !ok {
		return invalid("%s has no application", repo.Quote(file))
	}
	out, browser := project.output(name)
	if p.pkg.has("@angular/ssr") && len(project.Architect.Build.Options.Server) > 0 {
		p.program.file = path.Join(out, "server", "server.mjs")
		p.program.start = []string{"node", p.program.file}
		return nil
	}
	p.servePages(path.Join(out, browser), "index.html", "")
	return nil
}

func parseAngular(data []byte) (string, angularProject, bool) {
	var file struct {
		Default  string                    `json:"defaultProject"`
		Projects map[string]angularProject `json:"projects"`
	}
	if json.Unmarshal(plainJSON(data), &file) != nil {
		return "", angularProject{}, false
	}
	if project, ok := file.Projects[file.Default]; ok {
		return file.Default, project, true
	}
	for _, name := range sortedKeys(file.Projects) {
		if file.Projects[name].Type != "library" {
			return name, file.Projects[name], true
		}
	}
	return "", angularProject{}, false
}

// output is where the project is built to, and the directory in it that the
// browser gets (Angular's application builder, from 17 on, makes one).
func (a angularProject) output(name string) (dir, browser string) {
	build := a.Architect.Build
	if strings.HasSuffix(build.Builder, ":application") {
		browser = "browser"
	}
	dir = path.Join("dist", name)
	var text string
	var object struct {
		Base    string
		Browser *string
	}
	switch {
	case json.Unmarshal(build.Options.OutputPath, &text) == nil && text != "":
		dir = path.Clean(text)
	case json.Unmarshal(build.Options.OutputPath, &object) == nil && object.Base != "":
		dir = path.Clean(object.Base)
		if object.Browser != nil {
			browser = *object.Browser
		}
	}
	return dir, browser
}
