//go:build e2e

package e2e_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-ci/slipway/registry"
)

// office is an organisation: a certificate authority of its own, a Go module
// mirror that asks for a password, and a proxy that asks for another.
type office struct {
	env    []string
	secret []string // what may be nowhere: passwords
	marks  []string // what may be neither in an image nor in the log of a build
	place  []string // what may be in no image; a log says where it downloaded from
	mirror *mirror
	proxy  *proxy
}

func newOffice(t *testing.T) *office {
	t.Helper()
	dir := t.TempDir()
	authority := newAuthority(t)
	o := &office{mirror: newMirror(t, authority), proxy: newProxy(t)}
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	ca, netrc := filepath.Join(dir, "office-ca.pem"), filepath.Join(dir, "office-netrc")
	write(t, ca, string(bundle)+"\n"+string(authority.pem))
	write(t, netrc, "machine "+o.mirror.host+" login office password "+o.mirror.password+"\n")
	o.env = []string{
		"SLIPWAY_CA=" + ca, "NETRC=" + netrc, "GOPROXY=" + o.mirror.url, "GOENV=off",
		"HTTPS_PROXY=" + o.proxy.url, "HTTP_PROXY=" + o.proxy.url, "https_proxy=", "http_proxy=", "NO_PROXY=", "no_proxy=",
	}
	o.secret = []string{o.mirror.password, o.proxy.password}
	o.marks = append(authority.lines(), string(authority.der), strings.TrimPrefix(o.proxy.address, "http://"), ca, netrc)
	o.place = []string{o.mirror.mark, o.mirror.host}
	return o
}

// machineBundle is the bundle that this machine's programs use.
func machineBundle() string {
	if file := os.Getenv("SSL_CERT_FILE"); file != "" {
		return file
	}
	return "/etc/ssl/certs/ca-certificates.crt"
}

// leftNothing looks for the office in everything that the builds in w left.
func (o *office) leftNothing(t *testing.T, w *world, rows []proofBuild) {
	t.Helper()
	if o.mirror.served.Load() == 0 || o.proxy.tunnels.Load() == 0 {
		t.Fatalf("the settings did not reach the steps: the mirror served %d files, the proxy made %d connections", o.mirror.served.Load(), o.proxy.tunnels.Load())
	}
	found := false
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, slices.Concat(o.secret, o.marks, o.place))
		found = found || bytes.Contains(content, []byte("good day from slipway"))
	}
	if !found {
		t.Error("the search does not even find the program's own text")
	}
	for name, content := range readAll(t, filepath.Join(w.data, "logs")) {
		if strings.Contains(name, "builds/") {
			lookFor(t, "log "+name, content, slices.Concat(o.secret, o.marks))
		} else {
			lookFor(t, "log "+name, content, o.secret)
		}
	}
	for _, r := range rows {
		lookFor(t, "what the build of "+r.commit+" printed", []byte(r.stderr), slices.Concat(o.secret, o.marks))
	}
	images := w.stored(t)
	leanImage(t, images, proofService+"@"+rows[0].Image.Digest)
}

func lookFor(t *testing.T, where string, content []byte, marks []string) {
	t.Helper()
	for _, mark := range marks {
		if at := bytes.Index(content, []byte(mark)); at >= 0 {
			around := content[max(0, at-100):min(len(content), at+100)]
			t.Errorf("%s holds %.60q: …%q…", where, mark, around)
		}
	}
}

// newBlobs gives every blob that builds added to w's registry (layers,
// configurations, manifests, whatever else), decompressed.
func newBlobs(t *testing.T, w *world) map[string][]byte {
	t.Helper()
	old := readNames(t, filepath.Join(prepared.dir, "registry"))
	blobs := map[string][]byte{}
	for name, content := range readAll(t, filepath.Join(w.data, "registry")) {
		if filepath.Base(name) != "data" || old[name] {
			continue
		}
		if r, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
			if content, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		blobs[name] = content
	}
	return blobs
}

func readNames(t *testing.T, dir string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	walk(t, dir, func(name, _ string) { names[name] = true })
	return names
}

// readAll gives the files below dir, but not those of the stack images.
func readAll(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	const most = 64 << 20 // no image of a Go service has a layer as big as a toolchain
	files := map[string][]byte{}
	walk(t, dir, func(name, path string) {
		if info, err := os.Stat(path); err != nil || info.Size() > most {
			return
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = b
	})
	return files
}

func walk(t *testing.T, dir string, file func(name, path string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err == nil {
			file(name, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// leanImage fails for a toolchain in any layer and for an environment that
// has more than a program needs.
func leanImage(t *testing.T, images registry.Remote, name string) {
	t.Helper()
	img := fetch(t, images, name)
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	tools := []string{"go", "gofmt", "compile", "gcc", "cc", "as", "ld", "make", "git", "apt-get", "dpkg", "sh", "bash"}
	for path, file := range filesOf(t, layers) {
		if file.Type != tar.TypeDir && slices.Contains(tools, filepath.Base(path)) || strings.Contains(path, "/pkg/mod/") || strings.HasSuffix(path, ".go") {
			t.Errorf("the image holds %s", path)
		}
	}
	for _, kv := range factsOf(t, img).config.Config.Env {
		name, _, _ := strings.Cut(kv, "=")
		if !slices.Contains([]string{"PATH", "PORT", "HOME", "TZ", "LANG", "SSL_CERT_FILE", "TMPDIR"}, name) {
			t.Errorf("the image's environment has %s", kv)
		}
	}
}
