package engine_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/engine"
)

// gate serves a gate and gives its URL.
func gate(t *testing.T, settings slipway.Settings, registry http.Handler) *url.URL {
	t.Helper()
	server := httptest.NewServer(engine.NewGate(settings, registry))
	t.Cleanup(server.Close)
	return parse(t, server.URL)
}

func parse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// through is a client that goes through a gate.
func through(t *testing.T, proxy *url.URL) *http.Client {
	t.Helper()
	transport := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return proxy, nil }}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

func fetch(t *testing.T, c *http.Client, target string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestGateServesTheRegistry(t *testing.T) {
	t.Parallel()
	client := through(t, gate(t, slipway.Settings{}, locked()))
	if status, _ := fetch(t, client, "http://slipway.internal/v2/"); status != http.StatusUnauthorized {
		t.Errorf("without a password: %d, want 401", status)
	}
	status, body := fetch(t, client, "http://user:let%20me%20in@slipway.internal/v2/a/b?c=d")
	if status != http.StatusOK || body != "slipway.internal/v2/a/b" {
		t.Errorf("with a password: %d %q", status, body)
	}
	if status, body := fetch(t, client, "https://slipway.internal/v2/"); status != 0 || !strings.Contains(body, "served over http") {
		t.Errorf("over https: %d %q", status, body)
	}
}

// A loopback server that was named explicitly is the one target that tests can
// reach on any machine.
func TestGateForwards(t *testing.T) {
	t.Parallel()
	header := make(chan http.Header, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header <- r.Header.Clone()
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, r.Host)
	}))
	defer server.Close()
	host := parse(t, server.URL).Host
	client := through(t, gate(t, slipway.Settings{Private: []string{host}}, nil))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Proxy-Authorization": "Basic c2VjcmV0", "Connection": "X-Hop", "X-Hop": "1", "X-End": "2"} {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	got := <-header
	if got.Get("Proxy-Authorization") != "" || got.Get("X-Hop") != "" || got.Get("X-End") != "2" || got.Get("X-Forwarded-For") != "" {
		t.Errorf("headers that arrived: %v", got)
	}
	if body, _ := io.ReadAll(response.Body); string(body) != host || response.StatusCode != http.StatusTeapot {
		t.Errorf("answer %d %q", response.StatusCode, body)
	}
}

func TestGateRefusesWithASentence(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	proxy := gate(t, slipway.Settings{}, nil)
	client := through(t, proxy)
	for target, want := range map[string]string{
		"http://127.0.0.1:1/":   "a build may not connect to 127.0.0.1:1: it is the host's own loopback",
		server.URL:              "it is the host's own loopback",
		"http://[::1]:1/":       "it is the host's own loopback",
		"http://10.0.0.1/":      "it is a private address",
		"http://168.63.129.16/": "link-local",
		"http://127.1/":         "neither a name nor an address",
		"http://localhost:1/":   "it is the host's own loopback",
	} {
		if status, body := fetch(t, client, target); status == http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %q, want %q", target, status, body, want)
		}
	}
	if status, body := fetch(t, &http.Client{}, proxy.String()+"/"); status != http.StatusBadRequest {
		t.Errorf("a request that is not a proxy's: %d %q", status, body)
	}
}

// TestGateStreams shows that an answer arrives while it is being made.
func TestGateStreams(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		_ = http.NewResponseController(w).Flush()
		<-more
		_, _ = io.WriteString(w, "second\n")
	}))
	defer server.Close()
	client := through(t, gate(t, slipway.Settings{Private: []string{"127.0.0.1"}}, nil))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	reader := bufio.NewReader(response.Body)
	if line, err := reader.ReadString('\n'); line != "first\n" {
		t.Fatalf("first line %q, %v", line, err)
	}
	close(more)
	if line, err := reader.ReadString('\n'); line != "second\n" {
		t.Fatalf("second line %q, %v", line, err)
	}
}

// upstreamProxy is an organisation's proxy that wants a password and counts.
func upstreamProxy(t *testing.T, served *atomic.Int32) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "Basic dXNlcjpwYXNz" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		served.Add(1)
		if r.Method != http.MethodConnect {
			_, _ = io.WriteString(w, "forwarded "+r.URL.String())
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\ntunnel to "+r.Host+"\n")
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http://", "http://user:pass@", 1)
}

func TestGateUsesTheUpstreamProxy(t *testing.T) {
	t.Parallel()
	var served atomic.Int32
	proxy := upstreamProxy(t, &served)
	address := gate(t, slipway.Settings{Proxy: slipway.Proxy{HTTP: proxy, HTTPS: proxy}}, nil)
	client := through(t, address)
	if status, body := fetch(t, client, "http://198.51.100.99/x"); status != http.StatusOK || body != "forwarded http://198.51.100.99/x" {
		t.Errorf("GET: %d %q", status, body)
	}
	if got := tunnel(t, address, "name.invalid:443"); got != "tunnel to name.invalid:443" {
		t.Errorf("CONNECT: %q", got)
	}
	before := served.Load()
	for _, target := range []string{"169.254.169.254:80", "10.0.0.1:443", "[::ffff:127.0.0.1]:80", "[64:ff9b::a9fe:a9fe]:80"} {
		if status, body := fetch(t, client, "http://"+target+"/"); status != http.StatusForbidden {
			t.Errorf("GET %s: %d %q", target, status, body)
		}
		if got := tunnel(t, address, target); !strings.Contains(got, "403") {
			t.Errorf("CONNECT %s: %q", target, got)
		}
	}
	if served.Load() != before {
		t.Error("a forbidden target was passed on")
	}
}

func TestGateKeepsTheUpstreamPassword(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	proxy := strings.Replace(closed.URL, "http://", "http://user:pass-secret@", 1)
	address := gate(t, slipway.Settings{Proxy: slipway.Proxy{HTTP: proxy, HTTPS: proxy}}, nil)
	_, forwarded := fetch(t, through(t, address), "http://198.51.100.99/")
	tunnelled := tunnel(t, address, "198.51.100.99:443")
	for _, told := range []string{forwarded, tunnelled} {
		if strings.Contains(told, "pass-secret") || !strings.Contains(told, "refused") {
			t.Errorf("told %q", told)
		}
	}
}

// tunnel asks for a tunnel and gives its first line, or the refusal's.
func tunnel(t *testing.T, proxy *url.URL, target string) string {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", proxy.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, &http.Request{Method: http.MethodConnect}) //nolint:bodyclose // it has none, and the connection is closed
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		return response.Status
	}
	line, err := reader.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}
