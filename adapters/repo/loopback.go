package repo

import (
	"strings"

	"github.com/slipway-ci/slipway"
)

// IsLoopback tells whether an address, HOST, HOST:PORT or the begin of one,
// is the machine's own.
func IsLoopback(address string) bool {
	host, rest, _ := strings.Cut(address, ":")
	switch {
	case address == "::1", strings.HasPrefix(address, "[::1]"):
		return true
	case host != "127.0.0.1" && host != "localhost":
		return false
	}
	return rest == "" || strings.Trim(rest, "0123456789%dsv{}$") == "" // a place for the port
}

// Loopback says what comes of listening on an address of the loopback: e has
// where that stands, and what.
func Loopback(e slipway.Evidence) slipway.Evidence {
	e.Means = "listens for itself alone, and nobody outside the container reaches it: let it listen on 0.0.0.0"
	return e
}

// HostVariable is a pattern of the variables by which programs are told the
// address that they listen on, and never another's.
const HostVariable = `(?:(?:SERVER|APP|HTTP|API|WEB|LISTEN|BIND)_)?(?:HOST|HOSTNAME|ADDRESS|ADDR)|LISTEN|BIND|IP`

// Outward says that a variable is set by which the program listens for
// others: e has where it stands, with what is taken without it.
func Outward(e slipway.Evidence, variable string) slipway.Evidence {
	e.Means, e.Knob = variable+" is set to 0.0.0.0: by itself it would listen where nobody outside the container reaches it", "env: {"+variable+": …}"
	return e
}
