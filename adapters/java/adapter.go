// Package java plans services that Maven, Gradle or sbt builds.
package java

import (
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Adapter plans Java, Kotlin and Scala services. It is stateless.
type Adapter struct{}

// Language is Java.
func (Adapter) Language() slipway.Language { return slipway.LanguageJava }

// Looks names what Detect looks for, in the service's directory.
func (Adapter) Looks() []string {
	return slices.Concat([]string{pomFile}, gradleFiles(), []string{sbtBuildFile})
}

// Detect finds the build file of the service's directory. A settings file
// alone is a build of several projects; a project of sbt may have no file of
// its own.
func (a Adapter) Detect(s repo.Service) []slipway.Evidence {
	for _, name := range a.Looks() {
		if file := path.Join(s.Dir, name); repo.IsFile(s.Tree, file) {
			return []slipway.Evidence{{File: file, Found: name, Means: "a Java service"}}
		}
	}
	if root, ok, err := sbtRoot(s); ok && err == nil {
		return []slipway.Evidence{{File: path.Join(root, sbtBuildFile), Found: "a project of sbt", Means: "a Java service"}}
	}
	return nil
}

// Plan writes the plan. Errors are *slipway.Error: CodeInvalid for what the
// repository's developers have to mend, CodeAmbiguous when several programs
// could be meant.
func (Adapter) Plan(s repo.Service) (slipway.Plan, error) {
	p := &planner{Service: s}
	for _, phase := range []func() error{p.readBuild, p.readProcess, p.findVersion, p.findMain, p.refuse, p.findKind, p.findFramework, p.findFiles} {
		if err := phase(); err != nil {
			return slipway.Plan{}, err
		}
	}
	return p.plan()
}

// planner is a service while it is being planned; each phase reads what the
// earlier ones found.
type planner struct {
	repo.Service
	build     build
	version   slipway.Version
	process   process
	main      program
	guess     repo.Guess // of how it lives
	written   *texts     // nil until they are read
	framework framework
	port      int      // that the program listens on whatever PORT is; 0 unknown
	files     []string // of the service's directory, that the program reads at run time
	config    mavenConfig
	evidence  []slipway.Evidence
}

// note records what was read and what follows from it.
func (p *planner) note(e slipway.Evidence) { p.evidence = append(p.evidence, e) }
