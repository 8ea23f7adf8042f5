package registry_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/registry"
	"github.com/slipway-ci/slipway/registry/local"
)

// stamped gives an image of the fixture.
func (f fixture) stamped(t *testing.T, k slipway.BuildKey) slipway.Image {
	t.Helper()
	_, digest := f.push(t, cart, k)
	img, err := f.Stamp(t.Context(), registry.StampRequest{Service: cart, Content: digest, Revision: revision(), Key: k})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// other starts a second registry, as somebody else's, behind wrap.
func other(t *testing.T, creds *local.Credentials, wrap func(http.Handler) http.Handler) string {
	t.Helper()
	l, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	h := l.Handler()
	if creds != nil {
		h = creds.Guard(h)
	}
	if wrap != nil {
		h = wrap(h)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func to(name string) registry.Remote { return registry.Remote{Name: name, RetryWait: time.Millisecond} }

// pullable fails unless every byte of the image is at the remote.
func pullable(t *testing.T, img slipway.Image) {
	t.Helper()
	ref, err := name.ParseReference(img.Repository + ":" + img.Tag)
	if err != nil {
		t.Fatal(err)
	}
	got, err := remote.Image(ref, remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(got); err != nil {
		t.Error(err)
	}
	if d, err := got.Digest(); err != nil || d.String() != img.Digest {
		t.Errorf("%s is %s (%v), want %s", ref, d, err, img.Digest)
	}
}

func TestRegistry_Copy(t *testing.T) {
	t.Parallel()
	f := open(t)
	img := f.stamped(t, key(1))
	addr := other(t, nil, nil)
	got, err := f.Copy(t.Context(), img, to(addr+"/prod/cart"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Repository != addr+"/prod/cart" || got.Tag != img.Tag || got.Digest != img.Digest || got.Content != img.Content {
		t.Errorf("got %+v of %+v", got, img)
	}
	pullable(t, got)
	again, err := f.Copy(t.Context(), img, to(addr+"/prod/cart"))
	if err != nil || again != got {
		t.Errorf("the second time: got %+v, %v", again, err)
	}
	second, err := f.Copy(t.Context(), f.stamped(t, key(2)), to(addr+"/prod/cart"))
	if err != nil || second.Tag != img.Tag+"-r2" {
		t.Errorf("another image of the commit: got %+v, %v", second, err)
	}
	pullable(t, got)
	pullable(t, second)
}

func TestRegistry_Copy_tagIsTaken(t *testing.T) {
	t.Parallel()
	f := open(t)
	addr := other(t, nil, nil)
	first, err := f.Copy(t.Context(), f.stamped(t, key(1)), to(addr+"/prod/cart:v1"))
	if err != nil || first.Tag != "v1" {
		t.Fatalf("got %+v, %v", first, err)
	}
	img := f.stamped(t, key(2)) // -r2 here
	_, err = f.Copy(t.Context(), img, to(addr+"/prod/cart:v1"))
	if slipway.ErrorCode(err) != slipway.CodeForbidden {
		t.Errorf("got %v", err)
	}
	pullable(t, first)
	free, err := f.Copy(t.Context(), img, to(addr+"/prod/cart"))
	if err != nil || free.Tag != img.Tag || !strings.HasSuffix(free.Tag, "-r2") {
		t.Errorf("without a tag: got %+v, %v", free, err)
	}
	next, err := f.Copy(t.Context(), f.stamped(t, key(3)), to(addr+"/prod/cart:"+img.Tag))
	if slipway.ErrorCode(err) != slipway.CodeForbidden {
		t.Errorf("got %+v, %v", next, err)
	}
}

func TestRegistry_Copy_mountsOnTheSameHost(t *testing.T) {
	t.Parallel()
	var patches atomic.Int64
	addr := other(t, nil, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPatch {
				patches.Add(1)
			}
			next.ServeHTTP(w, r)
		})
	})
	r, err := registry.New(registry.Config{Host: addr})
	if err != nil {
		t.Fatal(err)
	}
	f := open(t)
	img, err := f.Copy(t.Context(), f.stamped(t, key(1)), to(addr+"/shop/cart"))
	if err != nil {
		t.Fatal(err)
	}
	if patches.Swap(0) == 0 {
		t.Fatal("the first copy uploads")
	}
	got, err := r.Copy(t.Context(), img, to(addr+"/prod/cart"))
	if err != nil || patches.Load() != 0 {
		t.Errorf("got %v and %d uploads, want mounts", err, patches.Load())
	}
	pullable(t, got)
}

func TestRegistry_Copy_credentials(t *testing.T) {
	t.Parallel()
	f := open(t)
	img := f.stamped(t, key(1))
	addr := other(t, &local.Credentials{User: "ci", Password: "pw"}, nil)
	_, err := f.Copy(t.Context(), img, to(addr+"/prod/cart"))
	refused(t, err, slipway.CodeForbidden, "docker login "+addr)
	with := to(addr + "/prod/cart")
	with.Keychain = keychain{"ci", "pw"}
	if _, err = f.Copy(t.Context(), img, with); err != nil {
		t.Error(err)
	}
	with.Name += ":" + img.Tag
	if _, err := registry.Fetch(t.Context(), with); err != nil {
		t.Error(err)
	}
	with.Keychain = keychain{"ci", "wrong"}
	_, err = registry.Fetch(t.Context(), with)
	refused(t, err, slipway.CodeForbidden, "docker login "+addr)
}

type keychain struct{ user, password string }

func (k keychain) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(authn.AuthConfig{Username: k.user, Password: k.password}), nil
}

// refused checks code, class and hint.
func refused(t *testing.T, err error, code slipway.Code, hint string) {
	t.Helper()
	e, ok := errors.AsType[*slipway.Error](err)
	if !ok || e.Code != code || e.Class != slipway.ClassRegistry || !strings.Contains(e.Hint, hint) {
		t.Errorf("got %#v, want code %s, class %s, a hint with %q", err, code, slipway.ClassRegistry, hint)
	}
}

// Each fault hits writes only, as a proxy or a policy before a registry does.
func TestRegistry_Copy_faults(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for what, c := range map[string]struct {
		fault http.HandlerFunc
		code  slipway.Code
		hint  string
		tries int64
	}{
		"refused":        {status(http.StatusForbidden), slipway.CodeForbidden, "log in", 1},
		"too large":      {status(http.StatusRequestEntityTooLarge), slipway.CodeForbidden, "quota", 1},
		"disk full":      {status(http.StatusInsufficientStorage), slipway.CodeUnavailable, "disk space", 1},
		"internal error": {status(http.StatusInternalServerError), slipway.CodeUnavailable, "try again", 3},
		"bad gateway":    {status(http.StatusBadGateway), slipway.CodeUnavailable, "try again", 3},
		"too many":       {status(http.StatusTooManyRequests), slipway.CodeUnavailable, "try again", 3},
		"bad request":    {status(http.StatusBadRequest), slipway.CodeForbidden, "cause", 1},
		"connection cut": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, slipway.CodeUnavailable, "reached", 3},
	} {
		for _, method := range []string{http.MethodPatch, http.MethodPut} {
			t.Run(what+" at "+method, func(t *testing.T) {
				t.Parallel()
				f := open(t)
				var manifests, tries atomic.Int64
				addr := other(t, nil, func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						isManifest := strings.Contains(r.URL.Path, "/manifests/")
						if r.Method == method && isManifest == (method == http.MethodPut) {
							tries.Add(1)
							c.fault(w, r)
							return
						}
						if r.Method == http.MethodPut && isManifest {
							manifests.Add(1)
						}
						next.ServeHTTP(w, r)
					})
				})
				_, err := f.Copy(t.Context(), f.stamped(t, key(1)), to(addr+"/prod/cart"))
				refused(t, err, c.code, c.hint)
				if manifests.Load() != 0 {
					t.Error("a manifest was written though an upload failed")
				}
				if most := c.tries * 4; tries.Load() < c.tries || tries.Load() > most*c.tries { // four blobs side by side
					t.Errorf("%d tries, want at least %d and an end", tries.Load(), c.tries)
				}
			})
		}
	}
}

func TestRegistry_Copy_resetOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	var cuts atomic.Int64
	addr := other(t, nil, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPatch && cuts.Add(1) == 1 {
				_, _ = r.Body.Read(make([]byte, 10)) // in the middle of the upload
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	})
	got, err := f.Copy(t.Context(), f.stamped(t, key(1)), to(addr+"/prod/cart"))
	if err != nil {
		t.Fatal(err)
	}
	if cuts.Load() < 2 {
		t.Error("nothing was cut")
	}
	pullable(t, got)
}

func TestRegistry_Copy_slow(t *testing.T) {
	t.Parallel()
	f := open(t)
	img := f.stamped(t, key(1))
	addr := other(t, nil, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	})
	slow := to(addr + "/prod/cart")
	slow.Transport = &http.Transport{ResponseHeaderTimeout: 20 * time.Millisecond}
	_, err := f.Copy(t.Context(), img, slow)
	refused(t, err, slipway.CodeUnavailable, "reached")
}

func TestRegistry_Copy_badNames(t *testing.T) {
	t.Parallel()
	f := open(t)
	img := f.stamped(t, key(1))
	for _, bad := range []string{"", "UPPER/case", "a b", "host/x:", "host/x:bad tag", "host/x@sha256:" + strings.Repeat("0", 64), "http://host/x"} {
		_, err := f.Copy(t.Context(), img, to(bad))
		if slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("%q: got %v", bad, err)
		}
		if !strings.Contains(bad, "://") {
			bad += ":@"
		}
		if _, err := registry.Fetch(t.Context(), to(bad)); slipway.ErrorCode(err) != slipway.CodeUsage {
			t.Errorf("fetch %q: got %v", bad, err)
		}
	}
	if _, err := registry.New(registry.Config{Host: "no host"}); slipway.ErrorCode(err) != slipway.CodeUsage {
		t.Errorf("got %v", err)
	}
}

func TestFetch_notThere(t *testing.T) {
	t.Parallel()
	addr := other(t, nil, nil)
	_, err := registry.Fetch(t.Context(), to(addr+"/no/thing:1"))
	refused(t, err, slipway.CodeNotFound, "slip in the name")
	ln, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a port that nobody answers on
	if err != nil {
		t.Fatal(err)
	}
	closed := ln.Addr().String()
	_ = ln.Close()
	_, err = registry.Fetch(t.Context(), to(closed+"/no/thing:1"))
	refused(t, err, slipway.CodeUnavailable, closed)
}
