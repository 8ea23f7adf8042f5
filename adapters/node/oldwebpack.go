package node

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// webpackLocked is a version of webpack in the lockfiles of npm, yarn, pnpm
// and bun.
var webpackLocked = regexp.MustCompile(`(?:["/]webpack"?: \{\s*"version": "|(?m:^"?webpack@[^\n]*:\n  version:? "?)|[\s"'/]webpack[@/])(\d+)\.(\d+)\.\d`)

// lockedOldWebpack tells whether a lockfile has a webpack that hashes with
// MD4, which OpenSSL 3 and so Node.js from 17 on has among its old algorithms
// alone: 4 before 4.47 and 5 before 5.61, which bring an own. Lockfiles are
// large, so the pattern looks near the name alone.
func lockedOldWebpack(lock []byte) bool {
	const near = 400 // bytes from a name to its version
	name := []byte("webpack")
	for at := 0; ; at += len(name) {
		next := bytes.Index(lock[at:], name)
		if next < 0 {
			return false
		}
		at += next
		if m := webpackLocked.FindSubmatch(lock[max(0, at-1):min(len(lock), at+near)]); m != nil {
			major, _ := strconv.Atoi(string(m[1])) // digits
			minor, _ := strconv.Atoi(string(m[2]))
			if major == 4 && minor < 47 || major == 5 && minor < 61 {
				return true
			}
		}
	}
}

// allowOldHashes has the build's Node.js use the old algorithms, when its
// webpack needs them: the one that is locked, or that is part of a tool.
func (p *planner) allowOldHashes() {
	e := slipway.Evidence{Means: "hashes with MD4: Node.js is told to have the old algorithms of OpenSSL while it builds"}
	for _, tool := range []struct {
		pkg      string
		from, to int // major versions
	}{{"react-scripts", 2, 4}, {"next", 9, 11}} {
		if major := majorOf(p.pkg.asked(tool.pkg)); major >= tool.from && major <= tool.to {
			e.File, e.Line, e.Found = p.pkg.file(), p.line(tool.pkg), tool.pkg+" "+p.pkg.asked(tool.pkg)
		}
	}
	if p.manager.lock != "" && e.Found == "" {
		if data, _, err := repo.Read(p.Tree, p.manager.lock); err == nil && lockedOldWebpack(data) {
			e.File, e.Found = p.manager.lock, "an old webpack"
		}
	}
	if p.build.oldHashes = e.Found != "" && p.build.needed(); p.build.oldHashes {
		p.note(e)
	}
}

// oldHashes is the build's line for that; an older Node.js knows no such
// option, and needs none.
const oldHashes = `if node --openssl-legacy-provider -e 0 2>/dev/null; then export NODE_OPTIONS="${NODE_OPTIONS:-} --openssl-legacy-provider"; fi`
