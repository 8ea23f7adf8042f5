package node

import (
	"maps"
	"path"

	"github.com/slipway-ci/slipway"
)

// Debian's Chromium without a screen, which is a third of the one with; and
// the program itself, since the shell script that stands in front of it calls
// what the image does not have.
const (
	chromiumPackage = "chromium-headless-shell"
	chromium        = "/usr/lib/chromium/chromium-headless-shell"
)

// playwrights are the packages through which a program drives a browser with
// Playwright.
func playwrights() []string { return []string{"playwright", "playwright-core", "playwright-chromium"} }

// drivesPlaywright tells whether the running program drives a browser so.
func (p *planner) drivesPlaywright() bool {
	if p.program.pages != "" {
		return false
	}
	for _, name := range playwrights() {
		if owner := p.owner(name); owner != nil && owner.runs(name) {
			return true
		}
	}
	return false
}

func (p *planner) browsersDir() string {
	return path.Join(at(p.manager.root), "node_modules", ".browsers")
}

// linkBrowsers puts Debian's Chromium where Playwright looks for the one that
// it would fetch.
func (p *planner) linkBrowsers() string {
	return p.inService("PLAYWRIGHT_BROWSERS_PATH=" + quote(p.browsersDir()) + ` node -e '
const fs = require("fs"), path = require("path"), { createRequire } = require("module");
let at = process.cwd() + "/package.json";
for (const name of ["playwright-chromium", "playwright", "playwright-core"]) {
  try { at = createRequire(at).resolve(name + "/package.json"); } catch {}
}
const core = path.dirname(at), old = core + "/lib/server/registry/index.js";
const found = fs.existsSync(old) ? require(old) : require(core + "/lib/coreBundle.js").registry;
for (const name of ["chromium", "chromium-headless-shell"]) {
  const program = found.registry.findExecutable(name);
  if (!program) continue;
  const file = program.executablePath();
  fs.mkdirSync(path.dirname(file), {recursive: true});
  fs.symlinkSync("` + chromium + `", file);
}'`)
}

// browserEnv tells the program where the browser is, and the browser where it
// may write.
func (p *planner) browserEnv(plan *slipway.Plan) {
	env := map[string]string{}
	puppeteer := p.pkg.runs("puppeteer") && p.program.pages == ""
	if puppeteer {
		env["PUPPETEER_EXECUTABLE_PATH"] = chromium
	}
	if p.drivesPlaywright() {
		env["PLAYWRIGHT_BROWSERS_PATH"] = p.browsersDir()
		env["PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS"] = "1"
	}
	if len(env) > 0 {
		env["XDG_CONFIG_HOME"], env["XDG_CACHE_HOME"] = "/tmp/.config", "/tmp/.cache"
	}
	maps.Copy(env, plan.Env)
	plan.Env = env
}
