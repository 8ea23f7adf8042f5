package rust_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/slipway-ci/slipway/adapters"
)

const host = "x86_64-unknown-linux-gnu"

// TestToolchainStep runs the step's script on this machine, against a mirror
// of one small release.
func TestToolchainStep(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"/usr/lib/apt/apt-helper", "xz"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
				t.Fatalf("required here: %s", tool)
			}
			t.Skipf("NOT TESTED: %s is not installed", tool)
		}
	}
	mirror := newMirror(t)
	for _, tt := range []struct{ name, release, want string }{
		{"there", "1.80.1", "rustc of the mirror\ncargo of the mirror\n"},
		{"its minor", "1.80", "rustc of the mirror\ncargo of the mirror\n"},
		{"no such patch", "1.80.7", "slipway: there is no Rust 1.80.7 at MIRROR; the newest 1.80 is 1.80.1\n"},
		{"no such minor", "1.99.0", "slipway: there is no Rust 1.99.0 at MIRROR; the newest is 1.80.1\n"},
		{"another manifest", "1.81.0", "slipway: Rust 1.81.0 is not what it should be: the SHA-256 of MIRROR/dist/channel-rust-1.81.0.toml is "},
		{"another component", "1.82.0", "slipway: Rust 1.82.0 is not what it should be: the SHA-256 of MIRROR/dist/2024/rustc.tar.xz is "},
		{"no component", "1.83.0", "slipway: Rust 1.83.0 has no rustc for " + host + "\n"},
		{"no answer", "1.84.0", "slipway: Rust 1.84.0 cannot be fetched from MIRROR/dist/channel-rust-1.84.0.toml.sha256\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			said, left := mirror.bring(t, tt.release)
			if !strings.Contains(said, strings.ReplaceAll(tt.want, "MIRROR", mirror.url)) {
				t.Errorf("it says %q, not %q", said, tt.want)
			}
			if fails := strings.HasPrefix(tt.want, "slipway:"); !fails && strings.Join(left, " ") != "bin/cargo bin/rustc lib/rustlib/core" {
				t.Errorf("it left %q", left)
			}
		})
	}
}

// mirror is a distribution server and where its files lie.
type mirror struct{ url, dir string }

// newMirror has the release 1.80.1, and some that are damaged.
func newMirror(t *testing.T) mirror {
	t.Helper()
	m := mirror{dir: t.TempDir()}
	files := http.FileServer(http.Dir(m.dir))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "1.84") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	m.url = server.URL
	script := func(name string) string { return "#!/bin/sh\necho " + name + " of the mirror\n" }
	good := "manifest-version = \"2\"\n[pkg.rust]\nversion = \"1.80.1 (3f5fd8dd4 2024-08-06)\"\n" +
		m.component(t, "rustc", "rustc", map[string]string{"bin/rustc": script("rustc"), "share/doc/x": ""}) +
		m.component(t, "cargo", "cargo", map[string]string{"bin/cargo": script("cargo"), "manifest.in": ""}) +
		m.component(t, "rust-std", "rust-std-"+host, map[string]string{"lib/rustlib/core": ""})
	m.manifest(t, "1.80.1", good, good)
	m.manifest(t, "1.80", good, good)
	m.manifest(t, "stable", good, good)
	m.manifest(t, "1.81.0", good, good+"#")
	other := strings.Replace(good, `xz_hash = "`, `xz_hash = "0`, 1)
	m.manifest(t, "1.82.0", other, other)
	none := strings.Replace(good, "[pkg.rustc.", "[pkg.rustz.", 1)
	m.manifest(t, "1.83.0", none, none)
	return m
}

// manifest writes one with the checksum of another text.
func (m mirror) manifest(t *testing.T, release, text, summed string) {
	t.Helper()
	name := filepath.Join(m.dir, "dist", "channel-rust-"+release+".toml")
	put(t, name, []byte(text))
	put(t, name+".sha256", fmt.Appendf(nil, "%x  channel-rust-%s.toml\n", sha256.Sum256([]byte(summed)), release))
}

// component packs files as a release has them and gives its part of the
// manifest.
func (m mirror) component(t *testing.T, name, dir string, files map[string]string) string {
	t.Helper()
	var packed, compressed bytes.Buffer
	w := tar.NewWriter(&packed)
	for path, text := range files {
		header := &tar.Header{Name: name + "-1.80.1-" + host + "/" + dir + "/" + path, Mode: 0o755, Size: int64(len(text))}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	xz := exec.CommandContext(t.Context(), "xz", "--stdout")
	xz.Stdin, xz.Stdout = &packed, &compressed
	if err := xz.Run(); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(m.dir, "dist", "2024", name+".tar.xz"), compressed.Bytes())
	return fmt.Sprintf("[pkg.%s.target.%s]\navailable = true\nurl = \"https://static.rust-lang.org/dist/2024/%s.tar.gz\"\nhash = \"1\"\nxz_url = \"https://static.rust-lang.org/dist/2024/%s.tar.xz\"\nxz_hash = \"%x\"\n\n",
		name, host, name, name, sha256.Sum256(compressed.Bytes()))
}

// bring runs the step of a plan in a directory of its own, and gives what it
// says and the files that it leaves.
func (m mirror) bring(t *testing.T, release string) (said string, left []string) {
	t.Helper()
	plan, err := adapters.Plan(adapters.Request{Fetch: true, Tree: fstest.MapFS{
		"Cargo.toml": {Data: []byte("[package]\nname = \"x\"\n")}, "src/main.rs": {Data: nil}, "rust-toolchain": {Data: []byte(release)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	put(t, filepath.Join(root, "run", "slipway", "rust-distributions"), []byte(m.url+"/\n"))
	put(t, filepath.Join(root, "tmp", "x"), nil)
	if err := os.Mkdir(filepath.Join(root, "toolchain"), 0o755); err != nil {
		t.Fatal(err)
	}
	args := plan.Steps[0].Args
	script := strings.NewReplacer("/toolchain", root+"/toolchain", "/tmp/", root+"/tmp/", "/run/slipway", root+"/run/slipway").Replace(args[2])
	command := exec.CommandContext(t.Context(), args[0], append([]string{args[1], script}, args[3:]...)...)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"}
	out, _ := command.CombinedOutput() // what it says is compared
	toolchain := os.DirFS(filepath.Join(root, "toolchain"))
	err = fs.WalkDir(toolchain, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(out), left
}

func put(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
