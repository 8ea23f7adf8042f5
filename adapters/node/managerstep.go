package node

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
)

// A package manager that the stack does not have is in a directory of its
// own: the build's steps see it, the image does not.
const (
	toolsDir    = "/opt/tools"
	stepManager = "manager"
	stackPath   = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)

// bunProgram is bun in the image, for programs that only bun can run. It is
// in the layer of the dependencies: that of the runtime is Debian's packages.
const (
	bunDir     = appDir + "/.bun"
	bunProgram = bunDir + "/bun"
)

// managerStep brings the package manager. It depends on its version alone, so
// that neither a changed source nor a changed lockfile runs it again.
func (p *planner) managerStep() slipway.Step {
	name := map[tool]string{toolYarn: "yarn@", toolPnpm: "pnpm@"}[p.manager.tool]
	if p.manager.berry() {
		name = "@yarnpkg/cli-dist@"
	}
	install := "npm install --prefix /tmp/manager --no-save --no-package-lock --ignore-scripts --prefer-offline --loglevel=error "
	lines := []string{"mkdir -p " + toolsDir + "/bin /tmp/manager"}
	switch p.manager.tool {
	case toolPnpm:
		lines = append(append(lines, install+quote(name+p.manager.version)), p.bringPnpm()...)
	case toolBun:
		// The one for processors of every age: what builds is not what runs.
		lines = append(lines,
			`case $(uname -m) in x86_64) kind=x64-baseline ;; aarch64) kind=aarch64 ;; *) echo "there is no bun for $(uname -m)" >&2; exit 1 ;; esac`,
			install+`"@oven/bun-linux-$kind@`+p.manager.version+`"`,
			"cp /tmp/manager/node_modules/@oven/*/bin/bun "+toolsDir+"/bin/bun",
			"chmod 0755 "+toolsDir+"/bin/bun",
			"ln -s bun "+toolsDir+"/bin/bunx")
	case toolNpm, toolYarn:
		lines = append(lines,
			install+quote(name+p.manager.version),
			"cp -R /tmp/manager/node_modules/"+strings.TrimSuffix(name, "@")+" "+toolsDir+"/yarn",
			"ln -s ../yarn/bin/yarn.js "+toolsDir+"/bin/yarn",
			"chmod 0755 "+toolsDir+"/yarn/bin/yarn.js")
	}
	env := map[string]string{"HOME": "/root", "npm_config_cache": npmCache, "npm_config_audit": "false", "npm_config_fund": "false", "npm_config_update_notifier": "false"}
	return slipway.Step{
		Name: stepManager, Args: []string{"/bin/sh", "-euc", strings.Join(lines, "\n")}, Dir: "/", Env: env, Network: slipway.NetworkPackages,
		Mounts: []slipway.Mount{{Target: toolsDir, Output: true}, {Target: npmCache, Cache: "npm"}},
	}
}

// tools mounts the package manager.
func (p *planner) tools() []slipway.Mount {
	if p.manager.version == "" {
		return nil
	}
	return []slipway.Mount{{Target: toolsDir, ReadOnly: true, From: &slipway.Output{Step: stepManager, Mount: toolsDir}}}
}

// managerEnv is what they read in every step.
func (p *planner) managerEnv(env map[string]string) {
	if p.manager.version == "" {
		return
	}
	env["PATH"] = toolsDir + "/bin:" + stackPath
	switch p.manager.tool {
	case toolBun:
		env["BUN_INSTALL_CACHE_DIR"] = bunCache
		env["DO_NOT_TRACK"] = "1"
	case toolPnpm:
		p.pnpmEnv(env)
	case toolNpm:
	case toolYarn:
		env["YARN_IGNORE_PATH"] = "1" // the version is known already
		if !p.manager.berry() {
			env["YARN_CACHE_FOLDER"] = yarnCache
			return
		}
		env["YARN_ENABLE_TELEMETRY"] = "0"
		env["YARN_GLOBAL_FOLDER"] = berryCache
		env["YARN_INSTALL_STATE_PATH"] = path.Join(at(p.manager.root), "node_modules", berryState)
		env["YARN_NODE_LINKER"] = "node-modules"
		if !p.hasCommittedCache() {
			env["YARN_ENABLE_GLOBAL_CACHE"] = "1"
		}
	}
}

// berryState is what yarn needs to run a script of a package that it
// installed.
const berryState = ".yarn-install-state.gz"
