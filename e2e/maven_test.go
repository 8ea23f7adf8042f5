//go:build e2e

package e2e_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// mavenRegistry is a registry over TLS that wants a password and has one
// library, com.example.office:stationery:1.0, which is nothing but a text.
type mavenRegistry struct {
	url, password string
	served        atomic.Int64
}

const (
	stationeryPom  = `<project><modelVersion>4.0.0</modelVersion><groupId>com.example.office</groupId><artifactId>stationery</artifactId><version>1.0</version></project>`
	stationeryText = "paper of the office"
)

func newMavenRegistry(t *testing.T, a *authority) *mavenRegistry {
	t.Helper()
	ip := ownAddress(t)
	r := &mavenRegistry{password: "office-" + rand.Text()}
	const base = "/maven/com/example/office/stationery/1.0/stationery-1.0"
	files := map[string][]byte{base + ".pom": []byte(stationeryPom), base + ".jar": stationeryJar(t)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if _, password, _ := q.BasicAuth(); password != r.password {
			w.Header().Set("WWW-Authenticate", `Basic realm="office"`)
			http.Error(w, "the office's registry wants a password", http.StatusUnauthorized)
			return
		}
		file, ok := files[q.URL.Path]
		if !ok {
			http.NotFound(w, q)
			return
		}
		r.served.Add(1)
		_, _ = w.Write(file)
	}))
	_ = server.Listener.Close()
	var err error
	if server.Listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip.String(), "0")); err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ip)}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	r.url = "https://" + server.Listener.Addr().String() + "/maven"
	return r
}

func stationeryJar(t *testing.T) []byte {
	t.Helper()
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	f, err := z.Create("stationery.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(stationeryText)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return jar.Bytes()
}

// settings is a settings.xml that names the registry, with more in it.
func (r *mavenRegistry) settings(more string) string {
	return `<settings>` + more + `<profiles><profile><id>office</id><repositories><repository><id>office</id><url>` + r.url +
		`</url></repository></repositories></profile></profiles><activeProfiles><activeProfile>office</activeProfile></activeProfiles></settings>`
}

const officeMain = `package com.example;

public class Letter {
    public static void main(String[] args) throws java.io.IOException {
        System.out.println(new String(Letter.class.getResourceAsStream("/stationery.txt").readAllBytes()));
    }
}
`

const officePom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.example</groupId><artifactId>letter</artifactId><version>1</version>
  <properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
  <dependencies>
    <dependency><groupId>com.example.office</groupId><artifactId>stationery</artifactId><version>1.0</version></dependency>
  </dependencies>
</project>
`

// TestMaven_PrivateRegistry builds a service with a library that only a
// registry of the organisation has, behind a password and a certificate of
// its own, both known from the machine's own settings.
func TestMaven_PrivateRegistry(t *testing.T) {
	t.Parallel()
	authority := newAuthority(t)
	r := newMavenRegistry(t, authority)
	home, tree := t.TempDir(), filepath.Join(t.TempDir(), "letter")
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	ca, settings := filepath.Join(home, "ca.pem"), filepath.Join(home, ".m2", "settings.xml")
	write(t, ca, string(bundle)+"\n"+string(authority.pem))
	write(t, filepath.Join(tree, "pom.xml"), officePom)
	write(t, filepath.Join(tree, "src", "main", "java", "com", "example", "Letter.java"), officeMain)
	write(t, filepath.Join(tree, "slipway.yaml"), "services:\n  - name: letter\n    kind: task\n")
	w := newWorld(t, "HOME="+home, "SLIPWAY_CA="+ca)
	build := []string{"build", tree, "--service", "office/letter", "--output", "json"}

	write(t, settings, r.settings(""))
	if o := w.run(t, build...); o.code != 1 || !strings.Contains(o.stdout+o.stderr, "with the id office") {
		t.Fatalf("without a password: exit code %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	write(t, settings, r.settings("<servers><server><id>office</id><username>clerk</username><password>${env.OFFICE_PASSWORD}</password></server></servers>"))
	w.env = append(w.env, "OFFICE_PASSWORD="+r.password)
	result := w.build(t, build[1:4]...)
	if r.served.Load() == 0 {
		t.Error("nothing came from the registry")
	}
	p := w.start(t, "run", "office/letter:"+result.Image.Tag)
	p.until(t, "the program prints what the library has", 30*time.Second, func() bool { return strings.Contains(p.stdout.String()+p.stderr.String(), stationeryText) })
	p.wait(t)
	for name, content := range readAll(t, filepath.Join(w.data, "logs")) {
		lookFor(t, "log "+name, content, []string{r.password})
	}
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, []string{r.password})
	}
}
