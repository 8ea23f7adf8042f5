package rust

import (
	_ "embed" // the scripts of the steps
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/debian"
)

// Directories of the build image.
const (
	sourceDir  = "/src"
	cargoHome  = "/cargo"
	cargoCache = "/var/cache/cargo"
	fetchedDir = "/fetched"
	depsDir    = "/deps"
	outputDir  = "/out"
	filesDir   = "/files"
	packageDir = "/packages"
)

// Names of the steps.
const (
	stepToolchain = "toolchain"
	stepFetch     = "fetch"
	stepDeps      = "deps"
	stepCompile   = "compile"
)

// The steps' scripts. stubs goes in front of each.
var (
	//go:embed scripts/stubs.sh
	stubs string
	//go:embed scripts/toolchain.sh
	toolchain string
	//go:embed scripts/fetch.sh
	fetch string
	//go:embed scripts/deps.sh
	deps string
	//go:embed scripts/compile.sh
	compile string
	//go:embed scripts/with-port.c
	withPort string
	//go:embed scripts/module-deps.sh
	moduleDeps string
	//go:embed scripts/module.sh
	moduleCompile string
)

// inStep is where a name of the tree is in a step.
func inStep(name string) string { return path.Join(sourceDir, name) }

// targetDir is Cargo's own directory of what it makes, in a step.
func (p *planner) targetDir() string { return inStep(path.Join(p.workspace.root, "target")) }

// step begins a step: Cargo of the stack, and no wrapper that a developer's
// machine has.
func (p *planner) step(name, script string, args ...string) slipway.Step {
	env := map[string]string{
		"CARGO_HOME":        cargoHome,
		"CARGO_TARGET_DIR":  p.targetDir(),
		"CARGO_TERM_COLOR":  "never",
		"CARGO_INCREMENTAL": "0",
		"CARGO_NET_OFFLINE": "true",
		"RUSTC_WRAPPER":     "",
		"LOCK":              inStep(p.lockName()),
		"TARGET":            p.targetDir(),
	}
	if !p.saysStrip() {
		env["CARGO_PROFILE_RELEASE_STRIP"] = "symbols"
	}
	return slipway.Step{
		Name:    name,
		Args:    slices.Concat([]string{"/bin/sh", "-euc", plain(stubs + script), name}, args),
		Dir:     inStep(p.Dir),
		Env:     env,
		Network: slipway.NetworkNone,
	}
}

// plain is a script without the comments, which are for who reads it here.
func plain(script string) string {
	lines := slices.Collect(strings.Lines(script))
	return strings.Join(slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "#") }), "")
}

// saysStrip tells whether the repository decides itself what stays in the
// program for debuggers.
func (p *planner) saysStrip() bool {
	release := p.workspace.file.Profile["release"]
	return release["strip"] != nil || release["debug"] != nil
}

// fetchStep downloads crates. It sees manifests and no source.
func (p *planner) fetchStep() slipway.Step {
	s := p.step(stepFetch, p.forTarget(fetch), p.stubPaths(p.allPackages())...)
	s.Network = slipway.NetworkPackages
	s.Env["CARGO_HOME"] = cargoCache
	s.Env["CARGO_NET_OFFLINE"] = "false"
	s.Env["FLAGS"] = p.config.buildFlags()
	s.Env["CARGO_NET_GIT_FETCH_WITH_CLI"] = "true"                      // git reads .netrc
	s.Env["CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS"] = "cargo:token" // without one, cargo knows of no token
	s.Env["CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS"] = "fallback"
	s.Mounts = []slipway.Mount{
		{Target: sourceDir, Source: p.manifests()},
		{Target: cargoCache, Cache: "cargo"},
		{Target: fetchedDir, Output: true},
	}
	return s
}

// depsStep compiles what the program depends on. Build scripts of crates run
// here, without a network and without the organisation's credentials.
func (p *planner) depsStep() slipway.Step {
	names := make([]string, len(p.needed))
	for i, k := range p.needed {
		names[i] = k.name
	}
	slices.Sort(names)
	stubbed := p.stubPaths(p.allPackages())
	if p.main.pkg.file.Lib == nil && !exists(p.Tree, path.Join(p.main.pkg.dir, libFile)) {
		stubbed = append(stubbed, inStep(path.Join(p.main.pkg.dir, libFile))) // a library needs no linking
	}
	patched := make([]string, len(p.workspace.patched))
	for i, dir := range p.workspace.patched {
		patched[i] = inStep(dir)
	}
	args := append(p.cargo(p.goingOn()...), "--lib")
	s := p.step(stepDeps, deps, slices.Concat(args[1:], []string{"--"}, names, []string{"--"}, stubbed, []string{"--"}, patched)...)
	s.Env["CLEAN"] = "--release"
	if p.crossed() {
		s.Env["CLEAN"] += " --target " + p.target()
	}
	s.Mounts = p.withCrates([]slipway.Mount{{Target: sourceDir, Source: p.manifests()}})
	s.Mounts = append(s.Mounts,
		slipway.Mount{Target: p.targetDir(), Cache: "cargo-target"},
		slipway.Mount{Target: depsDir, Output: true})
	return s
}

// compileStep builds the program. What the deps step has made is under a
// layer of its own that ends with the step: there is no earlier program that
// could be taken for this one.
func (p *planner) compileStep(compiled bool) slipway.Step {
	command := append(p.cargo(), "--bin", p.main.name)
	built := path.Join(p.targetDir(), "release", p.main.name)
	if p.crossed() {
		built = path.Join(p.targetDir(), p.target(), "release", p.main.name)
	}
	if p.custom() {
		command, built = []string{"/bin/sh", "-euc", p.Declared.Commands.Build.Script()}, ""
	}
	files := make([]string, len(p.sources.files))
	for i, f := range p.sources.files {
		files[i] = inStep(f)
	}
	s := p.step(stepCompile, compile, slices.Concat(command, []string{"--"}, p.stubPaths(p.leftOut()), []string{"--"}, files)...)
	maps.Copy(s.Env, map[string]string{
		"BUILT": built, "SLIPWAY_OUTPUT": path.Join(outputDir, p.program()), "LIBRARIES": "", "LAUNCHER": "",
	})
	if !p.static {
		s.Env["LIBRARIES"] = strings.Join(baseLibraries(), " ")
	}
	if p.needsPort() {
		s.Env["LAUNCHER"] = withPort
	}
	s.Mounts = p.withCrates([]slipway.Mount{{Target: sourceDir, Source: p.source()}})
	if compiled {
		s.Mounts = append(s.Mounts, slipway.Mount{Target: p.targetDir(), From: &slipway.Output{Step: stepDeps, Mount: depsDir}})
	}
	if len(p.runPackages()) > 0 {
		s.Mounts = append(s.Mounts, slipway.Mount{Target: packageDir, ReadOnly: true, From: &slipway.Output{Step: debian.StepRun, Mount: packageDir}})
	}
	return withOutputs(s, len(files) > 0)
}

func withOutputs(s slipway.Step, files bool) slipway.Step {
	s.Mounts = append(s.Mounts, slipway.Mount{Target: outputDir, Output: true})
	if files {
		s.Mounts = append(s.Mounts, slipway.Mount{Target: filesDir, Output: true})
	}
	return s
}

// withCrates adds what was fetched.
func (p *planner) withCrates(mounts []slipway.Mount) []slipway.Mount {
	if p.downloads() {
		mounts = append(mounts, slipway.Mount{Target: cargoHome, From: &slipway.Output{Step: stepFetch, Mount: fetchedDir}})
	}
	return mounts
}
