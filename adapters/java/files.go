package java

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

var (
	// readsFile is a call that is told the name of a file or directory beside
	// the program.
	readsFile = regexp.MustCompile(`(?:\bPaths?\.(?:of|get)\(|\bFile\(|\bFileInputStream\(|\bFileReader\(|\bexternalLocation\(|\bexternalStaticFileLocation\(|\bStaticHandler\.create\()\s*"(?:\./)?([\w-][\w.-]*(?:/[\w.-]+)*)/?"`)
	// outsideFiles is a directory that Javalin serves from beside itself.
	outsideFiles = regexp.MustCompile(`"(?:\./)?([\w-][\w.-]*(?:/[\w.-]+)*)/?"\s*,\s*(?:[\w.]+\.)?EXTERNAL\b`)
	plainName    = regexp.MustCompile(`^[\w-][\w./-]*$`)
)

// findFiles finds what the program reads at run time beside itself: what its
// sources name where they open a file, what it is told when it is started, and
// what frameworks read without being told.
func (p *planner) findFiles() error {
	seen := map[string]bool{}
	for _, f := range p.texts().files {
		for _, calls := range []*regexp.Regexp{readsFile, outsideFiles} {
			for _, at := range calls.FindAllStringSubmatchIndex(f.text, -1) {
				if name := f.text[at[2]:at[3]]; !seen[name] {
					seen[name] = true
					p.takeFile(name, f.at(at[2], name))
				}
			}
		}
	}
	if c := p.Declared.Commands.Start; c.Given() {
		for word := range strings.FieldsSeq(c.String()) {
			p.takeFile(word, slipway.Evidence{File: p.Declared.File(), Line: p.Declared.Line("commands.start"), Found: word})
		}
	}
	if p.framework.name == "Spring Boot" {
		for _, pattern := range []string{"config/application*.yml", "config/application*.yaml", "config/application*.properties", "application*.yml", "application*.yaml", "application*.properties"} {
			p.takeMatching(pattern)
		}
	}
	if p.uses("io.vertx:vertx-config") {
		p.takeMatching("conf/config.json")
	}
	return nil
}

// takeMatching takes what a framework finds by itself.
func (p *planner) takeMatching(pattern string) {
	names, _ := fs.Glob(p.Tree, path.Join(repo.Literal(p.Dir), pattern)) // the pattern is sound
	const most = 50                                                      // profiles
	for _, name := range names[:min(len(names), most)] {
		p.takeFile(below(p.Dir, name), slipway.Evidence{File: name, Found: path.Base(name)})
	}
}

// takeFile takes a name of the service's directory; of a file in a directory
// of nothing but such files that directory, since names of its neighbours are
// often put together at run time.
func (p *planner) takeFile(name string, e slipway.Evidence) {
	name = path.Clean(name)
	if found := path.Join(p.Dir, name); repo.IsFile(p.Tree, found) && path.Dir(name) != "." && p.onlyData(path.Dir(found)) {
		name = path.Dir(name)
	}
	top, _, _ := strings.Cut(name, "/")
	found := path.Join(p.Dir, name)
	switch {
	case !fs.ValidPath(name) || !plainName.MatchString(name) || slices.Contains(ofDevelopers(), top) || strings.HasPrefix(top, "."):
		return
	case slices.ContainsFunc(p.files, func(other string) bool { return inside(other, name) }):
		return
	case repo.IsDir(p.Tree, found):
		if !p.onlyData(found) {
			return
		}
	case !repo.IsFile(p.Tree, found) || slices.Contains([]string{pomFile, "package.json"}, name):
		return
	}
	p.files = append(p.files, name)
	e.Means = repo.Quote(found) + " is read at run time: it is in the image, in " + path.Join(appDir, path.Dir(name))
	p.note(e)
}

// onlyData tells whether a directory is one of files that a program may read:
// no module, and no sources.
func (p *planner) onlyData(dir string) bool {
	entries, err := fs.ReadDir(p.Tree, dir)
	return err == nil && len(entries) > 0 && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return slices.Contains([]string{".java", ".kt", ".scala", ".groovy", ".gradle", ".kts", ".sbt"}, path.Ext(e.Name())) || e.Name() == pomFile || e.Name() == "package.json"
	})
}

// ofDevelopers are directories that no program reads when it runs, and those
// of builds.
func ofDevelopers() []string {
	return []string{"src", "target", "build", "out", "bin", "lib", "gradle", "buildSrc", "project", "test", "tests", "docs", "scripts", "node_modules", "log", "logs", "tmp", "temp"}
}

// withFiles has the step that compiles leave them beside the program.
func (p *planner) withFiles(s slipway.Step) slipway.Step {
	if len(p.files) == 0 {
		return s
	}
	const script = 2 // shell, its flags, the script
	s.Args = slices.Clone(s.Args)
	s.Args[script] = strings.TrimRight(s.Args[script], "\n") + "\ncd " + repo.Quote(path.Join(sourceDir, p.Dir)) + "\ncp -a --parents -- " + strings.Join(p.files, " ") + " " + outputDir + "/\n"
	return s
}
