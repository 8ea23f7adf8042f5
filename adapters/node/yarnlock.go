package node

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-ci/slipway/adapters/repo"
)

var yarnMetadata = regexp.MustCompile(`(?m)^__metadata:\r?\n(?:  [^\n]*\n)*?  version: "?(\d+)`)

// yarnLockVersion is the version of a lockfile of yarn 2 or later, 0 for one
// of yarn 1.
func yarnLockVersion(data []byte) int {
	m := yarnMetadata.FindSubmatch(data)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return 0
	}
	return n
}

// yarnLock is what a yarn.lock has been asked for: names, and those with
// ranges as they stand there ("ms@^2.1.2", "ms@npm:^2.1.2").
type yarnLock struct {
	names    map[string]bool
	patterns map[string]bool
}

// parseYarnLock reads the lines that begin entries, which are alike in all
// versions: patterns with commas between them, each or all quoted.
func parseYarnLock(data []byte) yarnLock {
	lock := yarnLock{map[string]bool{}, map[string]bool{}}
	for line := range bytes.Lines(data) {
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" || text[0] == ' ' || text[0] == '#' || !strings.HasSuffix(text, ":") {
			continue
		}
		for pattern := range strings.SplitSeq(strings.TrimSuffix(text, ":"), ",") {
			pattern = strings.Trim(pattern, ` "`)
			lock.patterns[pattern] = true
			if name, ok := nameOf(pattern); ok {
				lock.names[name] = true
			}
		}
	}
	return lock
}

// nameOf is the package of a pattern.
func nameOf(pattern string) (string, bool) {
	if pattern == "" {
		return "", false
	}
	at := strings.Index(pattern[1:], "@")
	if at < 0 {
		return "", false
	}
	return pattern[:at+1], true
}

// checkYarnLock sees that the lockfile knows what is asked for. yarn 1 does
// not look at what the packages of a workspace ask for, so for it the ranges
// are compared, too.
func (p *planner) checkYarnLock(data []byte) error {
	lock := parseYarnLock(data)
	for _, m := range p.installed() {
		for _, group := range []string{"dependencies", "devDependencies"} {
			for _, name := range sortedKeys(m.group(group)) {
				spec := m.group(group)[name]
				if p.space.member(name) != nil || p.resolvedOtherwise(name) || strings.HasPrefix(spec, "link:") || strings.HasPrefix(spec, "portal:") {
					continue
				}
				known := lock.names[name]
				if known && !p.manager.berry() && !lock.patterns[name+"@"+spec] && plainRange.MatchString(spec) {
					known = false
				}
				if !known {
					return p.outOfStep(m, group+"."+name, name)
				}
			}
		}
	}
	return nil
}

// plainRange is a version or a range as it stands in a lockfile, too.
var plainRange = regexp.MustCompile(`^[\^~]?\d+(\.\d+){0,2}$`)

// resolvedOtherwise tells that the workspace's root says which version of a
// package there is, whoever asks for what.
func (p *planner) resolvedOtherwise(name string) bool {
	for key := range texts(p.space.root.raw["resolutions"]) {
		if key == name || strings.HasSuffix(key, "/"+name) || strings.HasPrefix(key, name+"@") {
			return true
		}
	}
	return false
}

// member is the package of the workspace that has a name.
func (w workspace) member(name string) *pkg {
	for _, m := range w.members {
		if m.Name == name {
			return m
		}
	}
	if w.root.Name == name {
		return w.root
	}
	return nil
}

// checkBunLock sees that the lockfile has what the packages of the workspace
// ask for, which bun does not do when it installs some of them.
func (p *planner) checkBunLock(data []byte) error {
	lock, err := parseBunLock(data)
	if err != nil {
		return invalid("%s is not a lockfile of bun", repo.Quote(p.manager.lock)).WithHint("run `bun install` and commit what it writes").Because(err)
	}
	for _, m := range p.installed() {
		place := relative(p.manager.root, m.dir)
		if place == "." {
			place = ""
		}
		known := lock.Workspaces[place]
		for _, group := range []string{"dependencies", "devDependencies"} {
			for _, name := range sortedKeys(m.group(group)) {
				spec, ok := known.group(group)[name]
				if other, also := known.Optional[name]; !ok && also {
					spec, ok = other, true
				}
				if !ok || spec != m.group(group)[name] {
					return p.outOfStep(m, group+"."+name, name)
				}
			}
		}
	}
	return nil
}
