package engine

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// policy decides which addresses the gate connects to.
type policy struct {
	private []named                        // what the operator named
	own     func() ([]netip.Prefix, error) // the host's interfaces, now
}

// named is an entry of Settings.Private: a host name or address, with a port or
// for all of them.
type named struct{ host, port string }

func newPolicy(private []string) policy {
	p := policy{own: interfacePrefixes}
	for _, entry := range private {
		host, port, err := net.SplitHostPort(entry)
		if err != nil {
			host, port = entry, ""
		}
		p.private = append(p.private, named{host: canonicalHost(strings.Trim(host, "[]")), port: port})
	}
	return p
}

func canonicalHost(host string) string {
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// names tells whether the operator named the target.
func (p policy) names(t target) bool {
	return slices.ContainsFunc(p.private, func(n named) bool {
		return n.host == t.host && (n.port == "" || n.port == t.port)
	})
}

// check gives the reason why the gate does not connect to address for the
// target, or "". It fails closed: when the host's own addresses cannot be read,
// nothing is permitted.
func (p policy) check(t target, address netip.Addr) string {
	address = embedded(address)
	if reason := neverReached(address); reason != "" {
		return reason
	}
	isNamed := p.names(t)
	if address.IsLoopback() {
		if isNamed && t.isLoopback() {
			return ""
		}
		return "it is the host's own loopback"
	}
	if isNamed {
		return ""
	}
	if reason := special(address); reason != "" {
		return reason
	}
	own, err := p.own()
	if err != nil {
		return "the host's own addresses cannot be read: " + err.Error()
	}
	if slices.ContainsFunc(own, func(prefix netip.Prefix) bool { return prefix.Addr() == address }) {
		return "it is an address of the host"
	}
	return ""
}

// neverReached are ranges that not even a named host may have.
func neverReached(address netip.Addr) string {
	switch {
	case address.IsUnspecified():
		return "it is the unspecified address"
	case address.IsLinkLocalUnicast(), address == azureWire():
		return "it is link-local, where a cloud's metadata service is"
	case address.IsMulticast():
		return "it is a multicast address"
	case address.Is4() && (address.As4()[0] == 0 || address.As4()[0] >= 240):
		return "it is a reserved address"
	}
	return ""
}

// azureWire is Azure's metadata and wire server, the one such service that has
// a public-looking address.
func azureWire() netip.Addr { return netip.AddrFrom4([4]byte{168, 63, 129, 16}) }

// special gives the reason for ranges that are somebody's private network (IANA
// special-purpose address registries, November 2026). Documentation ranges are
// not in the list: nothing answers there, except where somebody makes it.
func special(address netip.Addr) string {
	if address.IsPrivate() {
		return "it is a private address"
	}
	for _, prefix := range [...]string{
		"100.64.0.0/10",  // shared between a provider and its customers, RFC 6598
		"192.0.0.0/24",   // IETF protocol assignments, RFC 6890
		"192.88.99.0/24", // 6to4 relays, RFC 7526
		"198.18.0.0/15",  // benchmarks, RFC 2544
		"64:ff9b:1::/48", // local translation, RFC 8215
		"fec0::/10",      // site-local, RFC 3879
		"2001::/23",      // IETF protocol assignments, Teredo among them, RFC 2928
		"100::/64",       // discard, RFC 6666
		"5f00::/16",      // segment routing, RFC 9602
	} {
		if netip.MustParsePrefix(prefix).Contains(address) {
			return "it is an address of special purpose (" + prefix + ")"
		}
	}
	return ""
}

// embedded gives the IPv4 address that an IPv6 address stands for, where
// something on the way would translate it: mapped (::ffff:a.b.c.d), compatible
// (::a.b.c.d), NAT64 (64:ff9b::/96, RFC 6052), 6to4 (2002::/16, RFC 3056).
// Zones are dropped.
func embedded(address netip.Addr) netip.Addr {
	address = address.WithZone("").Unmap()
	if address.Is4() {
		return address
	}
	b := address.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(address):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case netip.MustParsePrefix("2002::/16").Contains(address):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case netip.MustParsePrefix("::/96").Contains(address) && !address.IsLoopback() && !address.IsUnspecified():
		return netip.AddrFrom4([4]byte(b[12:16]))
	}
	return address
}

// interfacePrefixes are the addresses of the host's interfaces at this moment.
func interfacePrefixes() ([]netip.Prefix, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var prefixes []netip.Prefix
	for _, address := range addresses {
		prefix, err := netip.ParsePrefix(address.String())
		if err != nil {
			return nil, err
		}
		prefixes = append(prefixes, netip.PrefixFrom(prefix.Addr().Unmap().WithZone(""), prefix.Addr().Unmap().BitLen()))
	}
	return prefixes, nil
}
