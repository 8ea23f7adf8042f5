package rust

import (
	"regexp"
	"slices"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/adapters/repo"
)

// address is where a crate of a repository is from: scheme, host, path.
var address = regexp.MustCompile(`^git\+([a-z]+)://(?:[^@/]*@)?([^:/]+)(?::[0-9]+)?/([^?#]*)`)

// refuseGit refuses a crate that is taken from a repository by git's own
// protocol: a step reaches what it downloads through the recording proxy, which
// speaks HTTP, and repositories over ssh through the build's session.
func (p *planner) refuseGit(lock []byte) error {
	if p.config.vendored {
		return nil
	}
	for _, c := range p.lock.Package {
		m := address.FindStringSubmatch(c.Source)
		if m == nil || slices.Contains([]string{"https", "http", "ssh"}, m[1]) {
			continue
		}
		return slipway.Errorf(slipway.CodeInvalid, "%s takes %s from a repository by %s, which no step of a build can reach", repo.Place(p.lockName(), lineWith(lock, c.Source)), c.Name, m[1]).
			WithHint("write git = \"https://%s/%s\" in Cargo.toml; or commit what `cargo vendor` writes", m[2], m[3]).WithClass(slipway.ClassCode)
	}
	return nil
}
