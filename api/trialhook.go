package api

import (
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// hook says whether forges can call the hook at the URL that they are told.
func (t *trial) hook() {
	address := t.hookURL(t.connection.ID)
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		t.fail("hook", "start the server with --url https://NAME", "%s is not an address that a forge can call", address)
		return
	}
	switch {
	case local(u.Hostname()) && !local(hostOf(t.connection.URL)):
		t.warn("hook", "start the server with --url https://NAME, the name that the forge reaches it by", "%s is an address of this machine alone, so no forge elsewhere can call it", address)
	case u.Scheme == "http" && public(u.Hostname()):
		t.warn("hook", "give the server --tls-cert and --tls-key, or put it behind something that speaks https, and set --url", "%s is called over the public network without TLS: what is pushed can be read on the way", address)
	default:
		t.ok("hook", "%s", address)
	}
}

// local tells whether a host is this machine, whoever says it.
func local(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback() || a.IsUnspecified()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// public tells whether a host may be reached from everywhere: an address that
// is not private, or a name that is not of a private network's kind.
func public(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap()
		return !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsUnspecified()
	}
	name := "." + strings.TrimSuffix(strings.ToLower(host), ".")
	for _, private := range []string{".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test", ".corp", ".intranet"} {
		if strings.HasSuffix(name, private) {
			return false
		}
	}
	return strings.Count(name, ".") > 1
}

// refusals remembers when a delivery of a connection was last refused, since
// this process began: a wrong secret is what goes wrong most, and the record
// has nothing of what is not authentic.
type refusals struct {
	mu sync.Mutex
	at map[int64]time.Time // of connections there are, so that it stays small
}

func (r *refusals) note(connection int64, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at[connection] = at
}

func (r *refusals) last(connection int64) (at time.Time, was bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, was = r.at[connection]
	return at, was
}
