package engine

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// forwarder carries plain HTTP requests on, streaming both ways.
type forwarder struct {
	direct  *httputil.ReverseProxy // connects to the target, under the policy
	through *httputil.ReverseProxy // connects to the upstream proxy
}

// Timeouts of forwarded requests: an upstream that takes longer than these to
// begin its answer, or a connection that rests this long, is given up.
const (
	answerTimeout = 5 * time.Minute
	restTimeout   = 90 * time.Second
)

func newForwarder(g *Gate) forwarder {
	direct := &http.Transport{
		DialContext: g.dial, DisableCompression: true,
		ResponseHeaderTimeout: answerTimeout, IdleConnTimeout: restTimeout, MaxIdleConnsPerHost: 16,
	}
	through := direct.Clone()
	through.DialContext = nil // the upstream proxy is the operator's choice
	through.Proxy = func(r *http.Request) (*url.URL, error) { return g.upstream(r.URL) }
	return forwarder{direct: reverse(direct), through: reverse(through)}
}

// reverse is the standard library's proxy, which strips hop-by-hop headers, with
// the target that the client asked for.
func reverse(transport http.RoundTripper) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: -1,
		ErrorLog:      slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // the client is told, and URLs may hold credentials
		Rewrite:       func(p *httputil.ProxyRequest) { p.Out.Host = "" },
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			t, targetErr := forwardTarget(r.URL)
			if targetErr != nil {
				err = targetErr
			}
			told := answer(t, err)
			http.Error(w, told.text, told.status)
		},
	}
}

// closeIdle lets go of connections that rest.
func (f forwarder) closeIdle() {
	for _, p := range []*httputil.ReverseProxy{f.direct, f.through} {
		if t, ok := p.Transport.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

func (g *Gate) serveForward(w http.ResponseWriter, r *http.Request) {
	t, err := forwardTarget(r.URL)
	if err != nil {
		http.Error(w, "slipway: this request cannot be forwarded: "+err.Error(), http.StatusBadRequest)
		return
	}
	if t.host == Host {
		g.serveRegistry(w, r)
		return
	}
	proxy, err := g.upstream(r.URL)
	if err != nil {
		http.Error(w, "slipway: the organisation's HTTP proxy setting cannot be used", http.StatusBadGateway)
		return
	}
	if proxy == nil {
		g.forward.direct.ServeHTTP(w, r)
		return
	}
	if err := g.permitUpstream(r.Context(), t); err != nil {
		told := answer(t, err)
		http.Error(w, told.text, told.status)
		return
	}
	g.forward.through.ServeHTTP(w, r)
}

// serveRegistry hands the request to the embedded registry as if it had come
// straight to it.
func (g *Gate) serveRegistry(w http.ResponseWriter, r *http.Request) {
	inner := r.Clone(r.Context())
	inner.URL.Scheme, inner.URL.Host, inner.URL.User = "", "", nil
	inner.RequestURI = inner.URL.RequestURI()
	inner.Host = Host
	for _, header := range []string{
		"Proxy-Authorization", "Proxy-Connection", "Forwarded",
		"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
	} {
		inner.Header.Del(header)
	}
	g.registry.ServeHTTP(w, inner)
}
