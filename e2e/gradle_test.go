//go:build e2e

package e2e_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// gradlePlace is a host that has a distribution of Gradle: the stack's own
// under the name of another version. It wants a password below /office.
type gradlePlace struct {
	name, sum        string
	https, http      string // URLs of it
	password         string
	served, inClear  atomic.Int64 // requests answered; logins shown without TLS
	ca               *authority
	distributionFile []byte
}

func newGradlePlace(t *testing.T, w *world, a *authority) *gradlePlace {
	t.Helper()
	const version = "4.4.99"
	file := gradleZip(t, w, "gradle-"+version)
	sum := sha256.Sum256(file)
	p := &gradlePlace{name: "gradle-" + version + "-bin.zip", sum: hex.EncodeToString(sum[:]), password: "office-" + rand.Text(), ca: a, distributionFile: file}
	ip := ownAddress(t)
	secure, plain := listenOn(t, ip, p), listenOn(t, ip, p)
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ip)}}
	secure.StartTLS()
	plain.Start()
	t.Cleanup(secure.Close)
	t.Cleanup(plain.Close)
	p.https, p.http = "https://"+secure.Listener.Addr().String(), "http://"+plain.Listener.Addr().String()
	return p
}

func (p *gradlePlace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, password, login := r.BasicAuth()
	if login && r.TLS == nil {
		p.inClear.Add(1)
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/office/") && password != p.password:
		w.Header().Set("WWW-Authenticate", `Basic realm="office"`)
		http.Error(w, "the office's files want a password", http.StatusUnauthorized)
	case path.Base(r.URL.Path) != p.name:
		http.NotFound(w, r)
	default:
		p.served.Add(1)
		_, _ = w.Write(p.distributionFile)
	}
}

// gradleZip packs the Gradle of the stack as its makers pack theirs.
func gradleZip(t *testing.T, w *world, top string) []byte {
	t.Helper()
	const home, shared = "usr/share/gradle/", "usr/share/java/"
	files, links := map[string][]byte{}, map[string]string{}
	eachFile(t, w, "java-build:17", func(h *tar.Header, r io.Reader) {
		name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
		if !strings.HasPrefix(name, home) && !strings.HasPrefix(name, shared) {
			return
		}
		switch h.Typeflag {
		case tar.TypeSymlink:
			links[name] = path.Join(path.Dir(name), h.Linkname)
		case tar.TypeReg:
			content, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = content
		}
	})
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, content []byte) {
		f, err := z.Create(path.Join(top, strings.TrimPrefix(name, home)))
		if err == nil {
			_, err = f.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		if strings.HasPrefix(name, home) {
			add(name, content)
		}
	}
	for name, to := range links {
		for links[to] != "" {
			to = links[to]
		}
		if content, ok := files[to]; ok && strings.HasPrefix(name, home) {
			add(name, content)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() < 1<<20 {
		t.Fatalf("the stack's Gradle has %d bytes", b.Len())
	}
	return b.Bytes()
}

// eachFile goes through the layers of a stack image.
func eachFile(t *testing.T, w *world, image string, take func(*tar.Header, io.Reader)) {
	t.Helper()
	blob := func(digest string) io.ReadCloser {
		_, hash, _ := strings.Cut(digest, ":")
		f, err := os.Open(filepath.Join(w.data, "registry", "docker", "registry", "v2", "blobs", "sha256", hash[:2], hash, "data"))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	var stacks struct {
		Images map[string]struct{ Digest string }
	}
	var manifest struct {
		Manifests, Layers []struct{ Digest string }
	}
	read := func(r io.ReadCloser, v any) {
		defer r.Close()
		if err := json.NewDecoder(r).Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(filepath.Join(w.data, "stacks.json"))
	if err != nil {
		t.Fatal(err)
	}
	read(f, &stacks)
	for name, found := range stacks.Images {
		if strings.Contains(name, "/"+image) {
			read(blob(found.Digest), &manifest)
		}
	}
	if len(manifest.Manifests) > 0 {
		read(blob(manifest.Manifests[0].Digest), &manifest)
	}
	for _, l := range manifest.Layers {
		eachEntry(t, blob(l.Digest), take)
	}
}

func eachEntry(t *testing.T, blob io.ReadCloser, take func(*tar.Header, io.Reader)) {
	t.Helper()
	defer blob.Close()
	z, err := gzip.NewReader(blob)
	if err != nil {
		t.Fatal(err)
	}
	files := tar.NewReader(z)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		take(h, files)
	}
}

// TestGradle_DistributionOfTheWrapper builds a service whose wrapper names
// another Gradle than the stack's, from places that do not have it, have
// another, want a login, or are spoken to without TLS.
func TestGradle_DistributionOfTheWrapper(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	home, tree := t.TempDir(), filepath.Join(t.TempDir(), "dice")
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	ca := filepath.Join(home, "ca.pem")
	write(t, ca, string(bundle)+"\n"+string(a.pem))
	if err := copyTree(filepath.Join("services", "java", "gradle"), tree); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "HOME="+home, "SLIPWAY_CA="+ca, "SLIPWAY_PRIVATE_HOSTS="+ownAddress(t).String())
	p := newGradlePlace(t, w, a)
	netrc := func(password string) {
		write(t, filepath.Join(home, ".netrc"), "machine "+ownAddress(t).String()+" login clerk password "+password+"\n")
	}
	names := func(url, sum string) {
		text := "distributionBase=GRADLE_USER_HOME\ndistributionUrl=" + strings.ReplaceAll(url, ":", `\:`) + "\n"
		if sum != "" {
			text += "distributionSha256Sum=" + sum + "\n"
		}
		write(t, filepath.Join(tree, "gradle", "wrapper", "gradle-wrapper.properties"), text)
	}
	build := []string{"build", tree, "--service", "office/dice"}
	for _, c := range []struct{ name, url, sum, want string }{
		{"another version", p.https + "/gradle-4.4.98-bin.zip", "", "there is no " + p.https},
		{"a login", p.https + "/office/" + p.name, "", "into the netrc file"},
		{"another file, without TLS", p.http + "/" + p.name, strings.Repeat("0", 64), "distributionSha256Sum in gradle/wrapper"},
		{"without TLS or checksum", p.http + "/" + p.name, "", "without TLS, and without a checksum"},
		{"no such host", "https://gradle.invalid/" + p.name, p.sum, "SLIPWAY_GRADLE_DISTRIBUTIONS"},
	} {
		netrc("wrong")
		names(c.url, c.sum)
		if o := w.run(t, build...); o.code != 1 || !strings.Contains(o.stderr, c.want) {
			t.Errorf("%s: exit code %d, want 1 and %q in\n%s", c.name, o.code, c.want, o.stderr)
		}
	}

	netrc(p.password)
	w.env = append(w.env, "SLIPWAY_GRADLE_DISTRIBUTIONS="+p.https+"/office/")
	before := p.served.Load()
	result := w.build(t, build[1:]...)
	if p.served.Load() != before+1 {
		t.Errorf("the distribution was fetched %d times, want 1", p.served.Load()-before)
	}
	if p.inClear.Load() != 0 {
		t.Error("a login was shown without TLS")
	}
	if !strings.Contains(result.stderr, fmt.Sprintf("has the SHA-256 %s, as it should", p.sum)) {
		t.Errorf("the log does not tell of the checksum:\n%s", result.stderr)
	}
	if strings.Contains(result.stderr, p.password) {
		t.Error("the log has the password")
	}
	w.must(t, "check", "--run", "office/dice:"+result.Image.Tag)
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, []string{p.password})
	}
}
