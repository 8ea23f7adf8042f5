package engine

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// target is where a request to the gate wants to go.
type target struct {
	host string // lower case, no final dot, no brackets
	port string // decimal, 1 to 65535
}

// Address gives the target as net.Dial takes it.
func (t target) address() string { return net.JoinHostPort(t.host, t.port) }

// literal gives the target's address when it is one already.
func (t target) literal() (netip.Addr, bool) {
	address, err := netip.ParseAddr(t.host)
	return address, err == nil
}

// isLoopback tells whether the target says loopback in so many words, rather
// than being a name that turns out to be there.
func (t target) isLoopback() bool {
	address, ok := t.literal()
	return t.host == "localhost" || strings.HasSuffix(t.host, ".localhost") || ok && embedded(address).IsLoopback()
}

// The errors of a target that no proxy should be asked for.
var (
	errTargetForm   = errors.New("it is not HOST:PORT")
	errTargetName   = errors.New("its host is neither a name nor an address in its usual form")
	errTargetScheme = errors.New("only http can be forwarded, https goes through CONNECT")
)

// connectTarget parses the authority of a CONNECT request (RFC 9110, 9.3.6).
func connectTarget(authority string) (target, error) {
	host, port, err := net.SplitHostPort(authority)
	if err != nil {
		return target{}, errTargetForm
	}
	return newTarget(host, port)
}

// forwardTarget gives the target of a request in absolute form (RFC 9112, 3.2.2).
func forwardTarget(u *url.URL) (target, error) {
	if u.Scheme != "http" {
		return target{}, errTargetScheme
	}
	port := u.Port()
	if port == "" {
		port = "80"
	}
	return newTarget(u.Hostname(), port)
}

func newTarget(host, port string) (target, error) {
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 || host == "" {
		return target{}, errTargetForm
	}
	t := target{host: canonicalHost(host), port: strconv.FormatUint(number, 10)}
	if address, ok := t.literal(); ok {
		if address.Zone() != "" {
			return target{}, errTargetName
		}
		return t, nil
	}
	if !isName(t.host) {
		return target{}, errTargetName
	}
	return t, nil
}

// isName tells whether host can only be a DNS name. Notations that a resolver
// or another proxy may read as an address (2130706433, 0x7f.1, 0177.0.0.1) are
// no names: as the URL standard has it, a host that ends in a number is one.
func isName(host string) bool {
	if len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Trim(last, "0123456789") != "" && !isHex(last)
}

func isHex(label string) bool {
	digits, found := strings.CutPrefix(label, "0x")
	return found && strings.Trim(digits, "0123456789abcdef") == ""
}
