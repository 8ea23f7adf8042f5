package node

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// tool is a package manager.
type tool string

const (
	toolNpm  tool = "npm"
	toolPnpm tool = "pnpm"
	toolYarn tool = "yarn"
	toolBun  tool = "bun"
)

// manager is how the service's dependencies are installed.
type manager struct {
	tool    tool
	major   int    // that the repository asks for, 0 when it does not say
	version string // exact, of one that the stack does not have; "" is the stack's
	lock    string // in the tree, "" without one
	root    string // the directory in the tree that it is run in
}

// berry tells that it is the yarn that was written anew with version 2.
func (m manager) berry() bool { return m.tool == toolYarn && m.major > 1 }

// linksBins tells that the service's own directory is given every program
// that the root of its workspace has.
func (m manager) linksBins() bool { return m.version != "" && m.tool != toolPnpm }

// lockFile is a lockfile and whose it is.
type lockFile struct {
	name string
	tool tool
}

func lockFiles() []lockFile {
	return []lockFile{
		{"npm-shrinkwrap.json", toolNpm}, // npm prefers it (npm-shrinkwrap.json(5))
		{"package-lock.json", toolNpm},
		{"pnpm-lock.yaml", toolPnpm},
		{"yarn.lock", toolYarn},
		{"bun.lock", toolBun},
		{"bun.lockb", toolBun},
	}
}

// findManager decides who installs: whom package.json names, else whose
// lockfile is there.
func (p *planner) findManager() error {
	root := p.space.root
	p.manager = manager{tool: toolNpm, root: root.dir}
	locks := p.locks(root.dir)
	named, version, key := root.namesManager()
	switch {
	case named != "":
		p.manager.tool, p.manager.major = named, majorOf(version)
	case len(locks) > 0:
		if err := p.byLock(locks); err != nil {
			return err
		}
	case p.space.file != "" && path.Base(p.space.file) == pnpmWorkspaceFile:
		p.manager.tool = toolPnpm
	}
	for _, l := range locks {
		if l.tool == p.manager.tool {
			p.manager.lock = path.Join(root.dir, l.name)
			break
		}
	}
	if err := p.findManagerVersion(version, key); err != nil {
		return err
	}
	p.noteLock()
	return nil
}

func (p *planner) locks(dir string) []lockFile {
	var found []lockFile
	for _, l := range lockFiles() {
		if repo.IsFile(p.Tree, path.Join(dir, l.name)) {
			found = append(found, l)
		}
	}
	return found
}

// byLock takes the tool of the lockfile. One of npm or pnpm beside one of
// yarn or bun is believed where it has all that package.json asks for, since
// those are what a change of tools leaves behind; otherwise somebody has to
// say.
func (p *planner) byLock(locks []lockFile) error {
	can := slices.DeleteFunc(slices.Clone(locks), func(l lockFile) bool { return l.tool != toolNpm && l.tool != toolPnpm })
	if len(can) == 0 {
		can = locks
	}
	can = p.fitting(can, locks)
	p.manager.tool = can[0].tool
	details := make([]string, len(can))
	several := false
	for i, l := range can {
		several = several || l.tool != can[0].tool
		details[i] = repo.Quote(path.Join(p.space.root.dir, l.name)) + ": for " + string(l.tool)
	}
	if several {
		return slipway.Errorf(slipway.CodeAmbiguous, "%s has lockfiles of %d package managers", repo.Show(p.space.root.dir), len(can)).
			WithHint(`delete the one that nobody uses, or write for example "packageManager": "pnpm@10.0.0" into %s`, repo.Quote(p.space.root.file())).WithDetails(details...).WithClass(slipway.ClassCode)
	}
	for _, l := range locks {
		if l.tool != p.manager.tool {
			p.note(slipway.Evidence{
				File: path.Join(p.space.root.dir, l.name), Found: l.name,
				Means: "passed over: " + can[0].name + " lies beside it; delete the one that nobody uses, or name " + string(l.tool) + " as packageManager in " + repo.Quote(p.space.root.file()),
			})
		}
	}
	return nil
}

// fitting gives the lockfiles that have all that package.json asks for: of
// the preferred, else of all, else the preferred as they are.
func (p *planner) fitting(preferred, all []lockFile) []lockFile {
	if !slices.ContainsFunc(all, func(l lockFile) bool { return l.tool != all[0].tool }) {
		return preferred
	}
	for _, some := range [][]lockFile{preferred, all} {
		if fit := slices.DeleteFunc(slices.Clone(some), func(l lockFile) bool { return !p.fits(l) }); len(fit) > 0 {
			return fit
		}
	}
	return preferred
}

// fits tells whether a lockfile would pass for the service's.
func (p *planner) fits(l lockFile) bool {
	trial := *p
	trial.manager.tool, trial.manager.lock = l.tool, path.Join(p.manager.root, l.name)
	if data, _, err := repo.Read(p.Tree, trial.manager.lock); err == nil && l.tool == toolYarn {
		trial.manager.major = yarnLockVersion(data)
	}
	return trial.checkLock() == nil
}

func (p *planner) noteLock() {
	m := p.manager
	if m.lock != "" {
		p.note(slipway.Evidence{File: m.lock, Found: path.Base(m.lock), Means: "dependencies are exactly those, installed with " + string(m.tool)})
		return
	}
	if p.hasDependencies() {
		p.note(slipway.Evidence{
			File: p.space.root.file(), Found: "no lockfile",
			Means: "dependencies resolve anew, and may differ tomorrow; commit the lockfile that `" + string(m.tool) + " install` writes",
		})
	}
}

// hasDependencies tells whether there is anything to install.
func (p *planner) hasDependencies() bool {
	for _, m := range append([]*pkg{p.pkg, p.space.root}, p.space.needs...) {
		if len(m.Dependencies)+len(m.Optional)+len(m.Dev) > 0 {
			return true
		}
	}
	return false
}

// namesManager reads the fields packageManager ("pnpm@9.1.0+sha512…") and
// devEngines.packageManager.
func (p *pkg) namesManager() (name tool, version, key string) {
	if p.PackageManager != "" {
		name, version, _ := strings.Cut(p.PackageManager, "@")
		version, _, _ = strings.Cut(version, "+")
		return tool(name), version, "packageManager"
	}
	if t, version := p.devEngine("packageManager"); t != "" {
		return tool(t), version, "devEngines"
	}
	return "", "", ""
}

// devEngine reads a member of devEngines, which is an object or a list of
// them (package.json(5)).
func (p *pkg) devEngine(key string) (name, version string) {
	type engine struct{ Name, Version string }
	var all map[string]json.RawMessage
	if json.Unmarshal(p.raw["devEngines"], &all) != nil {
		return "", ""
	}
	var one engine
	if json.Unmarshal(all[key], &one) == nil {
		return one.Name, one.Version
	}
	var list []engine
	if json.Unmarshal(all[key], &list) == nil && len(list) > 0 {
		return list[0].Name, list[0].Version
	}
	return "", ""
}

// majorOf is the first number of a version or a constraint, 0 without one.
func majorOf(version string) int {
	version = strings.TrimLeft(version, "^~>=v ")
	first, _, _ := strings.Cut(version, ".")
	n, err := strconv.Atoi(first)
	if err != nil {
		return 0
	}
	return n
}
