package engine_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/engine"
)

// BenchmarkGate prints what the gate carries, with the same transfer without
// it beside.
func BenchmarkGate(b *testing.B) {
	const size = 64 << 20
	block := make([]byte, 256<<10)
	body := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range size / len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	plain, secure := httptest.NewServer(body), httptest.NewTLSServer(body)
	defer plain.Close()
	defer secure.Close()
	proxy := httptest.NewServer(engine.NewGate(slipway.Settings{Private: []string{"127.0.0.1"}}, nil))
	defer proxy.Close()
	for name, c := range map[string]struct {
		target  *httptest.Server
		proxied bool
	}{
		"plain direct": {plain, false}, "plain forwarded": {plain, true},
		"tls direct": {secure, false}, "tls tunnelled": {secure, true},
	} {
		b.Run(name, func(b *testing.B) {
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots(c.target)}}
			if c.proxied {
				transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
			}
			defer transport.CloseIdleConnections()
			b.SetBytes(size)
			for b.Loop() {
				download(b, &http.Client{Transport: transport}, c.target.URL)
			}
		})
	}
}

func roots(server *httptest.Server) *x509.CertPool {
	pool := x509.NewCertPool()
	if certificate := server.Certificate(); certificate != nil {
		pool.AddCert(certificate)
	}
	return pool
}

func download(b *testing.B, client *http.Client, target string) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkStart prints the time from Start to a client that lists workers, in
// a directory that has been used before.
func BenchmarkStart(b *testing.B) {
	c := config(b)
	for b.Loop() {
		e, err := engine.Start(b.Context(), c)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
