package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// toolsDir is where a module's tools are, in its steps.
const toolsDir = "/tools"

// Module gives the steps that compile a module for another language, in the
// build image of that language, to which the plan adds Debian's Rust, or the
// release that a toolchain file names: what is compiled is linked with that
// language's own headers and interpreter. Its last step leaves the module in
// /out. The plan has no image.
func (Adapter) Module(s repo.Service, m repo.Module) (slipway.Plan, error) {
	p := &planner{Service: repo.Service{Tree: s.Tree, Dir: m.Dir, Name: s.Name}, module: &m}
	for _, phase := range []func() error{p.findWorkspace, p.readConfig, p.findVersion, p.findModuleToolchain, p.findLibrary, p.readLock, p.findModuleLinking} {
		if err := phase(); err != nil {
			return slipway.Plan{}, err
		}
	}
	for i, e := range p.evidence {
		if strings.HasPrefix(e.Knob, "version:") { // which is the other language's
			p.evidence[i].Knob = ""
		}
	}
	plan := slipway.Plan{Language: slipway.LanguageRust, Version: p.version, Inputs: p.moduleInputs(), Unlocked: !p.lock.there && p.downloads(), Evidence: p.evidence}
	if p.downloads() {
		plan.Steps = append(plan.Steps, p.moduleFetchStep())
	}
	head := p.moduleDepsStep()
	plan.Steps = append(plan.Steps, head, p.moduleStep(head))
	plan = p.withToolchain(plan)
	for i, s := range plan.Steps {
		plan.Steps[i] = p.asModule(s)
	}
	return p.withPackages(plan), nil
}

// modulePrefix is in front of the names of a module's steps.
const modulePrefix = "rust-"

// asModule gives a step of a module its own name; those that it takes from are
// of the same module.
func (p *planner) asModule(s slipway.Step) slipway.Step {
	s.Name = p.moduleStepName(s.Name)
	s.Mounts = slices.Clone(s.Mounts)
	for i, m := range s.Mounts {
		if m.From != nil && m.Target != toolsDir {
			from := *m.From
			from.Step = p.moduleStepName(from.Step)
			s.Mounts[i].From = &from
		}
	}
	return s
}

func (p *planner) moduleStepName(name string) string {
	if p.module.Name != "" {
		return modulePrefix + p.module.Name + "-" + name
	}
	return modulePrefix + name
}

// findLibrary takes the package of the directory for what is built.
func (p *planner) findLibrary() error {
	k := p.workspace.packages[p.Dir]
	if k == nil {
		return slipway.Errorf(slipway.CodeInvalid, "%s is a workspace without a package of its own", repo.Quote(path.Join(p.Dir, cargoFile))).
			WithHint("name the package's Cargo.toml: manifest-path of [tool.maturin], or path of [[tool.setuptools-rust.ext-modules]]").WithClass(slipway.ClassCode)
	}
	p.main = program{pkg: k, name: k.name}
	return nil
}

// findModuleLinking finds the Debian packages that its crates need, and Rust
// itself.
func (p *planner) findModuleLinking() error {
	build, run := p.systemPackages()
	if !p.version.Fetched {
		build = append(build, debianRust()...)
	}
	p.system = system{build: unique(build), run: unique(run)}
	return nil
}

// debianRust is the newest Rust of the build image's own Debian: the one that
// it has for browsers, which follows Rust's releases, else the usual one.
func debianRust() []string { return []string{"cargo-web|cargo", "rustc-web|rustc"} }

// moduleFetchStep downloads the crates of every platform: the tools ask Cargo
// what the whole lock file names.
func (p *planner) moduleFetchStep() slipway.Step {
	s := p.fetchStep()
	for i, arg := range s.Args {
		s.Args[i] = strings.Replace(arg, " --target "+gnu, "", 1)
	}
	return s
}

// moduleDepsStep compiles the crates that the module depends on, by the very
// command that compiles it, so that they are those that it wants.
func (p *planner) moduleDepsStep() slipway.Step {
	stubbed := p.stubPaths(p.allPackages())
	for _, name := range p.module.Stubs {
		stubbed = append(stubbed, inStep(name))
	}
	names := make([]string, len(p.needed))
	for i, k := range p.needed {
		names[i] = k.name
	}
	slices.Sort(names)
	s := p.step(stepDeps, moduleDeps, slices.Concat([]string{p.module.Compile, "--"}, names, []string{"--"}, stubbed)...)
	source := p.manifests()
	source.Include = append(source.Include, repo.Literals(p.module.Files)...)
	slices.Sort(source.Include)
	s.Mounts = p.withTools(p.withCrates([]slipway.Mount{{Target: sourceDir, Source: source}}))
	s.Mounts = append(s.Mounts, slipway.Mount{Target: p.targetDir(), Cache: "cargo-module"}, slipway.Mount{Target: depsDir, Output: true})
	return s
}

// moduleStep compiles the module.
func (p *planner) moduleStep(head slipway.Step) slipway.Step {
	stubbed := p.stubPaths(p.moduleLeftOut())
	for _, name := range p.module.Stubs {
		stubbed = append(stubbed, inStep(name))
	}
	s := p.step(stepCompile, moduleCompile, slices.Concat([]string{p.module.Compile + "\n" + p.module.Collect, "--"}, stubbed)...)
	s.Mounts = p.withTools(p.withCrates([]slipway.Mount{{Target: sourceDir, Source: p.moduleSource()}}))
	s.Mounts = append(s.Mounts,
		slipway.Mount{Target: p.targetDir(), From: &slipway.Output{Step: head.Name, Mount: depsDir}},
		slipway.Mount{Target: outputDir, Output: true})
	return s
}

func (p *planner) withTools(mounts []slipway.Mount) []slipway.Mount {
	if p.module.Tools == nil {
		return mounts
	}
	return append(mounts, slipway.Mount{Target: toolsDir, ReadOnly: true, From: p.module.Tools})
}

// moduleLeftOut are the packages of the workspace that the module is not made
// of: their sources are not there, so Cargo reads stubs.
func (p *planner) moduleLeftOut() []*pkg {
	return slices.DeleteFunc(p.allPackages(), func(k *pkg) bool {
		return slices.ContainsFunc(p.needed, func(n *pkg) bool { return under(k.dir, n.dir) || n.dir == "." })
	})
}

// moduleSource are the directories of its packages, without what belongs to
// the other language.
func (p *planner) moduleSource() *slipway.Source {
	names := append(p.manifestNames(), p.module.Files...)
	for _, k := range p.needed {
		names = append(names, k.dir)
	}
	slices.Sort(names)
	source := &slipway.Source{Include: repo.Literals(slices.Compact(names)), Exclude: append([]string{".git", "**/target"}, p.module.Exclude...)}
	if slices.Contains(names, ".") {
		source.Include = nil
	}
	return source
}

func (p *planner) moduleInputs() []string {
	names := p.manifestNames()
	for _, k := range p.needed {
		names = append(names, k.dir)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
