package node

import (
	"maps"
	"path"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Directories of the steps. The repository lies below the directory that it
// has in the image, so that a path which a build writes down is right there
// too.
const (
	appDir      = "/app"
	manifestDir = "/manifests"
	fullDir     = "/installed"
	outputDir   = "/out"
	npmCache    = "/root/.npm"
	pnpmStore   = "/root/.pnpm-store"
	yarnCache   = "/root/.yarn-cache"
	berryCache  = "/root/.yarn-berry"
	bunCache    = "/root/.bun-cache"
)

// Names of the steps.
const (
	stepDeps  = "deps"
	stepPrune = "prune"
	stepBuild = "build"
)

// at is a directory of the tree in steps and in the image.
func at(dir string) string { return path.Join(appDir, dir) }

// toolEnv is the package managers' environment in every step: the stack's
// versions and no other, nobody asked, nothing fetched that is not a package.
func (p *planner) toolEnv() map[string]string {
	env := map[string]string{
		"HOME":                                       "/root",
		"CYPRESS_INSTALL_BINARY":                     "0",
		"ELECTRON_SKIP_BINARY_DOWNLOAD":              "1",
		"HUSKY":                                      "0",
		"NEXT_TELEMETRY_DISABLED":                    "1",
		"NUXT_TELEMETRY_DISABLED":                    "1",
		"ASTRO_TELEMETRY_DISABLED":                   "1",
		"NG_CLI_ANALYTICS":                           "false",
		"PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD":           "1",
		"PUPPETEER_SKIP_DOWNLOAD":                    "true",
		"npm_config_audit":                           "false",
		"npm_config_fund":                            "false",
		"npm_config_update_notifier":                 "false",
		"npm_config_engine_strict":                   "false",
		"npm_config_cache":                           npmCache,
		"npm_config_manage_package_manager_versions": "false",
		"npm_config_package_manager_strict":          "false",
		"COREPACK_ENABLE_STRICT":                     "0",
	}
	p.managerEnv(env)
	return env
}

// installEnv adds what matters for installing only.
func (p *planner) installEnv() map[string]string {
	env := p.toolEnv()
	env["CI"] = "true" // pnpm asks nobody
	if p.manager.tool != toolPnpm {
		return env
	}
	env["npm_config_store_dir"] = pnpmStore
	env["npm_config_package_import_method"] = "copy"        // a link to the store would not survive it
	env["npm_config_prefer_symlinked_executables"] = "true" // node cannot run a shell script
	if p.allowsBuilds() {
		env["npm_config_dangerously_allow_all_builds"] = "true"
	}
	p.pnpmEnv(env)
	return env
}

// allowsBuilds tells whether packages may run scripts when they are
// installed, as they could until pnpm 10; from then on the repository says
// which may.
func (p *planner) allowsBuilds() bool {
	s := p.space.pnpm
	configured := len(s.Built)+len(s.Ignored)+len(s.Allow) > 0 || s.All != nil || p.space.root.says("pnpm", "onlyBuiltDependencies", "ignoredBuiltDependencies", "neverBuiltDependencies")
	return !configured && p.manager.major < strictPnpm
}

// strictPnpm is the first pnpm that runs no script of a package unless told
// to.
const strictPnpm = 10

// depsStep installs what building needs, or only what running needs when
// nothing is built.
func (p *planner) depsStep(production bool) slipway.Step {
	return slipway.Step{
		Name:    stepDeps,
		Args:    []string{"/bin/sh", "-euc", p.installScript(production)},
		Dir:     at(p.manager.root),
		Env:     p.installEnv(),
		Network: slipway.NetworkPackages,
		Mounts: append([]slipway.Mount{
			{Target: manifestDir, ReadOnly: true, Source: &slipway.Source{Include: repo.Literals(p.manifests())}},
			{Target: appDir, Output: true},
			p.cache(),
		}, p.tools()...),
	}
}

func (p *planner) cache() slipway.Mount {
	switch {
	case p.manager.tool == toolPnpm:
		return slipway.Mount{Target: pnpmStore, Cache: "pnpm"}
	case p.manager.tool == toolBun:
		return slipway.Mount{Target: bunCache, Cache: "bun"}
	case p.manager.berry():
		return slipway.Mount{Target: berryCache, Cache: "yarn-berry"}
	case p.manager.tool == toolYarn:
		return slipway.Mount{Target: yarnCache, Cache: "yarn"}
	}
	return slipway.Mount{Target: npmCache, Cache: "npm"}
}

// pruneStep makes of what was installed for building what running needs. npm
// does that from what is there; the others, which cannot in a workspace, install
// again from what they have at hand.
func (p *planner) pruneStep() slipway.Step {
	s := slipway.Step{
		Name:    stepPrune,
		Args:    []string{"/bin/sh", "-euc", p.pruneScript()},
		Dir:     at(p.manager.root),
		Env:     p.installEnv(),
		Network: slipway.NetworkNone,
		Mounts: []slipway.Mount{
			{Target: manifestDir, ReadOnly: true, Source: &slipway.Source{Include: repo.Literals(p.manifests())}},
			{Target: fullDir, ReadOnly: true, From: &slipway.Output{Step: stepDeps, Mount: appDir}},
			{Target: appDir, Output: true},
		},
	}
	if p.manager.tool != toolNpm {
		s.Network = slipway.NetworkPackages
		s.Mounts = append(append(s.Mounts, p.cache()), p.tools()...)
	}
	return s
}

// buildStep runs the builds and lays out what the image gets.
func (p *planner) buildStep() slipway.Step {
	env := p.toolEnv()
	env["NODE_ENV"] = "production"
	env["npm_config_fetch_retries"] = "0" // there is no network to wait for: a script that installs says so at once
	maps.Copy(env, p.build.env)
	maps.Copy(env, p.build.prismaEnv())
	s := slipway.Step{
		Name:    stepBuild,
		Args:    []string{"/bin/sh", "-euc", p.buildCommands() + "\n" + p.layOut()},
		Dir:     at(p.Dir),
		Env:     env,
		Network: slipway.NetworkNone,
		Mounts:  []slipway.Mount{{Target: appDir, Source: p.buildSource()}},
	}
	if p.build.fonts {
		s.Network = slipway.NetworkPackages
		env["NEXT_TURBOPACK_EXPERIMENTAL_USE_SYSTEM_TLS_CERTS"] = "1" // it believes nobody else by itself, the proxy of the step least
	}
	s.Mounts = append(append(s.Mounts, p.modules(stepDeps)...), p.tools()...)
	if p.pkg.has("next") {
		s.Mounts = append(s.Mounts, slipway.Mount{Target: path.Join(at(p.Dir), ".next/cache"), Cache: "next"})
	}
	s.Mounts = append(s.Mounts, slipway.Mount{Target: outputDir, Output: true})
	return s
}

// modules mounts what a step installed beside the sources. Build tools write
// there, too; that is nobody else's.
func (p *planner) modules(step string) []slipway.Mount {
	if !p.hasDependencies() {
		return nil
	}
	var mounts []slipway.Mount
	for _, dir := range p.moduleDirs() {
		mounts = append(mounts, slipway.Mount{
			Target: path.Join(at(dir), "node_modules"),
			From:   &slipway.Output{Step: step, Mount: appDir, Path: path.Join(dir, "node_modules")},
		})
	}
	return mounts
}

// moduleDirs are the directories of the tree that have packages of their own.
func (p *planner) moduleDirs() []string {
	dirs := []string{p.manager.root}
	for _, m := range append([]*pkg{p.pkg}, p.space.needs...) {
		if m.dir != p.manager.root {
			dirs = append(dirs, m.dir)
		}
	}
	return dirs
}

// manifests are the files that decide what is installed.
func (p *planner) manifests() []string {
	root := p.manager.root
	files := []string{path.Join(root, packageFile)}
	for _, name := range []string{".npmrc", pnpmWorkspaceFile, ".pnpmfile.cjs", ".pnpmfile.mjs"} {
		if file := path.Join(root, name); repo.IsFile(p.Tree, file) {
			files = append(files, file)
		}
	}
	files = append(append(files, p.managerFiles()...), p.patchFiles()...)
	if p.manager.lock != "" {
		files = append(files, p.manager.lock)
	}
	for _, dir := range sortedKeys(p.space.members) {
		files = append(files, path.Join(dir, packageFile))
	}
	for _, m := range p.installed() {
		files = append(files, p.local(m)...)
	}
	if dir := path.Join(root, "patches"); repo.IsDir(p.Tree, dir) {
		files = append(files, dir)
	}
	if p.build.prisma.dir != "" {
		files = append(files, path.Join(p.Dir, p.build.prisma.dir))
		if _, file := p.config("prisma.config"); file != "" {
			files = append(files, file)
		}
	}
	return sortedNames(files)
}
