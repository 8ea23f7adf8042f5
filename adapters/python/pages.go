package python

import (
	"path"
	"regexp"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/command"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// pages are files that a build step writes and the run image's own web
// server serves: nothing of Python is in the image.
type pages struct {
	script string   // writes them into siteDir
	made   string   // directory of the service in which a declared build leaves them
	start  []string // serves them
	env    map[string]string
	found  slipway.Evidence
}

const (
	siteDir    = "/tmp/site"
	fileServer = "/usr/sbin/slipway-web"
	mkdocsFile = "mkdocs.yml"
)

// MkDocs says in a sitemap when each page was built, which is no property of
// the page: without it the same sources make the same files.
const mkdocsScript = `mkdocs build --clean --quiet --site-dir ` + siteDir + `
if [ -f ` + siteDir + `/sitemap.xml ]; then
  sed -i '/<lastmod>/d' ` + siteDir + `/sitemap.xml
  gzip -nkf ` + siteDir + `/sitemap.xml
fi`

// Versions of the generator for a site that no list says anything about.
const (
	mkdocsVersion   = "1.6.1"
	materialVersion = "9.8.2"
)

// findMkDocs takes the generator that a mkdocs.yml is written for, where the
// repository says nothing of dependencies.
func (p *planner) findMkDocs() (bool, error) {
	file := p.in(mkdocsFile)
	if p.project != nil || !repo.IsFile(p.Tree, file) || repo.IsFile(p.Tree, p.in("setup.py")) || repo.IsFile(p.Tree, p.in("setup.cfg")) {
		return false, nil
	}
	need := "mkdocs==" + mkdocsVersion
	if regexp.MustCompile(`(?m)^(theme:|\s+name:)\s*["']?material\b`).MatchString(p.text(file)) {
		need = "mkdocs-material==" + materialVersion
	}
	p.manager = manager{name: pip, root: p.Dir, lines: []string{need}}
	d, _ := requirement(need)
	d.file = file
	p.deps.direct = append(p.deps.direct, d)
	p.note(slipway.Evidence{File: file, Found: "a site of MkDocs, and no list of dependencies", Means: "built with " + need, Knob: "a requirements.txt that names it, and the plugins that it uses"})
	return true, nil
}

// startPages serves what a generator of documentation makes, where the
// service's own dependencies have it.
func (p *planner) startPages() (bool, error) {
	if p.startMkDocs() || p.startSphinx() {
		p.start.dir = p.Dir
		p.runs(p.start.pages.start, p.start.pages.found, repo.Guess{Kind: slipway.KindWeb, Why: p.start.pages.found})
		return true, nil
	}
	return false, nil
}

func (p *planner) startMkDocs() bool {
	names := []string{mkdocsFile, "mkdocs.yaml"}
	i := slices.IndexFunc(names, func(name string) bool { return repo.IsFile(p.Tree, p.in(name)) })
	if i < 0 || p.deps.first("mkdocs", "mkdocs-material") == "" {
		return false
	}
	p.start.pages = &pages{
		script: mkdocsScript, made: "site", start: []string{fileServer, "-404", "404.html"}, env: map[string]string{"SOURCE_DATE_EPOCH": "0"},
		found: slipway.Evidence{File: p.in(names[i]), Found: "a site of MkDocs, built and served as files"},
	}
	return true
}

func (p *planner) startSphinx() bool {
	if !p.deps.has("sphinx") {
		return false
	}
	for _, dir := range []string{".", "docs", "docs/source", "source", "doc"} {
		conf := p.in(path.Join(dir, "conf.py"))
		if !repo.IsFile(p.Tree, conf) || !repo.IsFile(p.Tree, p.in(path.Join(dir, "index.rst"))) && !repo.IsFile(p.Tree, p.in(path.Join(dir, "index.md"))) {
			continue
		}
		p.start.pages = &pages{
			script: "sphinx-build -q -b html -d /tmp/doctrees " + command.Quoted(dir) + " " + siteDir + "\nrm -f " + siteDir + "/.buildinfo*",
			made:   path.Join(dir, "_build/html"), start: []string{fileServer},
			found: slipway.Evidence{File: conf, Found: "documentation of Sphinx, built and served as files"},
		}
		return true
	}
	return false
}

// pagesScript is the build step's script for a site.
const pagesScript = `script=$1 made=$2
mkdir -p ` + siteDir + `
(eval "$script")
[ -z "$made" ] || [ ! -d "$made" ] || cp -R "$made/." ` + siteDir + `/
cp -R ` + siteDir + `/. ` + builtDir + `/`

// addPages writes the plan of a site: no layer but its files.
func (p *planner) addPages(plan *slipway.Plan, deps string) {
	site := p.start.pages
	plan.Base, plan.Dir, plan.Layers = "web", appDir, nil
	step := p.buildStep(deps)
	made := ""
	if p.Declared.Commands.Build.Given() {
		made = site.made
	}
	step.Args = []string{"/bin/sh", "-euc", pagesScript, stepBuild, p.placing() + p.build.script, made}
	plan.Steps = append(plan.Steps, step)
	plan.Layers = append(plan.Layers, slipway.Layer{Role: slipway.RoleProgram, From: &slipway.Output{Step: stepBuild, Mount: builtDir}, To: appDir, Dated: true})
	plan.Env = p.Declared.Env
}
