package solve

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/slipway-ci/slipway"
)

var (
	rustToken    = regexp.MustCompile("(no token found|token rejected) for `([^`]+)`")
	rustRegistry = regexp.MustCompile("registry index was not found in any configuration: `([^`]+)`")
	rustLock     = regexp.MustCompile(`the lock file \S+ (needs to be updated but|because) --locked was passed|cannot update the lock file`)
	rustNone     = regexp.MustCompile("no matching package named `([^`]+)` found|failed to select a version for the requirement `([^`]+)`")
	rustScript   = regexp.MustCompile("failed to run custom build command for `([^` ]+) v([^` ]+)([^`]*)`")
	rustTooNew   = regexp.MustCompile(`^\s*(?:rustc (\S+) is not supported by|(\S+@\S+) requires rustc (\S+))`)
	rustLinker   = regexp.MustCompile(`(?:unable to find library|cannot find) -l([A-Za-z0-9_.+-]+)`)
	rustGit      = regexp.MustCompile(`failed to (load source|fetch into|clone into)|Unable to update`)
	rustCrate    = regexp.MustCompile("could not compile `([^`]+)`")
	rustPkg      = regexp.MustCompile("The system library `([^`]+)` required by crate `([^`]+)` was not found")
	rustNightly  = regexp.MustCompile("E0554|`#!\\[feature\\]` may not be used on the stable release channel")
)

// hintRust says whose failure the words of cargo are, and what mends it;
// false when nothing is known.
func hintRust(p slipway.Plan, lines []string) (slipway.Class, string, bool) {
	if p.Language != slipway.LanguageRust {
		return "", "", false
	}
	text := strings.Join(lines, "\n")
	for _, look := range []func(string) (slipway.Class, string){rustRelease, rustSource, rustFit, rustSystem} {
		if class, hint := look(text); hint != "" {
			return class, hint, true
		}
	}
	return "", "", false
}

// rustSource knows what hinders cargo from getting a crate.
func rustSource(text string) (slipway.Class, string) {
	if m := rustToken.FindStringSubmatch(text); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("the registry %s wants a token that it knows: on the machine that builds, put the registry's index into config.toml and its token into credentials.toml of Cargo (`cargo login --registry %s`), or set CARGO_REGISTRIES_%s_INDEX and _TOKEN",
			m[2], m[2], strings.ToUpper(strings.ReplaceAll(m[2], "-", "_")))
	}
	if m := rustRegistry.FindStringSubmatch(text); m != nil {
		return slipway.ClassCode, fmt.Sprintf("nothing says where the registry %s is: commit `[registries.%s] index = …` in .cargo/config.toml, or set it in Cargo's settings of the machine that builds", m[1], m[1])
	}
	if m := rustNone.FindStringSubmatch(text); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("the registry has no %s: check the name and the version in Cargo.toml", m[1]+m[2])
	}
	if strings.Contains(text, "git") && rustGit.MatchString(text) && !strings.HasSuffix(strings.TrimSpace(text), "-> 502") { // then dependencyFailed says more
		return slipway.ClassDependency, "a git dependency could not be had: use an https URL, and put credentials for its host into .netrc of the machine that builds"
	}
	return "", ""
}

// rustFit knows what does not fit together in a repository.
func rustFit(text string) (slipway.Class, string) {
	switch {
	case rustLock.MatchString(text):
		return slipway.ClassCode, "Cargo.lock does not fit Cargo.toml: run `cargo check` and commit Cargo.lock"
	case rustNightly.MatchString(text):
		return slipway.ClassCode, "the program uses features of nightly, which no stack has: build with what a release has"
	case rustTooNew.MatchString(text) || strings.Contains(text, "requires rustc"):
		return slipway.ClassCode, "a crate needs a newer Rust than it is built with: set a newer `version` in slipway.yaml, or an older crate with `cargo update CRATE --precise VERSION`"
	}
	return "", ""
}

// rustSystem knows what a crate lacks of the system.
func rustSystem(text string) (slipway.Class, string) {
	if m := rustPkg.FindStringSubmatch(text); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("the crate %s needs the library %s: name its Debian packages in slipway.yaml, packages.build (…-dev) and packages.run", m[2], m[1])
	}
	if m := rustLinker.FindStringSubmatch(text); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("the library %s is not there: name its Debian packages in slipway.yaml, packages.build (…-dev) and packages.run", m[1])
	}
	if m := rustScript.FindStringSubmatch(text); m != nil && m[3] == "" {
		return slipway.ClassDependency, fmt.Sprintf("the build script of the crate %s %s failed; its lines above say what it lacks, often a Debian package for packages.build in slipway.yaml", m[1], m[2])
	}
	if m := rustCrate.FindStringSubmatch(text); m != nil && strings.Contains(text, "/cargo/registry/") {
		return slipway.ClassDependency, fmt.Sprintf("the crate %s does not compile with this Rust: `cargo update %s`, or set another `version` in slipway.yaml", m[1], m[1])
	}
	return "", ""
}
