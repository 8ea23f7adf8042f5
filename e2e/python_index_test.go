//go:build e2e

package e2e_test

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"fmt"
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

// pythonIndex is an index of Python packages over TLS that wants a password
// (PEP 503). It has one package, made here.
type pythonIndex struct {
	host, password string
	served         atomic.Int64
}

const (
	wheelName = "shop_prices-1.0-py3-none-any.whl"
	wheelText = "def price():\n    return 'nineteen ninety-nine'\n"
)

func newPythonIndex(t *testing.T, a *authority) *pythonIndex {
	t.Helper()
	ip := ownAddress(t)
	x := &pythonIndex{password: "index-" + rand.Text()}
	wheel := wheelOf(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simple/shop-prices/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<a href="/files/%s">%s</a>`, wheelName, wheelName)
	})
	mux.HandleFunc("GET /files/"+wheelName, func(w http.ResponseWriter, r *http.Request) {
		x.served.Add(1)
		http.ServeContent(w, r, wheelName, time.Unix(1_000_000_000, 0), bytes.NewReader(wheel))
	})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != x.password {
			w.Header().Set("WWW-Authenticate", `Basic realm="index"`)
			http.Error(w, "the index wants a password", http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	_ = server.Listener.Close()
	var err error
	if server.Listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort(ip.String(), "0")); err != nil {
		t.Fatal(err)
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.server(t, ip)}}
	server.StartTLS()
	t.Cleanup(server.Close)
	x.host = server.Listener.Addr().String()
	return x
}

// wheelOf makes a wheel (PEP 427).
func wheelOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	const info = "shop_prices-1.0.dist-info/"
	for _, file := range []struct{ name, text string }{
		{"shop_prices.py", wheelText},
		{info + "METADATA", "Metadata-Version: 2.1\nName: shop-prices\nVersion: 1.0\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", "shop_prices.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n"},
	} {
		w, err := archive.Create(file.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(file.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPythonIndex builds a service that needs a package of a private index:
// with the credentials of the machine's pip.conf it is built, and they are in
// no image and no log; without them the error names the index and the setting.
func TestPythonIndex(t *testing.T) {
	t.Parallel()
	authority := newAuthority(t)
	index := newPythonIndex(t, authority)
	dir := t.TempDir()
	bundle, err := os.ReadFile(machineBundle())
	if err != nil {
		missing(t, "this machine has no CA bundle: "+err.Error())
	}
	ca, conf, tree := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "pip.conf"), filepath.Join(dir, "tree")
	write(t, ca, string(bundle)+"\n"+string(authority.pem))
	write(t, filepath.Join(tree, "requirements.txt"), "shop-prices==1.0\n")
	write(t, filepath.Join(tree, "main.py"), "from shop_prices import price\n\nprint('price:', price())\n")
	w := newWorld(t, "SLIPWAY_CA="+ca, "PIP_CONFIG_FILE="+conf, "PIP_INDEX_URL=", "UV_CONFIG_FILE=", "UV_INDEX_URL=", "UV_DEFAULT_INDEX=")
	args := []string{tree, "--service", "shop/private"}

	write(t, conf, "[global]\nindex-url = https://"+index.host+"/simple\n")
	refused := w.run(t, append([]string{"build"}, args...)...)
	if refused.code != 1 || !strings.Contains(refused.stderr, index.host+" asks for credentials") || !strings.Contains(refused.stderr, "pip.conf") {
		t.Errorf("without credentials: exit code %d\n%s", refused.code, refused.stderr)
	}

	write(t, conf, "[global]\nindex-url = https://robot:"+index.password+"@"+index.host+"/simple\n")
	built := w.build(t, args...)
	if index.served.Load() == 0 {
		t.Error("the package was not had from the index")
	}
	found := false
	for name, content := range newBlobs(t, w) {
		lookFor(t, "blob "+name, content, []string{index.password, index.host})
		found = found || bytes.Contains(content, []byte("nineteen ninety-nine"))
	}
	if !found {
		t.Error("the search does not even find the package's own text")
	}
	for name, content := range readAll(t, filepath.Join(w.data, "logs")) {
		lookFor(t, "log "+name, content, []string{index.password})
	}
	lookFor(t, "what the build printed", []byte(built.stderr), []string{index.password})
	ran := w.must(t, "run", built.Image.Service.String()+":"+built.Image.Tag)
	if !strings.Contains(ran.stdout+ran.stderr, "price: nineteen ninety-nine") {
		t.Errorf("it prints %q and %q", ran.stdout, ran.stderr)
	}
}
