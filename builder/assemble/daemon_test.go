package assemble_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/moby/buildkit/client"

	"github.com/slipway-ci/slipway/builder/assemble"
)

// internal is the host of the images' names.
const internal = "slipway.internal"

// skip skips loudly, or fails where everything has to run.
func skip(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("SLIPWAY_TEST_REQUIRED") == "1" {
		t.Fatalf("required here, and cannot run: "+format, args...)
	}
	t.Skipf("NOT TESTED: "+format, args...)
}

// requireTools skips unless this machine can make stack images.
func requireTools(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT TESTED: makes real images, which is not short")
	}
	if os.Geteuid() != 0 {
		skip(t, "a buildkitd of the test's own needs root")
	}
	for _, tool := range []string{"mmdebstrap", "apt-get", "runc", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			skip(t, "%s is not installed", tool)
		}
	}
}

// house is a registry that answers as slipway.internal behind a forward
// proxy, with a password, as the engine's does.
type house struct {
	*httptest.Server
	auth assemble.Credentials
}

func newHouse(t *testing.T) house {
	t.Helper()
	images := registry.New()
	auth := assemble.Credentials{Host: internal, User: "slipway", Password: "only-here"}
	h := house{auth: auth, Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != internal {
			http.Error(w, "no way out", http.StatusForbidden)
			return
		}
		if user, password, _ := r.BasicAuth(); user != auth.User || password != auth.Password {
			w.Header().Set("WWW-Authenticate", `Basic realm="slipway"`)
			http.Error(w, "who are you", http.StatusUnauthorized)
			return
		}
		images.ServeHTTP(w, r)
	}))}
	t.Cleanup(h.Close)
	return h
}

// image gives an image that was pushed, by reference.
func (h house) image(t *testing.T, reference string) v1.Image {
	t.Helper()
	ref, err := name.ParseReference(reference, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	img, err := remote.Image(ref,
		remote.WithTransport(&http.Transport{Proxy: http.ProxyURL(mustURL(t, h.URL))}),
		remote.WithAuth(&authn.Basic{Username: h.auth.User, Password: h.auth.Password}))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// startDaemon starts a buildkitd whose every way out is the house, and gives
// its address.
func startDaemon(t *testing.T, h house) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "asm") //nolint:usetesting // short: a socket's path has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "buildkitd.toml")
	socket := "unix://" + filepath.Join(dir, "sock")
	text := "root = \"" + dir + "/root\"\n[grpc]\naddress = [\"" + socket + "\"]\n" +
		"[worker.oci]\nenabled = true\nnetworkMode = \"host\"\n[worker.containerd]\nenabled = false\n" +
		"[registry.\"" + internal + "\"]\nhttp = true\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(buildkitd(t), "--config", config) //nolint:noctx // ended below, in its own way
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "HTTP_PROXY="+h.URL, "HTTPS_PROXY="+h.URL, "NO_PROXY=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("buildkitd:\n%s", tail(string(text), 30))
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	waitFor(t, socket)
	return socket
}

func waitFor(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := client.New(ctx, address)
		if err == nil {
			_, err = c.Info(ctx)
			_ = c.Close()
		}
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("buildkitd at %s: %v", address, err)
		case <-tick.C:
		}
	}
}

// buildkitd is the one that `make build` leaves, or the machine's.
func buildkitd(t *testing.T) string {
	t.Helper()
	own, err := filepath.Abs("../../bin/buildkitd")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(own); err == nil {
		return own
	}
	path, err := exec.LookPath("buildkitd")
	if err != nil {
		skip(t, "there is no buildkitd: run make build")
	}
	return path
}

func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
