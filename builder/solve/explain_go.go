package solve

import (
	"fmt"
	"regexp"

	"github.com/slipway-ci/slipway"
)

var (
	goSum       = regexp.MustCompile(`missing go\.sum entry|updates to go\.(mod|sum) needed|updating go\.sum: open|go\.sum: malformed|inconsistent vendoring`)
	goPrivate   = regexp.MustCompile(`(?:go: |module )?([a-z0-9.-]+\.[a-z]+/[^@\s:]+)@?[^\s:]*:? .*?(?:could not read Username|terminal prompts disabled|404 Not Found|410 Gone|401 Unauthorized|403 Forbidden|unrecognized import path)`)
	noLibrary   = regexp.MustCompile(`cannot find -l([A-Za-z0-9_.+-]+)|Package '?([A-Za-z0-9_.+-]+)'?,? (?:was not found|required by)|fatal error: ([A-Za-z0-9_./-]+)\.h: No such file`)
	goNoPackage = regexp.MustCompile(`(?:cannot find module providing package|no required module provides package|: package) ([^\s:;]+)(?:: import lookup disabled|; to add it| is not in std)`)
	goToolchain = regexp.MustCompile(`(\S+) requires go >= (\S+) \(running go (\S+);`)
)

// hintGo says what the words of the go command and of its C compiler mean,
// "" when nothing is known, and whose failure they show where that is plain.
func hintGo(lines []string) (slipway.Class, string) {
	for _, line := range lines {
		if m := goToolchain.FindStringSubmatch(line); m != nil {
			return slipway.ClassCode, fmt.Sprintf("%s needs Go %s and the stack has %s: write `version: %q` in slipway.yaml, or raise the go line of go.mod", m[1], m[2], m[3], m[2])
		}
		if goSum.MatchString(line) {
			return slipway.ClassCode, "go.mod, go.sum and the sources do not fit: run `go mod tidy` (and `go mod vendor` where vendor is committed), and commit what changes"
		}
		if m := goNoPackage.FindStringSubmatch(line); m != nil {
			return slipway.ClassCode, fmt.Sprintf("package %s is neither in the repository nor of a module that go.mod requires: if it is generated, commit it, or make it with commands.build of slipway.yaml; if it is another module's, `go get` it and commit go.mod and go.sum", m[1])
		}
		if m := noLibrary.FindStringSubmatch(line); m != nil {
			return "", fmt.Sprintf("the C library %s is not there: name its Debian packages in slipway.yaml, packages.build (…-dev) and packages.run", m[1]+m[2]+m[3])
		}
		if m := goPrivate.FindStringSubmatch(line); m != nil {
			return "", fmt.Sprintf("the module %s is not public, or not there: set GOPRIVATE or GOPROXY (`go env -w`), and its credentials in ~/.netrc, on the machine that builds", m[1])
		}
	}
	return "", ""
}
