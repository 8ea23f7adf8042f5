package node

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// Majors of pnpm: the one that the stack has, the first whose settings are
// pnpm's own and not npm's, the first that is a program for a processor, and
// the one that wrote lockfiles of version 5.
const (
	stackPnpm    = 10
	ownPnpm      = 11
	compiledPnpm = 12
	oldPnpm      = 7
)

// pnpms are the versions that repositories get which name only a major one.
func pnpms() map[int]string {
	return map[int]string{oldPnpm: "7.33.7", 8: "8.15.9", 9: "9.15.9", ownPnpm: "11.28.11", compiledPnpm: "12.21.0"}
}

// findPnpm takes the stack's pnpm, unless another major version is named: a
// pnpm reads the lockfiles of its own time, its settings stand in other
// files, and which packages may run scripts is another list.
func (p *planner) findPnpm(named, key string) error {
	m, root := &p.manager, p.space.root
	e := slipway.Evidence{File: root.file(), Line: root.lines[key], Found: key + " names pnpm " + named}
	if key == "" && p.pnpmLockMajor() == oldPnpmLock {
		m.major, e.File, e.Found = oldPnpm, m.lock, "a lockfile of pnpm 7 or older"
	}
	switch {
	case m.major == 0 && key == "":
		return nil
	case m.major == 0 || m.major == stackPnpm:
		e.Means = "installed with the stack's pnpm"
		p.note(e)
		return nil
	case exact.MatchString(named):
		m.version = named
	default:
		if m.version = pnpms()[m.major]; m.version == "" {
			return invalid("%s names pnpm %.40q, of which no version is known here", root.at(key), named).
				WithHint(`name it exactly: "packageManager": "pnpm@%s"`, pnpms()[compiledPnpm])
		}
	}
	e.Means, e.Knob = "installed with pnpm "+m.version+", which is fetched for the build", `"packageManager": "pnpm@`+m.version+`" in `+packageFile
	p.note(e)
	return nil
}

// oldPnpmLock is the version of the lockfiles that pnpm 8 and later do not
// read.
const oldPnpmLock = 5

// pnpmLockMajor is that of the service's lockfile, 0 without one.
func (p *planner) pnpmLockMajor() int {
	if p.manager.lock == "" {
		return 0
	}
	data, _, err := repo.Read(p.Tree, p.manager.lock)
	if err != nil {
		return 0 // a large one is none of years ago
	}
	lock, err := parsePnpmLock(data)
	if err != nil {
		return 0
	}
	return majorOf(lock.Version)
}

// hoisted leaves of what pnpm notes down beside the packages the part that nx
// reads, without the time and the registry.
const hoisted = `node -e '
const fs = require("fs"), text = fs.readFileSync("/tmp/modules.yaml", "utf8");
let kept;
try {
  kept = JSON.stringify({hoistedDependencies: JSON.parse(text).hoistedDependencies || {}});
} catch {
  kept = (/^hoistedDependencies:.*\n(?: .*\n)*/m.exec(text) || ["hoistedDependencies: {}\n"])[0];
}
fs.writeFileSync("node_modules/.modules.yaml", kept);'`

// readsHoisted tells that nx builds what pnpm installed.
func (p *planner) readsHoisted() bool {
	return p.manager.tool == toolPnpm && p.build.tool == "nx" && p.manager.lock != ""
}

// bringPnpm are the lines that lay pnpm out from what npm installed.
func (p *planner) bringPnpm() []string {
	lines := []string{"cp -R /tmp/manager/node_modules/pnpm " + toolsDir + "/pnpm"}
	if p.manager.major >= compiledPnpm {
		return append(lines,
			"cp -f /tmp/manager/node_modules/@pnpm/exe.linux-*/pnpm "+toolsDir+"/pnpm/pnpm",
			"chmod 0755 "+toolsDir+"/pnpm/pnpm",
			"ln -s ../pnpm/pnpm "+toolsDir+"/bin/pnpm")
	}
	file := "pnpm.cjs"
	if p.manager.major >= ownPnpm {
		file = "pnpm.mjs"
	}
	return append(lines, "ln -s ../pnpm/bin/"+file+" "+toolsDir+"/bin/pnpm", "chmod 0755 "+toolsDir+"/pnpm/bin/"+file)
}

// pnpmEnv says to a later pnpm what the others are told as npm's settings,
// and that its version and the packages were seen to.
func (p *planner) pnpmEnv(env map[string]string) {
	if p.manager.major < ownPnpm {
		return
	}
	for _, name := range sortedKeys(env) {
		if rest, ok := strings.CutPrefix(name, "npm_config_"); ok {
			env["pnpm_config_"+rest] = env[name]
		}
	}
	env["pnpm_config_pm_on_fail"] = "ignore"
	env["pnpm_config_verify_deps_before_run"] = "false"
}

// patchFiles are the files that pnpm changes packages by, wherever they lie.
func (p *planner) patchFiles() []string {
	var settings struct {
		Patched map[string]string `json:"patchedDependencies"`
	}
	if json.Unmarshal(p.space.root.raw["pnpm"], &settings) != nil {
		settings.Patched = nil
	}
	var files []string
	for _, patched := range []map[string]string{settings.Patched, p.space.pnpm.Patched} {
		for _, name := range sortedKeys(patched) {
			if file := path.Join(p.manager.root, patched[name]); repo.IsFile(p.Tree, file) {
				files = append(files, file)
			}
		}
	}
	return files
}
