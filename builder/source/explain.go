package source

import (
	"context"
	"errors"
	"strings"

	"github.com/slipway-ci/slipway"
)

// explain says in a sentence why a fetch failed. The gate saw more than the
// child could tell, so its reason comes first.
func explain(ctx context.Context, a *access, limits Limits, sha string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return unavailablef("%s was not fetched within %s", a.remote, limits.Fetch).
			WithHint("try again; if it stays like this, ask who runs %s", a.remote.Host)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if a.gate != nil && a.gate.why() != nil {
		return a.gate.why()
	}
	if already, ok := errors.AsType[*slipway.Error](err); ok {
		return already
	}
	said := err.Error()
	if f, ok := errors.AsType[*failure](err); ok && f.stderr != "" {
		said = f.stderr
	}
	return classify(a, sha, said, err).WithDetails(lines(said)...)
}

// classify reads what git and go-git print, in English (LC_ALL=C).
func classify(a *access, sha, said string, err error) *slipway.Error {
	has := func(texts ...string) bool {
		for _, text := range texts {
			if strings.Contains(said, text) {
				return true
			}
		}
		return false
	}
	if refused := refusedBySSH(a.remote, said); a.remote.Scheme == "ssh" && refused != nil {
		return refused
	}
	switch {
	case has("Authentication failed", "could not read Username", "authentication required", "authorization failed",
		"Permission denied", "error: 403", "error: 401"):
		return slipway.Errorf(slipway.CodeForbidden, "%s does not let this fetch in", a.remote).
			WithHint("it may be private: give credentials for %s in the netrc file, or check the spelling", a.remote.Host)
	case has("not our ref", "unadvertised object", "couldn't find remote ref"):
		return slipway.Errorf(slipway.CodeNotFound, "there is no commit %s in %s", sha, a.remote).
			WithHint("check that it was pushed, and to this repository")
	case has("not found", "does not appear to be a git repository", "does not exist", "error: 404"):
		return slipway.Errorf(slipway.CodeNotFound, "there is no repository at %s", a.remote).
			WithHint("check the spelling; a private repository may also look like this to someone without credentials")
	case has("certificate"):
		return slipway.Errorf(slipway.CodeForbidden, "the certificate of %s is not trusted", a.remote.Host).
			WithHint("give the organisation's CA certificates in the settings")
	case has("No space left on device", "no space left on device", "Disk quota exceeded", "disk quota exceeded"):
		return unavailablef("the disk is full: %s was not fetched", a.remote).
			WithHint("make room below the data directory, then try again")
	case has("out of memory", "Out of memory", "cannot allocate memory", "File too large", "SIGXFSZ", "file size limit"):
		return slipway.Errorf(slipway.CodeLimit, "%s is larger than the limits of a fetch", a.remote).
			WithHint("raise the limits of memory or bytes if it is meant to be that large").WithClass(slipway.ClassLimit)
	}
	return unavailablef("%s was not fetched", a.remote).WithHint("the details have what git said; try again").Because(err)
}

// lines gives what a child said, without control characters, at most 20.
func lines(said string) []string {
	var list []string
	for line := range strings.Lines(said) {
		line = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return -1
			}
			return r
		}, line)
		if line != "" && len(list) < 20 {
			list = append(list, line)
		}
	}
	return list
}

func forbiddenAddress(host, why string) error {
	return slipway.Errorf(slipway.CodeForbidden, "%s may not be fetched from: %s", host, why).
		WithHint("hosts that a repository names must be public, or be listed among the private hosts of the settings; link-local ones never are")
}
