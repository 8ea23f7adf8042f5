package engine

import (
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
)

// onHost is a policy on a host with these addresses.
func onHost(private []string, own ...string) policy {
	p := newPolicy(private)
	p.own = func() ([]netip.Prefix, error) {
		var prefixes []netip.Prefix
		for _, address := range own {
			a := netip.MustParseAddr(address)
			prefixes = append(prefixes, netip.PrefixFrom(a, a.BitLen()))
		}
		return prefixes, nil
	}
	return p
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	p := onHost([]string{"mirror.corp", "127.0.0.1:5000", "[fd00::5]", "10.9.9.9", "169.254.169.254", "Registry.Corp."}, "203.0.113.7", "2001:db8::7")
	for _, c := range []struct {
		host, port, address string
		permitted           bool
	}{
		{"example.com", "443", "93.184.215.14", true},
		{"example.com", "443", "2606:2800:21f::1", true},
		{"mirror.example", "80", "203.0.113.80", true},
		{"example.com", "443", "203.0.113.7", false},
		{"example.com", "443", "::ffff:203.0.113.7", false},
		{"example.com", "443", "2001:db8::7", false},
		{"example.com", "443", "10.1.2.3", false},
		{"example.com", "443", "100.100.100.200", false},
		{"example.com", "443", "255.255.255.255", false},
		{"example.com", "443", "224.0.0.1", false},
		{"example.com", "443", "ff02::1", false},
		{"example.com", "443", "0.0.0.0", false},
		{"example.com", "443", "0.1.2.3", false},
		{"example.com", "443", "fec0::1", false},
		{"example.com", "443", "fe80::1%eth0", false},
		{"example.com", "443", "fd00::5", false},
		{"mirror.corp", "443", "10.1.2.3", true},
		{"registry.corp", "443", "10.1.2.3", true},
		{"mirror.corp", "443", "203.0.113.7", true},
		{"mirror.corp", "443", "127.0.0.1", false},
		{"mirror.corp", "443", "169.254.169.254", false},
		{"169.254.169.254", "80", "169.254.169.254", false},
		{"127.0.0.1", "5000", "127.0.0.1", true},
		{"127.0.0.1", "5001", "127.0.0.1", false},
		{"fd00::5", "80", "fd00::5", true},
		{"10.9.9.9", "80", "10.9.9.9", true},
		{"10.9.9.8", "80", "10.9.9.8", false},
	} {
		reason := p.check(target{host: c.host, port: c.port}, netip.MustParseAddr(c.address))
		if (reason == "") != c.permitted {
			t.Errorf("%s:%s at %s: permitted = %v, want %v (%s)", c.host, c.port, c.address, reason == "", c.permitted, reason)
		}
	}
}

// FuzzPolicyEmbedded shows that no IPv6 form of a forbidden IPv4 address is
// permitted.
func FuzzPolicyEmbedded(f *testing.F) {
	for _, seed := range []string{"127.0.0.1", "169.254.169.254", "10.0.0.1", "203.0.113.7", "8.8.8.8", "0.0.0.0", "168.63.129.16"} {
		b := netip.MustParseAddr(seed).As4()
		f.Add(binary.BigEndian.Uint32(b[:]))
	}
	f.Fuzz(func(t *testing.T, number uint32) {
		var four [4]byte
		binary.BigEndian.PutUint32(four[:], number)
		p, to := onHost(nil, "203.0.113.7"), target{host: "example.com", port: "80"}
		plain := p.check(to, netip.AddrFrom4(four))
		for form, at := range map[string]struct {
			prefix string
			offset int
		}{"mapped": {"::ffff:0:0", 12}, "compatible": {"::", 12}, "nat64": {"64:ff9b::", 12}, "6to4": {"2002::", 2}} {
			six := netip.MustParseAddr(at.prefix).As16()
			copy(six[at.offset:], four[:])
			if got := p.check(to, netip.AddrFrom16(six)); plain != "" && got == "" {
				t.Errorf("%s is refused (%s), its %s form %s is not", netip.AddrFrom4(four), plain, form, netip.AddrFrom16(six))
			}
		}
	})
}

// FuzzTarget shows that what is taken for a target is one, and only in one way.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{
		"example.com:443", "127.0.0.1:80", "[::1]:80", "127.1:80", "0x7f.1:80", "2130706433:1", "[fe80::1%lo]:80",
		"a..b:1", "host:0", "host:65536", "HOST.:080", ":80", "[]:80", "user@host:80", "host:80\r\nX: y", "0x:1", "1.2.3.4.:5",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, authority string) {
		got, err := connectTarget(authority)
		if err != nil {
			return
		}
		again, err := connectTarget(got.address())
		if err != nil || again != got {
			t.Errorf("%q is %+v, which is %+v, %v", authority, got, again, err)
		}
		if _, literal := got.literal(); literal {
			return
		}
		if strings.ContainsAny(got.host, "%@/\\: \r\n\t\x00") || got.host != strings.ToLower(got.host) {
			t.Errorf("%q has the host %q", authority, got.host)
		}
		last := got.host[strings.LastIndexByte(got.host, '.')+1:]
		if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") && strings.Trim(last[2:], "0123456789abcdef") == "" {
			t.Errorf("%q has the host %q, which some read as an address", authority, got.host)
		}
	})
}

// FuzzSubordinates shows that every range that is taken can be mapped.
func FuzzSubordinates(f *testing.F) {
	f.Add("me:100000:65536\nother:1:2\n# comment\nme:x:1\nme:0:5\n1000:5:0\n")
	f.Fuzz(func(t *testing.T, text string) {
		ranges, err := parseSubordinates(strings.NewReader(text), "me", "1000")
		if err != nil {
			return
		}
		for _, r := range ranges {
			if r.first == 0 || r.count == 0 {
				t.Errorf("range %+v", r)
			}
		}
	})
}
