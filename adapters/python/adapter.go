// Package python plans services that are written in Python.
package python

import (
	"cmp"
	"path"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Adapter plans Python services. It is stateless.
type Adapter struct {
	// Rust plans the compiled part of a package; without it such a package is
	// refused.
	Rust func(repo.Service, repo.Module) (slipway.Plan, error)
}

// Language is Python.
func (Adapter) Language() slipway.Language { return slipway.LanguagePython }

// Looks names what Detect looks for in the service's directory; a program
// alone, without any of them, is found too.
func (Adapter) Looks() []string {
	return []string{projectFile, "requirements.txt", "setup.py", "setup.cfg", pipfile, condaFile}
}

// Detect finds the file that a Python service begins with.
func (Adapter) Detect(s repo.Service) []slipway.Evidence {
	if file := detected(s); file != "" {
		return []slipway.Evidence{{File: path.Join(s.Dir, file), Found: path.Base(file), Means: "a Python service"}}
	}
	return nil
}

func detected(s repo.Service) string {
	if isProject(s) {
		return projectFile
	}
	for _, name := range slices.Concat(requirementFiles(), []string{pylock, "setup.py", "setup.cfg", pipfile, pipfileLock}, condaFiles(), pixiFiles()) {
		if repo.IsFile(s.Tree, path.Join(s.Dir, name)) {
			return name
		}
	}
	if s.Declared.Language != slipway.LanguagePython && otherLanguage(s) {
		return ""
	}
	if name := onlyList(s); name != "" {
		return name
	}
	if main := path.Clean(cmp.Or(s.Main, s.Declared.Main)); path.Ext(main) == ".py" && repo.IsFile(s.Tree, path.Join(s.Dir, main)) {
		return main
	}
	for _, name := range programNames() {
		if repo.IsFile(s.Tree, path.Join(s.Dir, name+".py")) {
			return name + ".py"
		}
	}
	if all := scriptsOf(s); len(all) == 1 {
		return all[0]
	}
	if repo.IsFile(s.Tree, path.Join(s.Dir, mkdocsFile)) {
		return mkdocsFile
	}
	return ""
}

// isProject tells whether pyproject.toml describes a project: many hold
// nothing but the settings of a linter.
func isProject(s repo.Service) bool {
	p, err := readProject(s.Tree, s.Dir)
	return p != nil && (p.Project != nil || p.Tool.Poetry != nil || p.BuildSystem != nil) || err != nil
}

// otherLanguage tells whether a program in Python may be only a helper here.
func otherLanguage(s repo.Service) bool {
	for _, name := range []string{"go.mod", "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml"} {
		if repo.IsFile(s.Tree, path.Join(s.Dir, name)) {
			return true
		}
	}
	return false
}

// Plan writes the plan. Errors are *slipway.Error: CodeInvalid for what the
// repository's developers have to mend, CodeAmbiguous when several programs
// could be meant, CodeNotFound when there is nothing to start.
func (a Adapter) Plan(s repo.Service) (slipway.Plan, error) {
	p := &planner{Service: s, modules: map[string]*module{}, rust: a.Rust}
	for _, phase := range []func() error{
		p.readProject, p.findManager, p.findDependencies, p.findFirstParty, p.findVersion, p.findPackages, p.findNatives, p.readSources, p.findPrograms, p.findStart, p.findMigrations, p.findBuild,
	} {
		if err := phase(); err != nil {
			return slipway.Plan{}, err
		}
	}
	if err := p.findGenerated(); err != nil {
		return slipway.Plan{}, err
	}
	return p.plan(), nil
}

// planner is a service while it is being planned; each phase reads what the
// earlier ones found.
type planner struct {
	repo.Service
	project  *project
	manager  manager
	deps     dependencies
	asked    []string // directories of the tree whose needs are among them
	parties  []party  // packages of the tree that the program is made of
	version  slipway.Version
	packages systemPackages
	modules  map[string]*module // Python files, by name
	bytes    int64              // of them
	start    start
	build    build
	evidence []slipway.Evidence

	rust        func(repo.Service, repo.Module) (slipway.Plan, error)
	modulePlans []slipway.Plan // of the parties that Rust compiles, in their order
}

// note records what was read and what follows from it.
func (p *planner) note(e slipway.Evidence) { p.evidence = append(p.evidence, e) }

// in is a file of the service's directory.
func (p *planner) in(name string) string { return path.Join(p.Dir, name) }
