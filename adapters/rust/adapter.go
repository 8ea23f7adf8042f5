// Package rust plans services that are built with Cargo.
package rust

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Adapter plans Rust services. It is stateless.
type Adapter struct{}

// Language is Rust.
func (Adapter) Language() slipway.Language { return slipway.LanguageRust }

// Looks names what Detect looks for in the service's directory.
func (Adapter) Looks() []string { return []string{cargoFile} }

// Detect finds a Cargo.toml that is not a part of a package in another
// language.
func (Adapter) Detect(s repo.Service) []slipway.Evidence {
	file := path.Join(s.Dir, cargoFile)
	if !repo.IsFile(s.Tree, file) || s.Declared.Language != slipway.LanguageRust && extends(s) {
		return nil
	}
	return []slipway.Evidence{{File: file, Found: cargoFile, Means: "a Rust service"}}
}

// extends tells whether the Rust in a directory is only an extension module,
// which the tools of another language compile.
func extends(s repo.Service) bool {
	data, _, _ := repo.Read(s.Tree, path.Join(s.Dir, "pyproject.toml")) // what cannot be read names no tool
	for _, tool := range []string{"maturin", "setuptools-rust", "setuptools_rust"} {
		if strings.Contains(string(data), tool) {
			return true
		}
	}
	if !repo.IsFile(s.Tree, path.Join(s.Dir, "package.json")) {
		return false
	}
	data, _, _ = repo.Read(s.Tree, path.Join(s.Dir, cargoFile))
	return strings.Contains(string(data), "cdylib") && !repo.IsFile(s.Tree, path.Join(s.Dir, mainFile))
}

// Plan writes the plan. Errors are *slipway.Error: CodeInvalid for what the
// repository's developers have to mend, CodeAmbiguous when several programs
// could be meant.
func (Adapter) Plan(s repo.Service) (slipway.Plan, error) {
	p := &planner{Service: s}
	for _, phase := range []func() error{
		p.findWorkspace, p.readConfig, p.refuseBrowser, p.findVersion, p.findToolchain, p.findMain, p.readLock, p.readSources, p.findLinking,
	} {
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
	workspace workspace
	config    config
	version   slipway.Version
	main      program // zero when commands.build makes the program
	lock      lock
	needed    []*pkg // the packages of the tree that the program is made of
	crates    map[string]crate
	sources   findings
	port      int               // that the program has itself, 0 unknown
	address   map[string]string // variables by which it listens for others
	static    bool
	module    *repo.Module // what is built when it is no program
	system    system       // Debian packages that the crates need
	evidence  []slipway.Evidence
}

// note records what was read and what follows from it.
func (p *planner) note(e slipway.Evidence) { p.evidence = append(p.evidence, e) }

// custom tells whether slipway.yaml says how the program is built.
func (p *planner) custom() bool { return p.Declared.Commands.Build.Given() }
