package solve

import (
	"fmt"
	"regexp"

	"github.com/slipway-ci/slipway"
)

// What the step says that fetches a release of Rust which no stack has, and
// an older cargo of a lock file that a newer one wrote.
var (
	rustNoRelease = regexp.MustCompile(`slipway: there is no Rust (\S+) at ([^\s;]+)(?:; the newest (?:\S+ )?is (\S+))?`)
	rustNoTarget  = regexp.MustCompile(`slipway: Rust (\S+) has no (\S+) for (\S+)`)
	rustOther     = regexp.MustCompile(`slipway: Rust (\S+) is not what it should be: the SHA-256 of (\S+) is`)
	rustUnreached = regexp.MustCompile(`slipway: Rust (\S+) cannot be fetched from (\S+)`)
	rustNewLock   = regexp.MustCompile("lock file version `?([0-9]+)`? (?:requires `-Znext-lockfile-bump`|was found, but this version of Cargo does not understand)")
)

// rustRelease knows what hinders a step from having the release that the
// repository names, and that release from reading the repository.
func rustRelease(text string) (slipway.Class, string) {
	const mirror = "RUSTUP_DIST_SERVER of the machine that builds"
	if m := rustNoRelease.FindStringSubmatch(text); m != nil {
		write := "name one that was published"
		if m[3] != "" {
			write = "write " + m[3]
		}
		return slipway.ClassCode, fmt.Sprintf("%s in the toolchain file, rust-version or `version:` of slipway.yaml, whichever names %s; or, where it is the mirror that lacks it, name another with %s", write, m[1], mirror)
	}
	if m := rustNoTarget.FindStringSubmatch(text); m != nil {
		return slipway.ClassCode, fmt.Sprintf("name another release than %s, or leave the target %s out of .cargo/config.toml", m[1], m[3])
	}
	if m := rustOther.FindStringSubmatch(text); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("build again; if it stays like this, %s is damaged or was changed where it lies: ask who runs that mirror, or name another with %s", m[2], mirror)
	}
	if m := rustUnreached.FindStringSubmatch(text); m != nil {
		return slipway.ClassDependency, fmt.Sprintf("let builds reach the host of %s, or name a mirror that has it with %s; a login for it goes into the netrc file, a private address into SLIPWAY_PRIVATE_HOSTS", m[2], mirror)
	}
	if m := rustNewLock.FindStringSubmatch(text); m != nil {
		return slipway.ClassCode, fmt.Sprintf("Cargo.lock is of the version %s, which a newer cargo wrote than the one that the repository asks for: write it with that one (`cargo generate-lockfile`), or ask for a newer Rust", m[1])
	}
	return "", ""
}
