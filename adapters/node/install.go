package node

import (
	"fmt"
	"path"
	"strings"

	"github.com/slipway-ci/slipway/adapters/command"
)

// withoutScripts takes out of the copied package.json files what the
// packages of the repository itself would run when they are installed: the
// sources are not there yet, and after pruning neither are the tools.
const withoutScripts = `node -e '
const fs = require("fs");
for (const file of process.argv.slice(1)) {
  const pkg = JSON.parse(fs.readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  for (const name of ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "pnpm:devPreinstall"]) {
    if (pkg.scripts) delete pkg.scripts[name];
  }
  fs.writeFileSync(file, JSON.stringify(pkg, null, 2));
}' -- `

// tidy leaves only the installed packages, without what names this build,
// its time or its registry, and without what compilers leave behind.
const tidy = `find . -name node_modules -prune -o ! -type d -exec rm -f {} +
rm -rf node_modules/.package-lock.json node_modules/.modules.yaml node_modules/.pnpm/lock.yaml node_modules/.pnpm-workspace-state*.json node_modules/.cache
find . -path '*/node_modules/*/build/*' \( -name config.gypi -o -name Makefile -o -name '*.mk' -o -name obj.target -o -name .deps \) -prune -exec rm -rf {} +`

// installScript installs into the working directory, which is the lockfile's.
func (p *planner) installScript(production bool) string {
	lines := []string{
		"cp -R " + manifestDir + "/. " + appDir + "/",
		"chmod -R u+w " + appDir,
		withoutScripts + p.quotedManifests(),
		p.install(production),
	}
	if p.build.patches {
		lines = append(lines, p.inService("node "+quote(p.bin("patch-package"))))
	}
	if p.build.prisma.dir != "" && !p.build.prisma.apart && p.pkg.has("prisma") && (!production || p.pkg.runs("prisma")) {
		lines = append(lines, p.inService(p.generatePrisma()))
	}
	if p.drivesPlaywright() && (production || !p.pruned() || p.manager.tool == toolNpm) {
		lines = append(lines, p.linkBrowsers())
	}
	lines = append(lines, p.ownDirs()+p.ownBins())
	if p.readsHoisted() && !production {
		lines = append(lines, "cp node_modules/.modules.yaml /tmp/modules.yaml", tidy, hoisted)
	} else {
		lines = append(lines, tidy)
	}
	lines = append(lines, p.tidyManager(production)...)
	return strings.Join(lines, "\n")
}

// pruneScript leaves of what the first step installed what running needs.
func (p *planner) pruneScript() string {
	if p.manager.tool != toolNpm {
		return p.installScript(true) + p.generated()
	}
	return strings.Join([]string{
		"cp -R " + fullDir + "/. " + appDir + "/",
		"cp -R " + manifestDir + "/. " + appDir + "/",
		"chmod -R u+w " + appDir,
		withoutScripts + p.quotedManifests(),
		"npm prune --omit=dev --offline --ignore-scripts --loglevel=error" + p.workspaceFlags(),
		p.ownDirs(),
		tidy,
	}, "\n")
}

// generated takes over Prisma's client, which a tool for development made
// within the first step's packages.
func (p *planner) generated() string {
	if p.build.prisma.dir == "" {
		return ""
	}
	return "\n" + `for dir in ` + path.Join(fullDir, p.manager.root) + `/node_modules/.prisma ` + path.Join(fullDir, p.manager.root) + `/node_modules/.pnpm/@prisma+client*/node_modules/.prisma; do
  [ -d "$dir" ] || continue
  to=.` + `${dir#` + path.Join(fullDir, p.manager.root) + `}
  mkdir -p "$to"
  cp -R "$dir/." "$to/"
done`
}

// install is the package manager's command.
func (p *planner) install(production bool) string {
	switch p.manager.tool {
	case toolYarn:
		return p.yarnInstall(production)
	case toolBun:
		return p.bunInstall(production)
	case toolPnpm:
		return p.pnpmInstall(production)
	case toolNpm:
	}
	line := "npm install --no-package-lock"
	if p.manager.lock != "" {
		line = "npm ci --prefer-offline"
	}
	if production {
		line += " --omit=dev"
	} else {
		line += " --include=dev"
	}
	return line + " --loglevel=error" + p.workspaceFlags()
}

func (p *planner) pnpmInstall(production bool) string {
	line := "pnpm install --reporter=append-only"
	if p.manager.version != "" {
		line = npmrcFor + "\n" + line
	}
	if p.manager.lock != "" {
		line += " --frozen-lockfile --prefer-offline"
	} else {
		line += " --no-frozen-lockfile"
	}
	if production {
		line += " --prod"
	}
	if p.space.file == "" {
		return line
	}
	for _, dir := range p.moduleDirs() {
		line += " --filter " + quote("{"+relativeDot(p.manager.root, dir)+"}")
	}
	return line
}

func (p *planner) workspaceFlags() string {
	if p.space.file == "" || p.pkg == p.space.root {
		return ""
	}
	flags := []string{" --include-workspace-root"}
	for _, m := range append([]*pkg{p.pkg}, p.space.needs...) {
		flags = append(flags, "--workspace "+quote(relative(p.manager.root, m.dir)))
	}
	return strings.Join(flags, " ")
}

// ownDirs makes a directory for the packages of each part of the workspace,
// so that there is one to mount.
func (p *planner) ownDirs() string {
	var b strings.Builder
	b.WriteString("mkdir -p")
	for _, dir := range p.moduleDirs() {
		fmt.Fprintf(&b, " %s", quote(path.Join(at(dir), "node_modules")))
	}
	return b.String()
}

func (p *planner) quotedManifests() string {
	names := []string{quote(path.Join(at(p.manager.root), packageFile))}
	for _, dir := range sortedKeys(p.space.members) {
		names = append(names, quote(path.Join(at(dir), packageFile)))
	}
	return strings.Join(names, " ")
}

// inService runs a line in the service's directory.
func (p *planner) inService(line string) string {
	if p.Dir == p.manager.root {
		return line
	}
	return "(cd " + quote(at(p.Dir)) + " && " + line + ")"
}

func relativeDot(from, dir string) string {
	if r := relative(from, dir); r != "." {
		return "./" + r
	}
	return "."
}

// quote makes one word of a shell's line.
func quote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-@+") == "" {
		return word
	}
	return command.Quoted(word)
}
