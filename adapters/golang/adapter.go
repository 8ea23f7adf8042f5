// Package golang plans services that are Go modules.
package golang

import (
	"io/fs"
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Adapter plans Go services. It is stateless.
type Adapter struct{}

// Language is Go.
func (Adapter) Language() slipway.Language { return slipway.LanguageGo }

// Looks names what Detect looks for, in the service's directory and in
// those above it.
func (Adapter) Looks() []string { return []string{modFile, workFile} }

// Detect finds the go.mod or go.work that the service's directory belongs
// to.
func (Adapter) Detect(s repo.Service) []slipway.Evidence {
	for dir := s.Dir; ; dir = path.Dir(dir) {
		for _, name := range []string{modFile, workFile} {
			if file := path.Join(dir, name); repo.IsFile(s.Tree, file) {
				if dir != s.Dir && !hasGo(s) {
					return nil
				}
				return []slipway.Evidence{{File: file, Found: name, Means: "a Go service"}}
			}
		}
		if dir == "." {
			return nil
		}
	}
}

// hasGo tells whether there is Go in a directory that is not a module's own,
// or somewhat below it. A web page in a Go module is not a Go service.
func hasGo(s repo.Service) bool {
	sub, err := fs.Sub(s.Tree, s.Dir)
	if err != nil {
		return false
	}
	for _, pattern := range []string{"*.go", "*/*.go", "*/*/*.go"} {
		if found, _ := fs.Glob(sub, pattern); len(found) > 0 { // the pattern is sound
			return true
		}
	}
	return false
}

// Plan writes the plan. Errors are *slipway.Error: CodeInvalid for what the
// repository's developers have to mend, CodeAmbiguous when several programs
// could be meant.
func (Adapter) Plan(s repo.Service) (slipway.Plan, error) {
	p := &planner{Service: s, read: map[string][]byte{}, needC: needsC()}
	for _, phase := range []func() error{p.findModules, p.findVersion, p.checkSums, p.readProcess, p.findMain, p.readPackages, p.refuseTinyGo, p.checkGenerated, p.findExperiments, p.findBase, p.findLibraries, p.findData} {
		if err := phase(); err != nil {
			return slipway.Plan{}, err
		}
	}
	return p.plan(), nil
}

// planner is a service while it is being planned; each phase reads what the
// earlier ones found.
type planner struct {
	repo.Service
	layout      layout
	version     slipway.Version
	process     process
	main        program
	port        int               // that it listens on whatever PORT is; 0 unknown
	host        map[string]string // variables by which it listens for others
	health      string            // path that its sources name, "" for none
	packages    []*pkg            // of the tree that the program is made of
	read        map[string][]byte // Go files, by name
	experiments []string          // of GOEXPERIMENT, that packages need
	cgo         bool
	needC       map[string]need // needsC
	libs        []string        // C libraries of Debian, names of libraries
	data        []datum
	signs       signs       // of how it lives
	generated   *generation // code that is made before the program is compiled
	evidence    []slipway.Evidence
}

// note records what was read and what follows from it.
func (p *planner) note(e slipway.Evidence) { p.evidence = append(p.evidence, e) }
