package java

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// The build tools, as a plan names them.
const (
	maven  = "maven"
	gradle = "gradle"
	sbt    = "sbt"
)

// build is what the build files of a service say together.
type build struct {
	tool        string
	root        string       // directory in the tree that the tool is started in
	modules     []module     // all of the build; the root's own first
	manifests   []string     // files and patterns that decide the dependencies, in the tree
	outside     []string     // manifests that do not lie below root
	wrapper     distribution // Gradle: what the wrapper's properties name
	catalogue   catalogue
	conventions bool   // Gradle: the build has plugins of its own
	sbt         string // sbt: its version, "" of none that is named
	assembles   bool   // sbt: the plugin that makes a jar of everything is there
	foreign     said   // sbt: a project that is not for the JVM
	unlocked    bool   // a dependency may resolve differently tomorrow
}

// module is one part of a build, which becomes one jar.
type module struct {
	dir       string   // in the tree
	name      string   // artifactId, or Gradle's project path without the colons
	file      string   // its build file, in the tree; "" when it has none
	final     string   // Maven: name of what the module makes, without the extension
	packaging string   // "jar", "pom", "war"; Gradle's are all "jar"
	sources   []string // directories of the tree that its program's sources may be in
	mains     []said   // classes that the build file names as the program
	verticle  said     // what the launcher of Vert.x starts, which is no program itself
	pages     said     // Maven: the plugin that builds pages with Node.js
	refs      []string // coordinates and plugin ids that the build file mentions
	siblings  []string // names of modules that it depends on; nil with allSiblings
	everybody bool     // it may depend on any module
	late      []string // files and patterns, beside the manifests, that its plugins read
	boot      string   // Maven: the version of Spring Boot's parent
	play      bool     // sbt: Play's plugin makes it an application
	scala     said     // sbt: the version of Scala
	release   said     // the Java release that it is written for
}

// said is a value and where it stands.
type said struct {
	value string
	file  string
	line  int // 0: the file as a whole
	found string
	exact bool // of a release of Java: a newer JDK will not do
}

func (s said) where() string {
	if s.line == 0 {
		return repo.Quote(s.file)
	}
	return repo.Place(s.file, s.line)
}

// from is the same for Version.From.
func (s said) from() string {
	if s.line == 0 {
		return s.file
	}
	return repo.At(s.file, s.line)
}

// readBuild reads the build files. Maven comes first where there are several:
// its result depends least on which version of the tool is at hand.
func (p *planner) readBuild() error {
	if !repo.IsFile(p.Tree, path.Join(p.Dir, pomFile)) {
		if slices.ContainsFunc(gradleFiles(), func(name string) bool { return repo.IsFile(p.Tree, path.Join(p.Dir, name)) }) {
			return p.readGradle()
		}
		return p.readSbt()
	}
	for _, name := range gradleFiles() {
		if file := path.Join(p.Dir, name); repo.IsFile(p.Tree, file) {
			p.note(slipway.Evidence{File: file, Found: name + " beside a " + pomFile, Means: "built with Maven", Knob: "delete " + pomFile + " to build with Gradle"})
			break
		}
	}
	return p.readMaven()
}

// uses tells whether the module's build file mentions something of a group.
func (m module) uses(prefix string) bool {
	return slices.ContainsFunc(m.refs, func(ref string) bool { return strings.HasPrefix(ref, prefix) })
}

// closure gives the modules that one of them is made of, itself first.
func (b build) closure(m module) []module {
	chosen := []module{m}
	for i := 0; i < len(chosen); i++ {
		for _, other := range b.modules {
			needed := chosen[i].everybody || slices.Contains(chosen[i].siblings, other.name)
			if needed && !slices.ContainsFunc(chosen, func(c module) bool { return c.dir == other.dir }) {
				chosen = append(chosen, other)
			}
		}
	}
	return chosen
}

// newestRelease of a module and those that are certainly compiled with it.
func (b build) newestRelease(m module) said {
	newest := m.release
	all := b.closure(m)
	if slices.ContainsFunc(all, func(c module) bool { return c.everybody }) {
		return newest
	}
	for _, c := range all {
		if c.packaging != "pom" && javaRelease(c.release.value) > javaRelease(newest.value) {
			newest = c.release
		}
	}
	return newest
}

// fromRoot is a directory of the tree relative to where the tool is started.
func (b build) fromRoot(dir string) string { return below(b.root, dir) }

// below is a name of the tree relative to one of its directories; a name that
// is not below it stays as it is.
func below(dir, name string) string {
	switch dir {
	case name:
		return "."
	case ".":
		return name
	}
	rest, _ := strings.CutPrefix(name, dir+"/")
	return rest
}
