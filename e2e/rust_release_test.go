//go:build e2e

package e2e_test

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRust_release_of_a_mirror builds a service that names a release of Rust
// which only the office's own distribution server has, and which wants a
// login: with RUSTUP_DIST_SERVER and the netrc file of this machine it works
// and leaves nothing of them in the image; where the release is not there, or
// another than its checksum says, the error says what to do.
func TestRust_release_of_a_mirror(t *testing.T) {
	t.Parallel()
	office := newAuthority(t)
	place := newReleases(t, office)
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	dir := t.TempDir()
	ca, netrc := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "netrc")
	write(t, ca, string(bundle)+"\n"+string(office.pem))
	write(t, netrc, "")
	w := newWorld(t, "SLIPWAY_CA="+ca, "RUSTUP_DIST_SERVER="+place.url+"/rust/", "NETRC="+netrc)
	tree := t.TempDir()
	write(t, filepath.Join(tree, "Cargo.toml"), "[package]\nname = \"words\"\nversion = \"1.0.0\"\n")
	write(t, filepath.Join(tree, "src", "main.rs"), "fn main() {}\n")
	write(t, filepath.Join(tree, "slipway.yaml"), "services:\n  - {name: words, kind: task}\n")
	refused := func(release string, says ...string) {
		t.Helper()
		write(t, filepath.Join(tree, "rust-toolchain"), release+"\n")
		o := w.run(t, "build", tree, "--service", "office/words")
		for _, text := range says {
			if o.code != 1 || !strings.Contains(o.stderr, text) {
				t.Errorf("%s: exit code %d, want 1 and %q in\n%s", release, o.code, text, o.stderr)
			}
		}
	}
	refused("1.77.9", "Rust 1.77.9 cannot be fetched from "+place.url+"/rust/dist/", "netrc")
	write(t, netrc, fmt.Sprintf("machine %s login clerk password %s\n", place.ip, place.password))
	refused("1.77.11", "there is no Rust 1.77.11 at "+place.url+"/rust; the newest 1.77 is 1.77.9", "write 1.77.9 in")
	refused("1.77.8", "Rust 1.77.8 is not what it should be", "is damaged")

	write(t, filepath.Join(tree, "rust-toolchain"), "1.77.9\n")
	r := w.build(t, tree, "--service", "office/words")
	if o := w.must(t, "run", "office/words:"+r.Image.Tag); !strings.Contains(o.stdout+o.stderr, "made by the release of the office") {
		t.Errorf("the program says\n%s%s", o.stdout, o.stderr)
	}
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, []string{place.password, place.ip, ca})
	}
}

// releases is a distribution server of Rust that has one release, 1.77.9,
// whose cargo knows one program, and a damaged one, 1.77.8.
type releases struct {
	url, ip, password string
	files             map[string][]byte
}

func newReleases(t *testing.T, a *authority) *releases {
	t.Helper()
	ip := ownAddress(t)
	p := &releases{ip: ip.String(), password: "office-" + rand.Text(), files: map[string][]byte{}}
	server := listenOn(t, ip, p)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ip)}}
	server.StartTLS()
	t.Cleanup(server.Close)
	p.url = "https://" + server.Listener.Addr().String()
	const cargo = `#!/bin/sh
[ "$1" != --version ] || exec echo cargo of the office
mkdir -p "$CARGO_TARGET_DIR/release"
echo 'int puts(const char *); int main(void) { puts("made by the release of the office"); }' | cc -x c -o "$CARGO_TARGET_DIR/release/words" -
`
	manifest := "manifest-version = \"2\"\n[pkg.rust]\nversion = \"1.77.9 (0123456 2024-07-21)\"\n" +
		p.component(t, "rustc", "rustc/bin/rustc", "#!/bin/sh\necho rustc of the office\n") +
		p.component(t, "cargo", "cargo/bin/cargo", cargo) +
		p.component(t, "rust-std", "rust-std-x86_64-unknown-linux-gnu/lib/core", "")
	for release, text := range map[string]string{"1.77.9": manifest, "1.77": manifest, "1.77.8": strings.Replace(manifest, `xz_hash = "`, `xz_hash = "0`, 1)} {
		name := "/rust/dist/channel-rust-" + release + ".toml"
		p.files[name] = []byte(text)
		p.files[name+".sha256"] = fmt.Appendf(nil, "%x  %s\n", sha256.Sum256([]byte(text)), filepath.Base(name))
	}
	return p
}

func (p *releases) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, password, _ := r.BasicAuth()
	file, ok := p.files[r.URL.Path]
	switch {
	case password != p.password:
		w.Header().Set("WWW-Authenticate", `Basic realm="office"`)
		http.Error(w, "the office's files want a password", http.StatusUnauthorized)
	case !ok:
		http.NotFound(w, r)
	default:
		_, _ = w.Write(file)
	}
}

// component packs one program as a release has it and gives its part of the
// manifest.
func (p *releases) component(t *testing.T, name, file, text string) string {
	t.Helper()
	var packed, compressed bytes.Buffer
	w := tar.NewWriter(&packed)
	if err := w.WriteHeader(&tar.Header{Name: name + "-1.77.9/" + file, Mode: 0o755, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	xz := exec.CommandContext(t.Context(), "xz", "--stdout")
	xz.Stdin, xz.Stdout = &packed, &compressed
	if err := xz.Run(); err != nil {
		missing(t, "xz: "+err.Error())
	}
	p.files["/rust/dist/"+name+".tar.xz"] = compressed.Bytes()
	return fmt.Sprintf("[pkg.%s.target.x86_64-unknown-linux-gnu]\nxz_url = \"https://static.rust-lang.org/dist/%s.tar.xz\"\nxz_hash = \"%x\"\n", name, name, sha256.Sum256(compressed.Bytes()))
}
