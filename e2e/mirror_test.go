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
	"strings"
	"sync/atomic"
	"testing"
)

// mirror is a Go module mirror over TLS that wants a password. What it serves
// was downloaded before.
type mirror struct {
	url, host      string // host is ADDRESS:PORT
	mark, password string
	served         atomic.Int64
}

func newMirror(t *testing.T, a *authority) *mirror {
	t.Helper()
	ip := ownAddress(t)
	files := moduleFiles(t)
	m := &mirror{mark: "office-mirror-" + rand.Text(), password: "office-" + rand.Text()}
	server := listenOn(t, ip, http.StripPrefix("/"+m.mark, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != m.password {
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "the office's mirror wants a password", http.StatusUnauthorized)
			return
		}
		m.served.Add(1)
		files.ServeHTTP(w, r)
	})))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ip)}}
	server.StartTLS()
	t.Cleanup(server.Close)
	m.host = server.Listener.Addr().String()
	m.url = "https://" + m.host + "/" + m.mark
	return m
}

// listenOn gives a server that is about to start on one address.
func listenOn(t *testing.T, ip net.IP, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	_ = server.Listener.Close()
	var err error
	if server.Listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip.String(), "0")); err != nil {
		t.Fatal(err)
	}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	return server
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
	in, _, err := http.NewResponseController(w).Hijack() // before the answer: what the client sends upon it is read by us alone
	if err != nil {
		return
	}
	defer in.Close()
	_, _ = io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() {
		_, _ = io.Copy(out, in)
		_ = out.Close()
	}()
	_, _ = io.Copy(in, out)
}
