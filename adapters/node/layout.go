package node

import (
	"path"
	"slices"
	"strings"
)

// buildCommands are the builds: the libraries of the workspace first, each in
// its directory, then the service's own.
func (p *planner) buildCommands() string {
	var lines []string
	if p.build.oldHashes {
		lines = append(lines, oldHashes)
	}
	for _, m := range p.build.libraries {
		lines = append(lines, "cd "+quote(at(m.dir)), p.run("build"))
	}
	if len(p.build.libraries) > 0 {
		lines = append(lines, "cd "+quote(at(p.Dir)))
	}
	return strings.Join(append(lines, p.build.commands...), "\n")
}

// layOut copies what the image gets to the step's output.
func (p *planner) layOut() string {
	switch {
	case p.program.pages != "":
		return p.layOutPages()
	case p.standalone():
		return p.layOutStandalone()
	case len(p.program.only) > 0:
		return p.layOutOnly()
	case p.program.output != "" && len(p.space.needs) == 0:
		return p.layOutOutput()
	}
	return p.layOutAll()
}

func (p *planner) layOutPages() string {
	dir := quote(p.program.pages)
	lines := []string{written("-d", p.program.pages)}
	for _, file := range p.program.fallbacks {
		lines = append(lines, written("-f", path.Join(p.program.pages, file)))
	}
	lines = append(lines, "cp -R "+dir+"/. "+outputDir+"/")
	if all := p.program.fallbacks; len(all) == 1 && path.Dir(all[0]) == "." && all[0] != "index.html" {
		// Who asks for / is no browser everywhere: a probe does not say that it wants a page.
		lines = append(lines, "[ -f "+outputDir+"/index.html ] || cp "+quote(path.Join(p.program.pages, all[0]))+" "+outputDir+"/index.html")
	}
	return strings.Join(lines, "\n")
}

// written fails when the build left something out that is to be served.
func written(test, name string) string {
	return "[ " + test + " " + quote(name) + ` ] || { echo ` + quote("the build did not write "+name+", which is to be served") + ` >&2; exit 1; }`
}

func (p *planner) layOutOnly() string {
	to := path.Join(outputDir, p.Dir)
	var b strings.Builder
	b.WriteString("mkdir -p " + quote(to))
	for _, dir := range p.program.only {
		above := path.Join(to, path.Dir(dir))
		if above != to {
			b.WriteString("\nmkdir -p " + quote(above))
		}
		b.WriteString("\ncp -R " + quote(dir) + " " + quote(above) + "/")
	}
	return b.String()
}

// layOutOutput lays out the one directory that a build writes, at its place
// and without the lockfile that some write there.
func (p *planner) layOutOutput() string {
	dir := quote(p.program.output)
	to := path.Join(outputDir, p.Dir, path.Dir(p.program.output))
	return `[ -d ` + dir + ` ] || { echo "the build did not write ` + p.program.output + `, which is to be started" >&2; exit 1; }
mkdir -p ` + quote(to) + `
cp -R ` + dir + ` ` + quote(to) + `/
rm -f ` + strings.Join(p.locksIn(path.Join(to, path.Base(p.program.output))), " ")
}

func (p *planner) locksIn(dir string) []string {
	var files []string
	for _, l := range lockFiles() {
		files = append(files, quote(path.Join(dir, l.name)))
	}
	return files
}

// layOutStandalone lays out Next.js' standalone server. In a workspace it
// repeats the directories from the workspace's root.
func (p *planner) layOutStandalone() string {
	dist := p.program.only[0]
	root, to := quote(path.Join(outputDir, p.manager.root)), quote(path.Join(outputDir, p.Dir))
	place := relative(p.manager.root, p.Dir)
	return `mkdir -p ` + to + `
if [ -f ` + quote(path.Join(dist, "standalone", place, "server.js")) + ` ]; then
  cp -R ` + quote(path.Join(dist, "standalone")) + `/. ` + root + `/
else
  cp -R ` + quote(path.Join(dist, "standalone")) + `/. ` + to + `/
fi
mkdir -p ` + to + `/` + quote(dist) + `/cache
cp -R ` + quote(path.Join(dist, "static")) + ` ` + to + `/` + quote(dist) + `/
[ ! -d public ] || cp -R public ` + to + `/
find ` + outputDir + ` -name '.env' -exec rm -f {} + -o -name '.env.*' -exec rm -f {} +`
}

// layOutAll copies everything that running may need.
func (p *planner) layOutAll() string {
	var b strings.Builder
	b.WriteString("tar -C " + appDir + " -cf - --no-wildcards-match-slash")
	for _, pattern := range p.notRun() {
		b.WriteString(" --exclude=" + quote(pattern))
	}
	b.WriteString(" . | tar -C " + outputDir + " -xf -")
	for _, dir := range p.program.writable {
		b.WriteString("\nmkdir -p " + quote(path.Join(outputDir, p.Dir, dir)))
	}
	return b.String()
}

// notRun are tar's patterns of what is left behind; papers were not in the
// sources.
func (p *planner) notRun() []string {
	patterns := slices.Concat(p.toolFiles(), []string{".next/cache", ".turbo", "tsconfig*.json", "*.tsbuildinfo"})
	for _, pattern := range ofDevelopers() {
		patterns = append(patterns, strings.TrimPrefix(pattern, "**/"))
	}
	for _, pattern := range p.here(p.tests()) {
		patterns = append(patterns, "./"+pattern)
	}
	if src, ok := p.compiledAway(); ok {
		patterns = append(patterns, "./"+src)
	}
	return patterns
}

// compiledAway is the directory of TypeScript that was compiled to what is
// started, when it has nothing else.
func (p *planner) compiledAway() (string, bool) {
	first, _, below := strings.Cut(p.program.file, "/")
	src := path.Join(p.Dir, "src")
	if !below || first == "src" || len(p.space.needs) > 0 {
		return "", false
	}
	return src, p.onlyTypeScript(src)
}
