package source

import (
	"fmt"
	"net/netip"
)

// reach says which addresses a fetch may connect to.
type reach int

const (
	reachPublic  reach = iota // hosts that a repository's content named
	reachPrivate              // hosts that an operator named: everything but link-local
)

// refuses gives the reason why addr may not be dialled, "" when it may.
// IPv4 addresses that are wrapped in IPv6 ones are judged as what they reach.
func (r reach) refuses(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if inner, ok := embedded(addr); ok {
		if why := r.refuses(inner); why != "" {
			return why
		}
	}
	switch {
	case !addr.IsValid():
		return "it is no address"
	case addr.IsLinkLocalUnicast(), addr.IsLinkLocalMulticast():
		return fmt.Sprintf("%s is a link-local address, which is never fetched from", addr)
	case addr.IsMulticast():
		return fmt.Sprintf("%s is a multicast address", addr)
	case r == reachPrivate:
		return ""
	case addr.IsLoopback(), addr.IsPrivate(), addr.IsUnspecified(), special(addr):
		return fmt.Sprintf("%s is not a public address", addr)
	}
	return ""
}

// embedded finds the IPv4 address that NAT64 (RFC 6052), 6to4 (RFC 3056) and
// IPv4-compatible (RFC 4291) addresses lead to.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	if !addr.Is6() {
		return netip.Addr{}, false
	}
	b := addr.As16()
	v4 := func(at int) (netip.Addr, bool) {
		return netip.AddrFrom4([4]byte(b[at : at+4])), true
	}
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(addr):
		return v4(12)
	case netip.MustParsePrefix("2002::/16").Contains(addr):
		return v4(2)
	case netip.MustParsePrefix("::/96").Contains(addr) && !addr.IsLoopback() && !addr.IsUnspecified():
		return v4(12)
	}
	return netip.Addr{}, false
}

// special tells the blocks of the IANA special-purpose registries that lead
// nowhere public and that netip has no predicate for.
func special(addr netip.Addr) bool {
	for _, block := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "100::/64", "64:ff9b:1::/48", "2001:db8::/32", "fec0::/10",
	} {
		if netip.MustParsePrefix(block).Contains(addr) {
			return true
		}
	}
	return false
}
