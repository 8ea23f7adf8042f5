// Package node plans services that are Node.js packages.
package node

import (
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Adapter plans Node.js services. It is stateless.
type Adapter struct{}

// packageFile is what npm, pnpm and everybody else call a package's own file.
const packageFile = "package.json"

// Language is Node.js.
func (Adapter) Language() slipway.Language { return slipway.LanguageNode }

// Looks names what Detect looks for in the service's directory.
func (Adapter) Looks() []string { return []string{packageFile} }

// Detect finds a package.json that is more than a list of developers' tools.
// One that cannot be read counts: Plan says what is wrong with it.
func (Adapter) Detect(s repo.Service) []slipway.Evidence {
	file := path.Join(s.Dir, packageFile)
	if !repo.IsFile(s.Tree, file) {
		if other := otherForm(s.Tree, s.Dir); other != "" {
			return []slipway.Evidence{{File: other, Found: path.Base(other), Means: "a Node.js service"}}
		}
		if project, ok := nxService(s); ok && (project.Type != "library" || s.Declared.Language == slipway.LanguageNode) {
			return []slipway.Evidence{{File: project.file(), Found: projectFile, Means: "a Node.js service, a project of Nx"}}
		}
		return nil
	}
	pkg, err := readPackage(s.Tree, s.Dir)
	if err == nil && s.Declared.Language != slipway.LanguageNode && onlyTools(s, pkg) {
		return nil
	}
	return []slipway.Evidence{{File: file, Found: packageFile, Means: "a Node.js service"}}
}

// Plan writes the plan. Errors are *slipway.Error: CodeInvalid for what the
// repository's developers have to mend, CodeAmbiguous when several programs
// could be meant.
func (Adapter) Plan(s repo.Service) (slipway.Plan, error) {
	p := &planner{Service: s}
	for _, phase := range []func() error{
		p.findPackages, p.findManager, p.findVersion, p.checkLock, p.checkLocal, p.readSources, p.findProgram, p.findBuild,
	} {
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
	pkg      *pkg      // the service's own
	space    workspace // what it is installed in; of one package mostly
	manager  manager
	version  slipway.Version
	sources  sources
	program  program
	nx       *nxProject // in the place of a package of its own
	nxBuild  nxBuild
	nxBuilds bool // there is such a task
	build    build
	evidence []slipway.Evidence
}

// note records what was read and what follows from it.
func (p *planner) note(e slipway.Evidence) { p.evidence = append(p.evidence, e) }

// invalid is an error that the repository's developers mend.
func invalid(format string, args ...any) *slipway.Error {
	return slipway.Errorf(slipway.CodeInvalid, format, args...).WithClass(slipway.ClassCode)
}
