package engine

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/slipway-ci/slipway"
)

// Gate is the engine's only way out: a forward proxy (CONNECT, and plain HTTP
// in absolute form) that also answers as slipway.internal.
//
// It refuses, with 403 and a sentence, to connect to the host's addresses, to
// loopback, link-local, private and special ranges, after the name has been
// resolved, so that neither a name nor a notation gets around it. Hosts in
// Settings.Private may have private addresses and those of the host, but
// loopback only when the entry itself is a loopback address or localhost, and
// link-local never. What cannot be reached is 502 with the reason.
//
// With an upstream proxy (Settings.Proxy) the name is resolved there. The gate
// then refuses addresses and every name that resolves to a forbidden address
// here; a name that only the upstream proxy can resolve is that proxy's to
// judge.
type Gate struct {
	registry http.Handler
	policy   policy
	upstream func(*url.URL) (*url.URL, error)
	resolve  func(ctx context.Context, network, host string) ([]netip.Addr, error)
	forward  forwarder
	open     bool   // connect everywhere: the host's network was asked for
	password string // of Proxy-Authorization; "" nobody else can connect
}

// NewGate makes a gate. registry may be nil.
func NewGate(settings slipway.Settings, registry http.Handler) *Gate {
	if registry == nil {
		registry = http.NotFoundHandler()
	}
	config := httpproxy.Config{HTTPProxy: settings.Proxy.HTTP, HTTPSProxy: settings.Proxy.HTTPS, NoProxy: settings.Proxy.No}
	g := &Gate{
		registry: registry,
		policy:   newPolicy(settings.Private),
		upstream: config.ProxyFunc(),
		resolve:  net.DefaultResolver.LookupNetIP,
	}
	g.forward = newForwarder(g)
	return g
}

// ServeHTTP serves one request to the proxy.
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.admits(r) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="slipway"`)
		http.Error(w, "slipway: this proxy is the build engine's own", http.StatusProxyAuthRequired)
		return
	}
	switch {
	case r.Method == http.MethodConnect:
		g.serveConnect(w, r)
	case r.URL.IsAbs():
		g.serveForward(w, r)
	default:
		http.Error(w, "slipway: this is a proxy, it serves requests in absolute form and CONNECT", http.StatusBadRequest)
	}
}

func (g *Gate) admits(r *http.Request) bool {
	if g.password == "" {
		return true
	}
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(gateUser+":"+g.password))
	return subtle.ConstantTimeCompare([]byte(r.Header.Get("Proxy-Authorization")), []byte(want)) == 1
}

// gateUser is the user name that goes with Gate.password.
const gateUser = "slipway"

// refusal is an answer of the gate itself.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func refuse(t target, reason string) *refusal {
	return &refusal{status: http.StatusForbidden, text: fmt.Sprintf("slipway: a build may not connect to %s: %s", t.address(), reason)}
}

// answer turns any error into what the client is told.
func answer(t target, err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return &refusal{status: http.StatusBadGateway, text: fmt.Sprintf("slipway: %s cannot be reached: %s", t.address(), plainCause(err))}
}

// plainCause drops the wrapping that repeats the address. An error of the
// upstream proxy is never printed with the proxy's URL: it may hold a password.
func plainCause(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return dns.Err
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err.Error()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}

// dialTimeout bounds one connection, over all addresses of a name.
const dialTimeout = 30 * time.Second

// dial connects to the target itself, asking the policy about each address
// that the system is about to connect to.
func (g *Gate) dial(ctx context.Context, network, address string) (net.Conn, error) {
	t, err := connectTarget(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: dialTimeout, ControlContext: func(_ context.Context, _, to string, _ syscall.RawConn) error {
		return g.permit(t, to)
	}}
	return d.DialContext(ctx, network, address)
}

func (g *Gate) permit(t target, resolved string) error {
	if g.open {
		return nil
	}
	to, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return refuse(t, "its address cannot be read")
	}
	if reason := g.policy.check(t, to.Addr()); reason != "" {
		return refuse(t, reason+describe(t, to.Addr()))
	}
	return nil
}

// describe adds the address that a name turned out to have.
func describe(t target, address netip.Addr) string {
	if _, literal := t.literal(); literal {
		return ""
	}
	return " (" + address.Unmap().String() + ")"
}

// lookupTimeout bounds the look at a name that the upstream proxy resolves.
const lookupTimeout = 2 * time.Second

// permitUpstream is asked before a target is passed on to the upstream proxy.
func (g *Gate) permitUpstream(ctx context.Context, t target) error {
	addresses := []netip.Addr{}
	if literal, ok := t.literal(); ok {
		addresses = append(addresses, literal)
	} else {
		ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
		defer cancel()
		found, err := g.resolve(ctx, "ip", t.host)
		if err == nil { // else only the upstream proxy knows the name
			addresses = found
		}
	}
	for _, address := range addresses {
		if err := g.permit(t, netip.AddrPortFrom(address, 0).String()); err != nil {
			return err
		}
	}
	return nil
}
