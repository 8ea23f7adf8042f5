package api

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/slipway-ci/slipway"
)

// Hosts are what a team's maintainer may name: NAME, *.DOMAIN for every name
// below it, an address, or a block of addresses (10.0.0.0/8) for those that
// are named as such. None: every host.
type Hosts []string

// NewHosts checks each of them.
func NewHosts(patterns []string) (Hosts, error) {
	var all Hosts
	for _, p := range patterns {
		p = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(p), "."))
		_, block := netip.ParsePrefix(p)
		_, address := netip.ParseAddr(p)
		if name := strings.TrimPrefix(p, "*."); block != nil && address != nil && (name == "" || strings.ContainsAny(name, "*/:@ ")) {
			return nil, slipway.Errorf(slipway.CodeUsage, "%.100q is no host that teams may name", p).WithHint("write git.example.com, *.example.com, or 10.0.0.0/8")
		}
		all = append(all, p)
	}
	return all, nil
}

func (h Hosts) allow(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	address, err := netip.ParseAddr(host)
	address = address.Unmap()
	return len(h) == 0 || slices.ContainsFunc(h, func(p string) bool {
		if block, not := netip.ParsePrefix(p); not == nil {
			return err == nil && block.Contains(address)
		}
		if domain, below := strings.CutPrefix(p, "*"); below {
			return strings.HasSuffix(host, domain)
		}
		return host == p || err == nil && address.String() == p
	})
}

// mayName refuses a host that the operator does not let teams name. What an
// operator names is an operator's own business.
func (s *server) mayName(r *request, addresses ...string) error {
	if r.token.Role == slipway.RoleOperator {
		return nil
	}
	for _, address := range addresses {
		if host := hostOf(address); address != "" && !s.Hosts.allow(host) {
			return slipway.Errorf(slipway.CodeForbidden, "%.200q is none of the hosts that teams may name", host).
				WithHint("ask an operator to make the connection, or to add the host to --hosts; it has %s", strings.Join(s.Hosts, ", "))
		}
	}
	return nil
}

// hostOf is the host of a URL, or of the form USER@HOST:PATH.
func hostOf(address string) string {
	if _, host, _, scp := slipway.CutSCP(address); scp {
		return host
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
