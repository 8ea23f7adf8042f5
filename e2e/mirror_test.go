//go:build e2e

package e2e_test

import (
	"crypto/rand"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// mirror is a Go module mirror over TLS that wants a password, in front of
// the one that this machine uses.
type mirror struct {
	url, host      string // host is ADDRESS:PORT
	mark, password string
	served         atomic.Int64
}

func newMirror(t *testing.T, a *authority) *mirror {
	t.Helper()
	ip := ownAddress(t)
	upstream := machineMirror(t)
	m := &mirror{mark: "office-mirror-" + rand.Text(), password: "office-" + rand.Text()}
	forward := &httputil.ReverseProxy{
		Rewrite:  func(p *httputil.ProxyRequest) { p.SetURL(upstream); p.Out.Header.Del("Authorization") },
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0),
	}
	server := httptest.NewUnstartedServer(http.StripPrefix("/"+m.mark, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != m.password {
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "the office's mirror wants a password", http.StatusUnauthorized)
			return
		}
		m.served.Add(1)
		forward.ServeHTTP(w, r)
	})))
	_ = server.Listener.Close()
	var err error
	if server.Listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip.String(), "0")); err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ip)}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	m.host = server.Listener.Addr().String()
	m.url = "https://" + m.host + "/" + m.mark
	return m
}

// ownAddress is an address of this machine that is not loopback: Go's client
// never sends those through a proxy.
func ownAddress(t *testing.T) net.IP {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			return n.IP.To4()
		}
	}
	missing(t, "this machine has no address but loopback")
	return nil
}

// machineMirror is the module mirror that the go command here uses.
func machineMirror(t *testing.T) *url.URL {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOPROXY").Output()
	if err != nil {
		missing(t, "the go command is not here: "+err.Error())
	}
	first, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(string(out)), "|", ","), ",")
	u, err := url.Parse(first)
	if err != nil || u.Host == "" {
		missing(t, "GOPROXY of this machine names no mirror")
	}
	return u
}

// proxy is an HTTP proxy that wants a password.
type proxy struct {
	url, address string
	password     string
	tunnels      atomic.Int64
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	p := &proxy{password: "office-" + rand.Text()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		basic := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
		if _, password, _ := basic.BasicAuth(); password != p.password {
			http.Error(w, "the office's proxy wants a password", http.StatusProxyAuthRequired)
			return
		}
		if r.Method != http.MethodConnect {
			http.Error(w, "tunnels only", http.StatusNotImplemented)
			return
		}
		p.tunnels.Add(1)
		tunnel(w, r)
	}))
	t.Cleanup(server.Close)
	p.address = server.URL
	p.url = strings.Replace(server.URL, "http://", "http://office:"+p.password+"@", 1)
	return p
}

func tunnel(w http.ResponseWriter, r *http.Request) {
	out, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer out.Close()
	w.WriteHeader(http.StatusOK)
	in, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer in.Close()
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.Close()
	}()
	_, _ = io.Copy(in, out)
}
