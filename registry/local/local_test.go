package local_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry/local"
)

// start opens a registry in dir and gives the host that it listens on.
func start(tb testing.TB, cfg local.Config) (*local.Registry, string) {
	tb.Helper()
	r, err := local.Open(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = r.Close() })
	addr, err := r.Listen(tb.Context(), "127.0.0.1:0", nil)
	if err != nil {
		tb.Fatal(err)
	}
	return r, addr.String()
}

func tag(tb testing.TB, s string) name.Tag {
	tb.Helper()
	ref, err := name.NewTag(s)
	if err != nil {
		tb.Fatal(err)
	}
	return ref
}

// push pushes a random image.
func push(tb testing.TB, ref name.Reference, size int64) v1.Image {
	tb.Helper()
	img, err := random.Image(size, 2)
	if err != nil {
		tb.Fatal(err)
	}
	if err := remote.Write(ref, img, remote.WithContext(tb.Context())); err != nil {
		tb.Fatal(err)
	}
	return img
}

// intact fails unless every byte of the image can be pulled.
func intact(tb testing.TB, ref name.Reference) {
	tb.Helper()
	img, err := remote.Image(ref, remote.WithContext(tb.Context()))
	if err != nil {
		tb.Errorf("pull %s: %v", ref, err)
		return
	}
	if err := validate.Image(img); err != nil {
		tb.Errorf("%s is damaged: %v", ref, err)
	}
}

func digestOf(tb testing.TB, img interface{ Digest() (v1.Hash, error) }) string {
	tb.Helper()
	d, err := img.Digest()
	if err != nil {
		tb.Fatal(err)
	}
	return d.String()
}

func TestRegistry_keepsImagesOverARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, host := start(t, local.Config{Dir: dir})
	push(t, tag(t, host+"/shop/cart:1"), 100_000)
	intact(t, tag(t, host+"/shop/cart:1"))
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Head(tag(t, host+"/shop/cart:1"), remote.WithContext(t.Context())); err == nil {
		t.Error("a closed registry answers")
	}
	_, host = start(t, local.Config{Dir: dir})
	intact(t, tag(t, host+"/shop/cart:1"))
	names, err := remote.Catalog(t.Context(), tag(t, host+"/shop/cart:1").Registry)
	if err != nil || len(names) != 1 || names[0] != "shop/cart" {
		t.Errorf("catalogue: got %v, %v", names, err)
	}
}

func TestRegistry_deletes(t *testing.T) {
	t.Parallel()
	_, host := start(t, local.Config{Dir: t.TempDir()})
	ref := tag(t, host+"/shop/cart:1")
	img := push(t, ref, 1000)
	if err := remote.Delete(ref.Context().Digest(digestOf(t, img)), remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
	if _, err := remote.Head(ref, remote.WithContext(t.Context())); err == nil {
		t.Error("a deleted image is still there")
	}
}

func TestRegistry_Authenticated(t *testing.T) {
	t.Parallel()
	r, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	addr, err := r.Listen(t.Context(), "127.0.0.1:0", &local.Guard{Owner: local.Credentials{User: "engine", Password: "s3cret"}})
	if err != nil {
		t.Fatal(err)
	}
	ref := tag(t, addr.String()+"/shop/cart:1")
	img, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	write := func(user, password string) error {
		return remote.Write(ref, img, remote.WithContext(t.Context()),
			remote.WithAuth(authn.FromConfig(authn.AuthConfig{Username: user, Password: password})))
	}
	for _, bad := range [][2]string{{"", ""}, {"engine", ""}, {"engine", "s3cret2"}, {"other", "s3cret"}, {"engine:s3", "cret"}} {
		if err := write(bad[0], bad[1]); err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("credentials %q: got %v, want 401", bad, err)
		}
	}
	if err := write("engine", "s3cret"); err != nil {
		t.Error(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr.String()+"/v2/", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if got := res.Header.Get("WWW-Authenticate"); res.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(got, "Basic realm=") {
		t.Errorf("without credentials: got %d and challenge %q", res.StatusCode, got)
	}
}

func TestRegistry_Listen_wider(t *testing.T) {
	t.Parallel()
	r, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "registry.test:5000", "localhost.evil.test:0", "nonsense"} {
		_, err := r.Listen(t.Context(), addr, nil)
		if slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%s without credentials: got %v, want %s", addr, err, slipway.CodeUsage)
		}
	}
	if _, err := r.Listen(t.Context(), "0.0.0.0:0", &local.Guard{Owner: local.Credentials{User: "u", Password: "p"}}); err != nil {
		t.Errorf("with credentials: %v", err)
	}
	if _, err := r.Listen(t.Context(), "0.0.0.0:0", &local.Guard{Owner: local.Credentials{User: "u"}}); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("with an empty password: got %v, want %s", err, slipway.CodeUsage)
	}
}

func TestRegistry_Listen_taken(t *testing.T) {
	t.Parallel()
	r, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	addr, err := r.Listen(t.Context(), "127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Listen(t.Context(), addr.String(), nil)
	if e, ok := errors.AsType[*slipway.Error](err); !ok || e.Code != slipway.CodeUnavailable || !strings.Contains(e.Hint, "slipway up --registry") {
		t.Errorf("twice on one address: %v", err)
	}
}

func TestOpen_unusable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := local.Open(local.Config{Dir: filepath.Join(file, "registry")})
	if slipway.ErrorCode(err) != slipway.CodeUnavailable || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
}

// Not parallel: it looks at all goroutines. The library leaves one of its own
// behind, which is idle and cannot be reached (handlers.App.events.sink).
func TestRegistry_Close_leavesNothing(t *testing.T) {
	r, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := r.Listen(t.Context(), "127.0.0.1:0", nil); err != nil {
			t.Fatal(err)
		}
	}
	await(t, func() bool { return len(ours()) == 6 }) // else this test sees nothing
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return len(ours()) == 0 })
}

func await(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("goroutines:\n%s", strings.Join(ours(), "\n\n"))
		}
	}
}

// ours gives the stacks of goroutines that belong to a registry.
func ours() (stacks []string) {
	buf := make([]byte, 1<<20)
	for s := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		mine := strings.Contains(s, "registry/local.") || strings.Contains(s, "distribution/v3")
		if mine && !strings.Contains(s, "testing.tRunner") && !strings.Contains(s, "NewBroadcaster") {
			stacks = append(stacks, s)
		}
	}
	return stacks
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		r, err := local.Open(local.Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		addr, err := r.Listen(b.Context(), "127.0.0.1:0", nil)
		if err != nil {
			b.Fatal(err)
		}
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://"+addr.String()+"/v2/", nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Close = true
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatal(res, err)
		}
		_ = res.Body.Close()
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
