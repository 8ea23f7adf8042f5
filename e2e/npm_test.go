//go:build e2e

package e2e_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha512"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// npmRegistry serves one package, @office/words, to whoever has the token.
type npmRegistry struct {
	url         string // without a slash at the end
	host, token string
	tarball     []byte
}

func newNpmRegistry(t *testing.T) *npmRegistry {
	t.Helper()
	r, server := npmServer(t)
	server.Start()
	t.Cleanup(server.Close)
	r.url = "http://" + r.host
	return r
}

// newSecureNpmRegistry is one that only those believe who know the authority.
func newSecureNpmRegistry(t *testing.T, a *authority) *npmRegistry {
	t.Helper()
	r, server := npmServer(t)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ownAddress(t))}}
	server.StartTLS()
	t.Cleanup(server.Close)
	r.url = "https://" + r.host
	return r
}

func npmServer(t *testing.T) (*npmRegistry, *httptest.Server) {
	t.Helper()
	r := &npmRegistry{token: "office-" + rand.Text(), tarball: npmPackage(t)}
	server := httptest.NewUnstartedServer(r)
	_ = server.Listener.Close()
	var err error
	if server.Listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ownAddress(t).String(), "0")); err != nil {
		t.Fatal(err)
	}
	r.host = server.Listener.Addr().String()
	return r, server
}

// npmPackage is an archive as `npm pack` makes it.
func npmPackage(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, f := range []struct{ name, text string }{
		{"package/package.json", `{"name": "@office/words", "version": "1.0.0", "main": "index.js"}`},
		{"package/index.js", "module.exports = 'words of the office';\n"},
	} {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (r *npmRegistry) integrity() string {
	sum := sha512.Sum512(r.tarball)
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (r *npmRegistry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.Header.Get("Authorization") != "Bearer "+r.token:
		http.Error(w, `{"error": "the office's registry wants a token"}`, http.StatusUnauthorized)
	case strings.HasSuffix(req.URL.Path, ".tgz"):
		_, _ = w.Write(r.tarball)
	case strings.EqualFold(req.URL.EscapedPath(), "/@office%2fwords"):
		fmt.Fprintf(w, `{"name": "@office/words", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "@office/words", "version": "1.0.0",
			"dist": {"integrity": %q, "tarball": "%s/@office/words/-/words-1.0.0.tgz"}}}}`, r.integrity(), r.url)
	default:
		http.NotFound(w, req)
	}
}

// service is a tree that needs the package.
func (r *npmRegistry) service(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "desk")
	for name, text := range map[string]string{
		"package.json": `{"name": "desk", "scripts": {"start": "node server.js"}, "dependencies": {"@office/words": "1.0.0"}}`,
		"package-lock.json": fmt.Sprintf(`{"name": "desk", "lockfileVersion": 3, "requires": true, "packages": {
			"": {"name": "desk", "dependencies": {"@office/words": "1.0.0"}},
			"node_modules/@office/words": {"version": "1.0.0", "integrity": %q}}}`, r.integrity()),
		"server.js": "require('node:http').createServer((q, s) => s.end(require('@office/words'))).listen(process.env.PORT);\n",
	} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestNpm_PrivateRegistry builds a service with a package of a registry that
// wants a token: with the user's npmrc that has it, and without.
func TestNpm_PrivateRegistry(t *testing.T) {
	t.Parallel()
	r := newNpmRegistry(t)
	dir := r.service(t)
	npmrc := filepath.Join(t.TempDir(), "npmrc")
	scope := "@office:registry=http://" + r.host + "/\n"
	w := newWorld(t, "NPM_CONFIG_USERCONFIG="+npmrc)

	if err := os.WriteFile(npmrc, []byte(scope), 0o600); err != nil {
		t.Fatal(err)
	}
	o := w.run(t, "build", dir, "--service", "office/desk")
	if o.code != 1 || !strings.Contains(o.stderr, "the registry "+r.host) || !strings.Contains(o.stderr, ":_authToken=") {
		t.Errorf("without a token: exit code %d, want 1, and the registry and the setting in\n%s", o.code, o.stderr)
	}

	if err := os.WriteFile(npmrc, []byte(scope+"//"+r.host+"/:_authToken="+r.token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	built := w.build(t, dir, "--service", "office/desk")
	if strings.Contains(built.stderr, r.token) {
		t.Error("the log has the token")
	}
	w.must(t, "check", "--run", "office/desk:"+built.Image.Tag)
}
