package source

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/slipway-ci/slipway"
)

// gate is an HTTP proxy on loopback, the one way out of a fetch over http or
// https. It connects to one host and port, so a redirect to another host gets
// nowhere and takes no credentials along; it judges the address that is really
// dialled, after name resolution; it counts bytes and notices silence. It is
// there for one fetch and has a password, so nobody else's process rides on it.
type gate struct {
	target   remote
	reach    reach
	limits   Limits
	upstream func(*url.URL) (*url.URL, error)
	secret   string
	server   *http.Server
	addr     string
	bytes    atomic.Int64

	mu      sync.Mutex
	refused error // the first refusal or failure: why the fetch failed
}

func openGate(ctx context.Context, target remote, r reach, limits Limits, proxy slipway.Proxy) (*gate, error) {
	listen := net.ListenConfig{}
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, slipway.Errorf(slipway.CodeUnavailable, "no loopback port is free for a fetch").Because(err)
	}
	conf := httpproxy.Config{HTTPProxy: proxy.HTTP, HTTPSProxy: proxy.HTTPS, NoProxy: proxy.No}
	g := &gate{
		target: target, reach: r, limits: limits, upstream: conf.ProxyFunc(),
		secret: rand.Text(), addr: l.Addr().String(),
	}
	g.server = &http.Server{
		Handler: g, ReadHeaderTimeout: limits.Connect,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // why has what matters
	}
	go func() { _ = g.server.Serve(l) }() // ends with Close
	return g, nil
}

// url is the proxy's URL, its password included.
func (g *gate) url() string { return "http://slipway:" + g.secret + "@" + g.addr }

func (g *gate) close() { _ = g.server.Close() }

// why gives what the gate refused or could not reach, nil when all went well.
func (g *gate) why() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused
}

func (g *gate) fail(w http.ResponseWriter, status int, err error) {
	g.note(err)
	http.Error(w, err.Error(), status)
}

func (g *gate) note(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refused == nil {
		g.refused = err
	}
}

// ServeHTTP serves CONNECT for https and requests in absolute form for http.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte("slipway:"+g.secret))
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Proxy-Authorization")), []byte(want)) != 1 {
		w.Header().Set("Proxy-Authenticate", `Basic realm="slipway"`)
		http.Error(w, "this proxy belongs to one fetch", http.StatusProxyAuthRequired)
		return
	}
	scheme, address := "https", r.Host
	if r.Method != http.MethodConnect {
		scheme, address = r.URL.Scheme, r.URL.Host
		if _, _, err := net.SplitHostPort(address); err != nil {
			address = net.JoinHostPort(strings.Trim(address, "[]"), "80")
		}
	}
	if scheme != g.target.Scheme || !strings.EqualFold(address, g.target.address()) {
		g.fail(w, http.StatusForbidden, slipway.Errorf(slipway.CodeForbidden,
			"%s sends the fetch on to another host, %s://%s", g.target, scheme, address).
			WithHint("give the repository's present URL; redirects to other hosts are not followed"))
		return
	}
	if r.Method == http.MethodConnect {
		g.tunnel(w, r)
		return
	}
	g.forward(w, r)
}

func (g *gate) forward(w http.ResponseWriter, r *http.Request) {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.Out.Header.Del("Proxy-Authorization") },
		Transport: &http.Transport{
			Proxy:              func(r *http.Request) (*url.URL, error) { return g.upstream(r.URL) },
			DialContext:        g.dialAny,
			DisableKeepAlives:  true,
			DisableCompression: true,
		},
		FlushInterval: -1,
		ErrorLog:      slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			g.fail(w, http.StatusBadGateway, g.unreachable(err))
		},
	}
	proxy.ServeHTTP(w, r)
}

func (g *gate) tunnel(w http.ResponseWriter, r *http.Request) {
	out, err := g.dialTunnel(r.Context())
	if err != nil {
		g.fail(w, http.StatusBadGateway, g.unreachable(err))
		return
	}
	defer out.Close() //nolint:errcheck // a tunnel's end
	w.WriteHeader(http.StatusOK)
	in, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer in.Close() //nolint:errcheck // a tunnel's end
	done := make(chan struct{}, 2)
	pipe := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}
	go pipe(out, buffered)
	go pipe(in, out)
	<-done // either side ended: close both, then wait for the other
	_ = in.Close()
	_ = out.Close()
	<-done
}

// dialTunnel connects to the target, through the organisation's proxy where
// there is one for it.
func (g *gate) dialTunnel(ctx context.Context) (net.Conn, error) {
	via, err := g.upstream(&url.URL{Scheme: "https", Host: g.target.address()})
	if err != nil {
		return nil, err
	}
	if via == nil {
		return g.dial(ctx, g.target.address(), g.reach)
	}
	return g.dialVia(ctx, via)
}

// dialAny is the Transport's: it is given the target or the organisation's
// proxy, which the operator named.
func (g *gate) dialAny(ctx context.Context, _, address string) (net.Conn, error) {
	if strings.EqualFold(address, g.target.address()) {
		return g.dial(ctx, address, g.reach)
	}
	return g.dial(ctx, address, reachPrivate)
}

// addressError is why an address is not dialled.
type addressError string

func (e addressError) Error() string { return string(e) }

func (g *gate) dial(ctx context.Context, address string, r reach) (net.Conn, error) {
	d := net.Dialer{Timeout: g.limits.Connect, Control: func(_, resolved string, _ syscall.RawConn) error {
		ip, err := netip.ParseAddrPort(resolved)
		if err != nil {
			return err
		}
		if why := r.refuses(ip.Addr()); why != "" {
			return addressError(why)
		}
		return nil
	}}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &metered{Conn: conn, gate: g}, nil
}

// unreachable turns a failure to connect or to go on into a sentence.
func (g *gate) unreachable(err error) error {
	if already, ok := errors.AsType[*slipway.Error](err); ok {
		return already
	}
	host := g.target.address()
	if refused, ok := errors.AsType[addressError](err); ok {
		return forbiddenAddress(host, string(refused))
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return unavailablef("the host %s is not known here", g.target.Host).
			WithHint("check the spelling of %s, and the name servers of this machine", g.target).Because(err)
	}
	return unavailablef("the host %s does not answer", host).
		WithHint("check the address and the proxy settings, then try again").Because(err)
}

func unavailablef(format string, args ...any) *slipway.Error {
	return slipway.Errorf(slipway.CodeUnavailable, format, args...).WithClass(slipway.ClassPlatform)
}

// metered counts what is read and gives up on silence.
type metered struct {
	net.Conn
	gate *gate
}

// Read is Conn's, with the limits of the fetch.
func (m *metered) Read(p []byte) (int, error) {
	if err := m.SetReadDeadline(time.Now().Add(m.gate.limits.Stall)); err != nil {
		return 0, err
	}
	n, err := m.Conn.Read(p)
	if m.gate.bytes.Add(int64(n)) > m.gate.limits.FetchBytes {
		err = slipway.Errorf(slipway.CodeLimit, "%s sent more than %d MiB", m.gate.target, m.gate.limits.FetchBytes/mib).
			WithHint("raise the limit of fetched bytes if the repository is meant to be that large").WithClass(slipway.ClassLimit)
		m.gate.note(err)
		return 0, err
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		err = unavailablef("the host %s said nothing for %s", m.gate.target.address(), m.gate.limits.Stall).
			WithHint("try again; if it stays like this, ask who runs it")
		m.gate.note(err)
	}
	return n, err
}
