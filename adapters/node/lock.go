package node

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/slipway-ci/slipway/adapters/repo"
)

// maxLock is the most that is read of a lockfile, in bytes. A larger one is
// left to the package manager, which says the same later.
const maxLock = 8 << 20

// npmLock is a package-lock.json of version 2 or 3; the packages by their
// places, "" for the root and "node_modules/x".
type npmLock struct {
	Version  int `json:"lockfileVersion"`
	Packages map[string]struct {
		Dev  bool            `json:"dev"`
		Link bool            `json:"link"`
		Bin  json.RawMessage `json:"bin"`
	} `json:"packages"`
}

// pnpmLock is the part of a pnpm-lock.yaml that says what was asked for.
type pnpmLock struct {
	Version   string `yaml:"lockfileVersion"`
	Importers map[string]struct {
		Dependencies map[string]any `yaml:"dependencies"`
		Dev          map[string]any `yaml:"devDependencies"`
	} `yaml:"importers"`
	Dependencies map[string]any `yaml:"dependencies"` // of version 6, of a package alone
	Dev          map[string]any `yaml:"devDependencies"`
}

// checkLock sees that the lockfile knows every dependency that is asked for;
// where a version differs, the package manager decides.
func (p *planner) checkLock() error {
	if p.manager.lock == "" {
		return nil
	}
	info, err := fs.Stat(p.Tree, p.manager.lock)
	if err != nil || info.Size() > maxLock {
		return nil //nolint:nilerr // what cannot be seen here, the package manager sees
	}
	data, err := fs.ReadFile(p.Tree, p.manager.lock)
	if err != nil {
		return invalid("%s cannot be read", repo.Quote(p.manager.lock)).Because(err)
	}
	if bytes.Contains(data, []byte("\n<<<<<<< ")) {
		return invalid("%s holds the marks of a merge conflict", repo.Quote(p.manager.lock)).WithHint("run `%s install` and commit what it writes", p.manager.tool)
	}
	switch {
	case p.manager.tool == toolPnpm:
		return p.checkPnpmLock(data)
	case p.manager.tool == toolYarn:
		return p.checkYarnLock(data)
	case p.manager.tool == toolBun && path.Ext(p.manager.lock) == ".lockb":
		return nil // bun's own form, which bun reads
	case p.manager.tool == toolBun:
		return p.checkBunLock(data)
	}
	return p.checkNpmLock(data)
}

func (p *planner) checkNpmLock(data []byte) error {
	lock, err := parseNpmLock(data)
	if err != nil {
		return invalid("%s is not a lockfile of npm", repo.Quote(p.manager.lock)).WithHint("run `npm install` and commit what it writes").Because(err)
	}
	p.sources.npm = lock
	if lock.Packages == nil {
		return nil // version 1, of npm 6, which npm converts
	}
	for _, m := range p.installed() {
		place := strings.TrimPrefix(strings.TrimPrefix(m.dir, p.manager.root), "/")
		if p.manager.root == "." && m.dir != "." {
			place = m.dir
		}
		for _, group := range []string{"dependencies", "devDependencies"} {
			for _, name := range sortedKeys(m.group(group)) {
				_, inRoot := lock.Packages["node_modules/"+name]
				_, own := lock.Packages[path.Join(place, "node_modules", name)]
				if !inRoot && !own {
					return p.outOfStep(m, group+"."+name, name)
				}
			}
		}
	}
	return nil
}

func parseNpmLock(data []byte) (lock npmLock, err error) {
	err = json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &lock)
	return lock, err
}

func (p *planner) checkPnpmLock(data []byte) error {
	lock, err := parsePnpmLock(data)
	if err != nil {
		return invalid("%s is not a lockfile of pnpm", repo.Quote(p.manager.lock)).WithHint("run `pnpm install` and commit what it writes").Because(err)
	}
	if major := majorOf(lock.Version); major != 0 && major < oldPnpmLock || major == oldPnpmLock && p.manager.major > oldPnpm {
		return invalid("%s has the version %s, which pnpm %s does not read", repo.Quote(p.manager.lock), lock.Version, cmp.Or(p.manager.version, "of the stack")).
			WithHint("run `pnpm install` and commit what it writes")
	}
	p.sources.pnpmLock = lock.Version
	for _, m := range p.installed() {
		importer, ok := lock.Importers[relative(p.manager.root, m.dir)]
		deps, dev := importer.Dependencies, importer.Dev
		if !ok && m.dir == p.manager.root {
			deps, dev = lock.Dependencies, lock.Dev
		}
		for group, known := range map[string]map[string]any{"dependencies": deps, "devDependencies": dev} {
			for _, name := range sortedKeys(m.group(group)) {
				if _, ok := known[name]; !ok && m.Optional[name] == "" && (group == "dependencies" || m.Dependencies[name] == "") {
					return p.outOfStep(m, group+"."+name, name)
				}
			}
		}
	}
	return nil
}

// packagesOfLock is where the part begins that says what was resolved; it is
// by far the longest and needed for nothing here.
var packagesOfLock = regexp.MustCompile(`(?m)^(packages|snapshots):`)

func parsePnpmLock(data []byte) (lock pnpmLock, err error) {
	if at := packagesOfLock.FindIndex(data); at != nil {
		data = data[:at[0]]
	}
	err = yaml.Unmarshal(data, &lock)
	return lock, err
}

// installed are the packages whose dependencies are installed for the
// service.
func (p *planner) installed() []*pkg {
	all := append([]*pkg{p.pkg}, p.space.needs...)
	if p.space.root != p.pkg {
		all = append(all, p.space.root)
	}
	return all
}

func (m *pkg) group(key string) map[string]string {
	if key == "dependencies" {
		return m.Dependencies
	}
	return m.Dev
}

func (p *planner) outOfStep(m *pkg, key, name string) error {
	return invalid("%s lacks %s, which %s asks for", repo.Quote(p.manager.lock), name, m.at(key)).
		WithHint("run `%s install` and commit %s", p.manager.tool, path.Base(p.manager.lock)).
		WithDetails(fmt.Sprintf("%s: %q: %q", m.at(key), name, m.group(strings.SplitN(key, ".", 2)[0])[name])) //nolint:mnd // the key and the rest
}

// relative is a directory of the tree as seen from another one above it.
func relative(from, dir string) string {
	if from == dir {
		return "."
	}
	if from == "." {
		return dir
	}
	return strings.TrimPrefix(dir, from+"/")
}
