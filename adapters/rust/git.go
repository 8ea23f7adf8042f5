package rust

import (
	"net/url"
	"strings"

	"github.com/slipway-ci/slipway"
)

// refuseSSH refuses a crate that is taken from a repository by ssh or git's
// own protocol: a step reaches what it downloads through the recording proxy
// alone, which speaks HTTP.
func (p *planner) refuseSSH(lock []byte) error {
	if p.config.vendored {
		return nil
	}
	for _, c := range p.lock.Package {
		address, ok := strings.CutPrefix(c.Source, "git+")
		if !ok {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme == "https" || u.Scheme == "http" {
			continue
		}
		return slipway.Errorf(slipway.CodeInvalid, "%s takes %s from a repository by %s, which no step of a build can reach", place(p.lockName(), lineWith(lock, c.Source)), c.Name, u.Scheme).
			WithHint("write git = \"https://%s%s\" in Cargo.toml, with credentials in the netrc of the machine that builds; or commit what `cargo vendor` writes", u.Hostname(), u.Path).WithClass(slipway.ClassCode)
	}
	return nil
}
