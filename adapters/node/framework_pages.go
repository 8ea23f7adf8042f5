package node

import (
	"cmp"
	"encoding/json"
	"path"
	"regexp"
	"strings"
)

var (
	outDirOption  = regexp.MustCompile(`\boutDir\s*:\s*["']([^"'\n]+)["']`)
	outputDir11ty = regexp.MustCompile(`\boutput\s*:\s*["']([^"'\n]+)["']`)
	destOption    = regexp.MustCompile(`\bdest\s*:\s*["']([^"'\n]+)["']`)
	rootOption    = regexp.MustCompile(`\broot\s*:\s*["']([^"'\n]+)["']`)
	outputDirVue  = regexp.MustCompile(`\boutputDir\s*:\s*["']([^"'\n]+)["']`)
	outputWebpack = regexp.MustCompile(`\boutput\s*[:=]\s*\{[^}]*?\bpath\s*:\s*(?:path\.)?(?:resolve|join)\(\s*(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*,\s*["']([^"'\n]+)["']\s*\)`)
	buildPathCRA  = regexp.MustCompile(`\bBUILD_PATH=["']?([^\s"']+)`)
)

func option(re *regexp.Regexp, text, otherwise string) string {
	if m := re.FindStringSubmatch(text); m != nil && !path.IsAbs(m[1]) {
		return m[1]
	}
	return otherwise
}

// flagIn is the value of the first of some flags in a line, "" for none.
func flagIn(line string, flags ...string) string {
	words := strings.Fields(line)
	for i, word := range words {
		for _, flag := range flags {
			switch value, ok := strings.CutPrefix(word, flag+"="); {
			case ok:
				return strings.Trim(value, `"'`)
			case word == flag && i+1 < len(words):
				return strings.Trim(words[i+1], `"'`)
			}
		}
	}
	return ""
}

// vite builds a page from index.html to dist, unless its configuration says
// otherwise.
func (p *planner) vite() error {
	text, file := p.config("vite.config")
	line := p.buildLine()
	p.base(p.baseSaid(flagIn(line, "--base"), "base", text, cmpFile(file, p.pkg.file())), cmpFile(file, p.pkg.file()))
	root := option(rootOption, text, ".")
	return page(path.Join(root, cmp.Or(flagIn(line, "--outDir"), option(outDirOption, text, "dist"))))(p)
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
		text, file = p.config(".eleventy")
	}
	line := p.buildLine()
	p.base(p.baseSaid(flagIn(line, "--pathprefix"), "pathPrefix", text, cmpFile(file, p.pkg.file())), cmpFile(file, p.pkg.file()))
	return site(cmp.Or(flagIn(line, "--output"), option(outputDir11ty, text, "_site")))(p)
}

// vitePress builds below the directory of the documents.
func (p *planner) vitePress() error { return p.documents("vitepress", "--outDir", outDirOption) }

// vuePress builds below the directory of the documents.
func (p *planner) vuePress() error { return p.documents("vuepress", "--dest", destOption) }

// documents are built below their directory, which the tool's command names: a
// script of a name such as docs:build, which the tool's own set-up writes.
func (p *planner) documents(tool, flag string, out *regexp.Regexp) error {
	dir, line := ".", ""
	for _, name := range sortedKeys(p.pkg.Scripts) {
		_, rest, ok := strings.Cut(p.pkg.Scripts[name], tool+" build")
		if !ok {
			continue
		}
		line = rest
		if words := strings.Fields(rest); len(words) > 0 && !strings.HasPrefix(words[0], "-") {
			dir = words[0]
		}
		if !p.hasBuild() {
			p.program.builds = []string{p.run(name)}
		}
	}
	text, file := p.config(path.Join(dir, "."+tool, "config"))
	if file == "" {
		text, file = p.config(path.Join(dir, "."+tool, "config", "index"))
	}
	p.base(p.baseSaid(flagIn(line, "--base"), "base", text, cmpFile(file, p.pkg.file())), cmpFile(file, p.pkg.file()))
	if to := flagIn(line, flag); to != "" {
		return site(to)(p)
	}
	return site(path.Join(dir, option(out, text, path.Join("."+tool, "dist"))))(p)
}

// docusaurus builds to build, with links that begin with its baseUrl.
func (p *planner) docusaurus() error {
	text, file := p.config("docusaurus.config")
	p.base(p.baseSaid("", "baseUrl", text, file), file)
	return site(cmp.Or(flagIn(p.buildLine(), "--out-dir"), "build"))(p)
}

// gatsby builds to public. Its links begin with the prefix of the
// configuration when the build is told so.
func (p *planner) gatsby() error {
	if line := p.buildLine(); strings.Contains(line, "--prefix-paths") || strings.Contains(line, "PREFIX_PATHS=true") {
		text, file := p.config("gatsby-config")
		p.base(p.baseSaid("", "pathPrefix", text, file), file)
	}
	return site("public")(p)
}

// reactScripts builds to build, with links that begin with the path of the
// homepage.
func (p *planner) reactScripts() error {
	var homepage string
	if json.Unmarshal(p.pkg.raw["homepage"], &homepage) == nil {
		p.base(homepage, p.pkg.file())
	}
	return page(option(buildPathCRA, p.buildLine(), "build"))(p)
}

// vueCLI builds to dist, unless its configuration says otherwise.
func (p *planner) vueCLI() error {
	text, file := p.config("vue.config")
	p.base(p.baseSaid("", "publicPath", text, file), file)
	return page(cmp.Or(flagIn(p.buildLine(), "--dest"), option(outputDirVue, text, "dist")))(p)
}

// parcel builds to dist, unless its command or the default target of
// package.json says otherwise.
func (p *planner) parcel() error {
	var targets struct {
		Default struct {
			Dir  string `json:"distDir"`
			Base string `json:"publicUrl"`
		} `json:"default"`
	}
	if json.Unmarshal(p.pkg.raw["targets"], &targets) != nil {
		targets.Default.Dir, targets.Default.Base = "", ""
	}
	line := p.buildLine()
	p.base(cmp.Or(flagIn(line, "--public-url"), targets.Default.Base), p.pkg.file())
	return page(cmp.Or(flagIn(line, "--dist-dir"), targets.Default.Dir, "dist"))(p)
}

// webpack builds to dist, unless its configuration says otherwise.
func (p *planner) webpack() error {
	text, file := p.config("webpack.config")
	if name := flagIn(p.buildLine(), "--config", "-c"); name != "" {
		text, file = p.config(strings.TrimSuffix(name, path.Ext(name)))
	}
	p.base(p.baseSaid("", "publicPath", text, file), file)
	return page(cmp.Or(flagIn(p.buildLine(), "--output-path", "-o"), option(outputWebpack, text, "dist")))(p)
}
