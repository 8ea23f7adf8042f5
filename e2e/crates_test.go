//go:build e2e

package e2e_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCrates_private_registry builds a Rust service whose crate is in a
// registry that wants a token: with Cargo's own settings of the machine it
// works and leaves nothing of them in the image, without them the error says
// which to make.
func TestCrates_private_registry(t *testing.T) {
	t.Parallel()
	office := newAuthority(t)
	crates := newCrates(t, office)
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	dir, settings := t.TempDir(), t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	write(t, ca, string(bundle)+"\n"+string(office.pem))
	w := newWorld(t, "SLIPWAY_CA="+ca, "SLIPWAY_PRIVATE_HOSTS="+crates.ip, "CARGO_HOME="+settings)
	tree := crates.service(t)

	o := w.run(t, "build", tree, "--service", "office/words")
	for _, says := range []string{"the registry office wants a token", "credentials.toml"} {
		if o.code != 1 || !strings.Contains(o.stderr, says) {
			t.Errorf("without a token: exit code %d, want 1 and %q in\n%s", o.code, says, o.stderr)
		}
	}

	write(t, filepath.Join(settings, "config.toml"), fmt.Sprintf("[registries.office]\nindex = %q\n", crates.index))
	write(t, filepath.Join(settings, "credentials.toml"), fmt.Sprintf("[registries.office]\ntoken = %q\n", crates.token))
	r := w.build(t, tree, "--service", "office/words")
	said := w.must(t, "run", "office/words:"+r.Image.Tag)
	if !strings.Contains(said.stdout+said.stderr, "words of the office, from /cargo/registry/src/crates/office-words-1.0.0/src/lib.rs") {
		t.Errorf("the program says\n%s%s", said.stdout, said.stderr)
	}
	editedIsCompiled(t, w, tree)
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, []string{crates.token, crates.ip, ca})
	}
	for name, content := range readAll(t, filepath.Join(w.data, "logs")) {
		lookFor(t, "log "+name, content, []string{crates.token})
	}
}

// editedIsCompiled sees an edited source compiled although its time is older
// than that of everything which was made before.
func editedIsCompiled(t *testing.T, w *world, tree string) {
	t.Helper()
	source := filepath.Join(tree, "src", "main.rs")
	write(t, source, "fn main() {\n    println!(\"edited: {}\", office_words::WORDS);\n}\n")
	if err := os.Chtimes(source, time.Unix(0, 0), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	r := w.build(t, tree, "--service", "office/words")
	if o := w.must(t, "run", "office/words:"+r.Image.Tag); !strings.Contains(o.stdout+o.stderr, "edited: words of the office") {
		t.Errorf("after an edit the program says\n%s%s", o.stdout, o.stderr)
	}
}

// crates is a registry of crates over TLS that wants a token (RFC 2789,
// sparse).
type crates struct {
	ip, index, token string
	archive          []byte // of its only crate
}

func newCrates(t *testing.T, a *authority) *crates {
	t.Helper()
	ip := ownAddress(t)
	c := &crates{ip: ip.String(), token: "Bearer " + rand.Text(), archive: packed(t, "office-words-1.0.0", map[string]string{
		"Cargo.toml": "[package]\nname = \"office-words\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
		"src/lib.rs": "pub const WORDS: &str = concat!(\"words of the office, from \", file!());\n",
	})}
	server := httptest.NewUnstartedServer(c)
	_ = server.Listener.Close()
	var err error
	if server.Listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(c.ip, "0")); err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ip)}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	c.index = "sparse+https://" + server.Listener.Addr().String() + "/index/"
	return c
}

func (c *crates) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != c.token {
		http.Error(w, "the office wants a token", http.StatusUnauthorized)
		return
	}
	root := strings.TrimSuffix(strings.TrimPrefix(c.index, "sparse+"), "/index/")
	switch r.URL.Path {
	case "/index/config.json":
		fmt.Fprintf(w, `{"dl": %q, "auth-required": true}`, root+"/dl")
	case "/index/of/fi/office-words":
		fmt.Fprintf(w, `{"name": "office-words", "vers": "1.0.0", "deps": [], "features": {}, "yanked": false, "cksum": %q}`, c.sum())
	case "/dl/office-words/1.0.0/download":
		_, _ = w.Write(c.archive)
	default:
		http.NotFound(w, r)
	}
}

func (c *crates) sum() string {
	sum := sha256.Sum256(c.archive)
	return hex.EncodeToString(sum[:])
}

// service is a repository that depends on the crate and says where its
// registry is.
func (c *crates) service(t *testing.T) string {
	t.Helper()
	tree := t.TempDir()
	for name, text := range map[string]string{
		"slipway.yaml":       "services:\n  - name: words\n    kind: task\n",
		"Cargo.toml":         "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\noffice-words = { version = \"1\", registry = \"office\" }\n",
		"src/main.rs":        "fn main() {\n    println!(\"{}\", office_words::WORDS);\n}\n",
		".cargo/config.toml": fmt.Sprintf("[registries.office]\nindex = %q\n", c.index),
		"Cargo.lock": fmt.Sprintf("version = 4\n\n[[package]]\nname = \"office-words\"\nversion = \"1.0.0\"\nsource = %q\nchecksum = %q\n\n"+
			"[[package]]\nname = \"words\"\nversion = \"0.1.0\"\ndependencies = [\n \"office-words\",\n]\n", c.index, c.sum()),
	} {
		write(t, filepath.Join(tree, name), text)
	}
	return tree
}

// packed is a crate's archive.
func packed(t *testing.T, dir string, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	archive := tar.NewWriter(zip)
	for name, text := range files {
		if err := archive.WriteHeader(&tar.Header{Name: dir + "/" + name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
