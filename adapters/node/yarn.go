package node

import (
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// npmrcFor lets a tool read the organisation's settings that does not ask
// NPM_CONFIG_USERCONFIG where they are.
const npmrcFor = `[ ! -f "${NPM_CONFIG_USERCONFIG:-/none}" ] || cat "$NPM_CONFIG_USERCONFIG" >"$HOME/.npmrc"`

// yarn1Settings has yarn 1 send what it knows for packages of every name, and
// take what the lockfile says from the registry that the organisation has in
// the place of the public one.
const yarn1Settings = npmrcFor + `
[ ! -f "$HOME/.npmrc" ] || echo always-auth=true >>"$HOME/.npmrc"
[ ! -f "$HOME/.npmrc" ] || [ ! -f yarn.lock ] || node -e '
const fs = require("fs");
const settings = fs.readFileSync(process.env.HOME + "/.npmrc", "utf8");
const registry = (/^registry *= *(.+)$/m.exec(settings) || [])[1];
if (registry) {
  const lock = fs.readFileSync("yarn.lock", "utf8");
  fs.writeFileSync("yarn.lock", lock.replace(/^  resolved "https?:\/\/(?:[^"\/]+\/)+?((?:(@[^"\/]+)\/)?[^"\/@]+\/-\/[^"]+)"/gm, (line, file, scope) =>
    scope && settings.includes(scope + ":registry") ? line : "  resolved \"" + registry.trim().replace(/\/*$/, "/") + file + "\""));
}'`

// berrySettings gives yarn 2 and later, which reads nobody else's settings,
// the registries and credentials of the organisation, and the proxy.
const berrySettings = `node -e '
const fs = require("fs");
const out = {}, file = process.env.NPM_CONFIG_USERCONFIG || "", registries = {}, scopes = {}, plain = [];
const at = (where, key, value) => { const to = registries[where.replace(/\/+$/, "")] ||= {npmAlwaysAuth: true}; to[key] = value; return to; };
const decoded = (text) => Buffer.from(text, "base64").toString();
for (const line of fs.existsSync(file) ? fs.readFileSync(file, "utf8").split(/\r?\n/) : []) {
  const cut = line.indexOf("=");
  if (cut < 0) continue;
  const name = line.slice(0, cut).trim(), value = line.slice(cut + 1).trim(), colon = name.lastIndexOf(":");
  const what = name.slice(colon + 1), where = name.slice(0, colon);
  if (/^http:/.test(value)) plain.push(new URL(value).hostname);
  if (name === "registry") out.npmRegistryServer = value;
  else if (what === "registry") scopes[where.slice(1)] = {npmRegistryServer: value};
  else if (what === "_authToken") at(where, "npmAuthToken", value);
  else if (what === "_auth") at(where, "npmAuthIdent", decoded(value));
  else if (what === "username") at(where, "user", value);
  else if (what === "_password") at(where, "password", decoded(value));
}
for (const to of Object.values(registries)) {
  if (to.user && to.password) to.npmAuthIdent = to.user + ":" + to.password;
  delete to.user;
  delete to.password;
}
out.npmRegistries = registries;
out.npmScopes = scopes;
if (plain.length) out.unsafeHttpWhitelist = plain;
const env = process.env, http = env.HTTP_PROXY || env.http_proxy, https = env.HTTPS_PROXY || env.https_proxy;
if (http) out.httpProxy = http;
if (https) out.httpsProxy = https;
fs.writeFileSync(env.HOME + "/.yarnrc.yml", JSON.stringify(out));'`

// onlyNeeded leaves of a workspace the packages that the service is made of,
// for running without what developers need.
const onlyNeeded = `node -e '
const fs = require("fs");
const [production, ...dirs] = process.argv.slice(1);
for (const dir of [".", ...dirs]) {
  const file = dir + "/package.json", pkg = JSON.parse(fs.readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  if (dir === "." && pkg.workspaces) pkg.workspaces = Array.isArray(pkg.workspaces) ? dirs : {...pkg.workspaces, packages: dirs};
  if (production === "production") delete pkg.devDependencies;
  fs.writeFileSync(file, JSON.stringify(pkg, null, 2));
}' -- `

// nothingNew sees that yarn, which is allowed to shorten its lockfile for
// what was left out, resolved nothing anew.
const nothingNew = `node -e '
const fs = require("fs");
const of = (file) => fs.readFileSync(file, "utf8").match(/^  resolution: .*$/gm) || [];
const had = new Set(of("/tmp/yarn.lock"));
const more = of("yarn.lock").filter((line) => !had.has(line) && !line.includes("@workspace:"));
if (more.length) {
  console.error("yarn.lock is not in step with package.json:\n" + more.join("\n"));
  process.exit(1);
}'`

// neededDirs are the workspace's packages that are installed, as words.
func (p *planner) neededDirs() string {
	var words []string
	for _, m := range append([]*pkg{p.pkg}, p.space.needs...) {
		if m != p.space.root {
			words = append(words, quote(relative(p.manager.root, m.dir)))
		}
	}
	return strings.Join(words, " ")
}

// yarnInstall is how yarn installs.
func (p *planner) yarnInstall(production bool) string {
	if p.manager.berry() {
		return p.berryInstall(production)
	}
	line := "yarn install --non-interactive --no-progress --prefer-offline"
	if p.manager.lock != "" {
		line += " --frozen-lockfile"
	} else {
		line += " --no-lockfile"
	}
	lines := []string{yarn1Settings}
	if p.space.file != "" {
		lines = append(lines, strings.TrimSpace(onlyNeeded+"all "+p.neededDirs()))
	}
	if production {
		line += " --production"
	} else {
		line += " --production=false"
	}
	return strings.Join(append(lines, line), "\n")
}

// berryInstall is exact where everything is installed. For running only,
// which yarn knows as a command from version 4 on, the manifests are cut
// short and the lockfile with them.
func (p *planner) berryInstall(production bool) string {
	lines := []string{berrySettings}
	switch {
	case p.manager.lock == "":
		lines = append(lines, "touch yarn.lock")
		if production {
			lines = append(lines, strings.TrimSpace(onlyNeeded+"production "+p.neededDirs()))
		}
		lines = append(lines, "YARN_ENABLE_IMMUTABLE_INSTALLS=0 yarn install")
	case production:
		lines = append(lines,
			"cp yarn.lock /tmp/yarn.lock",
			strings.TrimSpace(onlyNeeded+"production "+p.neededDirs()),
			"YARN_ENABLE_IMMUTABLE_INSTALLS=0 yarn install",
			nothingNew)
	default:
		lines = append(lines, "yarn install --immutable")
	}
	return strings.Join(lines, "\n")
}

// bunInstall is how bun installs, as one tree like npm's, whose programs are
// found where npm has them.
func (p *planner) bunInstall(production bool) string {
	line := "bun install --no-progress --backend=copyfile"
	if p.manager.lock != "" {
		line += " --frozen-lockfile"
	} else {
		line += " --no-save"
	}
	if production {
		line += " --production" + p.bunFilters()
	}
	return npmrcFor + `
printf '[install]\nlinker = "hoisted"\ncafile = "%s"\n' "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" >"$HOME/.bunfig.toml"
` + line
}

// bunFilters name the packages of the workspace that are needed.
func (p *planner) bunFilters() string {
	if p.space.file == "" {
		return ""
	}
	var words []string
	for _, m := range p.installed() {
		words = append(words, " --filter "+quote(relativeDot(p.manager.root, m.dir)))
	}
	return strings.Join(words, "")
}

// ownBins gives the service's own directory every program that the root of
// its workspace has, as npm looks for them.
func (p *planner) ownBins() string {
	if p.Dir == p.manager.root || !p.manager.linksBins() {
		return ""
	}
	place := relative(p.manager.root, p.Dir)
	up := strings.Repeat("../", strings.Count(place, "/")+3) //nolint:mnd // the place's own part, node_modules, .bin
	bin := path.Join(place, "node_modules", ".bin")
	return `
mkdir -p ` + quote(bin) + `
for file in node_modules/.bin/*; do
  name=` + quote(bin) + `/${file##*/}
  [ ! -e "$file" ] || [ -e "$name" ] || ln -s "` + up + `$file" "$name"
done`
}

// tidyManager takes away what yarn notes down beside the packages, and lays
// bun beside them where the program needs it. Its later
// versions look at it when they run a script.
func (p *planner) tidyManager(production bool) []string {
	if p.program.bun {
		return []string{"mkdir -p " + bunDir, "cp " + toolsDir + "/bin/bun " + bunProgram}
	}
	if p.manager.tool != toolYarn {
		return nil
	}
	line := "rm -rf .yarn node_modules/.yarn-integrity node_modules/.package-map.json"
	if production {
		line += " node_modules/.yarn-state.yml node_modules/" + berryState
	}
	return []string{line}
}

// committedCache is where yarn keeps packages in the repository.
const committedCache = ".yarn/cache"

// hasCommittedCache tells that the repository brings its packages along.
func (p *planner) hasCommittedCache() bool {
	return p.manager.berry() && repo.IsDir(p.Tree, path.Join(p.manager.root, committedCache))
}

// managerFiles are the settings of yarn and bun that decide what is
// installed.
func (p *planner) managerFiles() []string {
	var files []string
	for _, name := range []string{yarnrc, ".yarnrc", "bunfig.toml"} {
		if file := path.Join(p.manager.root, name); repo.IsFile(p.Tree, file) {
			files = append(files, file)
		}
	}
	dirs := []string{".yarn/patches", ".yarn/plugins"}
	if p.hasCommittedCache() {
		dirs = append(dirs, committedCache)
	}
	for _, name := range dirs {
		if dir := path.Join(p.manager.root, name); repo.IsDir(p.Tree, dir) {
			files = append(files, dir)
		}
	}
	return files
}

// bunLayer puts bun into the image of a program without dependencies.
func bunLayer() slipway.Layer {
	return slipway.Layer{Role: slipway.RoleDependencies, From: &slipway.Output{Step: stepManager, Mount: toolsDir, Path: "bin"}, To: bunDir}
}
