package node

import (
	"path"
	"regexp"
	"strconv"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// exact is a version that a registry has or has not.
var exact = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// Versions of bun and of yarn 1 for repositories that name none.
const (
	defaultYarn1 = "1.22.22"
	defaultBun   = "1.4.5"
)

// yarns are the versions of yarn for repositories that name none: a yarn
// writes a lockfile of an older version anew, which an exact installation
// must not. So each gets the last one that leaves its lockfile as it is.
func yarns() []struct {
	lock, major int
	version     string
} {
	return []struct {
		lock, major int
		version     string
	}{
		{10, 4, "4.18.1"}, // the first of a major is the one for no lockfile
		{9, 4, "4.14.1"},
		{8, 4, "4.13.0"},
		{6, 3, "3.8.7"},
		{5, 3, "3.1.1"},
		{4, 2, "2.4.2"},
	}
}

// findManagerVersion decides which version installs: the exact one that is
// named, else one of ours that reads the lockfile. npm is the stack's.
func (p *planner) findManagerVersion(named, key string) error {
	m, root := &p.manager, p.space.root
	e := slipway.Evidence{File: root.file(), Line: root.lines[key], Found: key + " names " + string(m.tool) + " " + named}
	switch m.tool {
	case toolPnpm:
		return p.findPnpm(named, key)
	case toolNpm:
		if key != "" {
			e.Found = key + " names " + string(m.tool)
			e.Means = "installed with the stack's " + string(m.tool)
			p.note(e)
		}
		return nil
	case toolYarn, toolBun:
	default:
		return invalid("%s names the package manager %.40q, which is not known here", root.at(key), string(m.tool)).WithHint("npm, pnpm, yarn and bun are")
	}
	found, err := p.pinnedManager()
	if err != nil {
		return err
	}
	if key == "" {
		e = found
	}
	if exact.MatchString(named) {
		m.version = named
	}
	e.Means = "installed with " + string(m.tool) + " " + m.version + ", which is fetched for the build"
	e.Knob = `"packageManager": "` + string(m.tool) + "@" + m.version + `" in ` + packageFile
	p.note(e)
	p.noteLinker()
	return nil
}

// pinnedManager sets the version that a repository gets which names none.
func (p *planner) pinnedManager() (slipway.Evidence, error) {
	m := &p.manager
	e := slipway.Evidence{File: p.space.root.file(), Found: "no version of " + string(m.tool)}
	if m.tool == toolBun {
		m.version = defaultBun
		return e, nil
	}
	lock, err := p.yarnLockVersion()
	if err != nil {
		return e, err
	}
	if m.lock != "" && m.major > 0 && (m.major == 1) == (lock != 0) {
		return e, invalid("%s is not one of yarn %d, which %s names", repo.Quote(m.lock), m.major, p.space.root.at("packageManager")).
			WithHint("run `yarn install` with the yarn that is named and commit yarn.lock")
	}
	if lock != 0 || m.lock == "" && (m.major > 1 || m.major == 0 && p.berrySettings()) {
		err = p.pinnedBerry(lock)
	} else {
		m.major, m.version = 1, defaultYarn1
	}
	if m.lock != "" {
		e = slipway.Evidence{File: m.lock, Found: "a lockfile of yarn " + strconv.Itoa(m.major)}
	}
	return e, err
}

// yarnLockVersion is that of the service's lockfile, 0 without one and for
// one of yarn 1.
func (p *planner) yarnLockVersion() (int, error) {
	if p.manager.lock == "" {
		return 0, nil
	}
	data, _, err := repo.Read(p.Tree, p.manager.lock)
	return yarnLockVersion(data), err
}

// pinnedBerry takes the yarn that leaves a lockfile of some version as it is,
// without one the last of the major version that is named.
func (p *planner) pinnedBerry(lock int) error {
	m := &p.manager
	for _, y := range yarns() {
		if y.lock == lock || lock == 0 && (y.major == m.major || m.major == 0) {
			m.major, m.version = y.major, y.version
			return nil
		}
	}
	if m.major == 0 {
		return invalid("%s has a version that no yarn known here writes", repo.Quote(p.where())).
			WithHint(`name the yarn that wrote it: "packageManager": "yarn@4.18.1" in %s`, repo.Quote(p.space.root.file()))
	}
	m.version = yarns()[0].version
	return nil
}

// where is the lockfile, or the package that has none.
func (p *planner) where() string {
	if p.manager.lock != "" {
		return p.manager.lock
	}
	return p.space.root.file()
}

// yarnrc is the settings file of yarn 2 and later.
const yarnrc = ".yarnrc.yml"

// berrySettings tells that there are settings which yarn 1 does not read.
func (p *planner) berrySettings() bool {
	return repo.IsFile(p.Tree, path.Join(p.manager.root, yarnrc))
}

var nodeLinker = regexp.MustCompile(`(?m)^nodeLinker\s*:\s*["']?([a-z-]+)`)

// noteLinker says that packages are installed as directories also where the
// repository has yarn's Plug'n'Play: the image then needs neither its loader,
// nor zip archives that each start reads.
func (p *planner) noteLinker() {
	if !p.manager.berry() {
		return
	}
	file := path.Join(p.manager.root, yarnrc)
	data, _, err := repo.Read(p.Tree, file)
	if err != nil {
		return // whoever runs yarn sees it
	}
	linker := option(nodeLinker, string(data), "pnp")
	if linker == "node-modules" {
		return
	}
	e := slipway.Evidence{File: file, Found: "nodeLinker: " + linker, Means: "the same packages are installed as node_modules, which node reads by itself"}
	if len(data) == 0 || !nodeLinker.Match(data) {
		e.File, e.Found = p.where(), "yarn's Plug'n'Play"
	}
	p.note(e)
}
