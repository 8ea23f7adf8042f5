package local_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/slipway-ci/slipway/registry/local"
)

var until = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func grants(tb testing.TB, secret string) *local.Grants {
	tb.Helper()
	g, err := local.NewGrants([]byte(secret))
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

const (
	someDigest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	uploads    = "/v2/shop/cart/blobs/uploads/"
)

// A grant opens its repository for content, the stack images for reading, and
// nothing else.
func TestGuard_Grant(t *testing.T) {
	t.Parallel()
	g := grants(t, "secret")
	guard := local.Guard{Owner: local.Credentials{User: "slipway", Password: "all"}, Grants: g, Now: func() time.Time { return until.Add(-time.Second) }}
	mine := g.Make(local.Grant{Repository: "shop/cart", Until: until})
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/v2/", 200},
		{"GET", "/v2/shop/cart/manifests/main", 200},
		{"HEAD", "/v2/shop/cart/blobs/" + someDigest, 200},
		{"GET", "/v2/shop/cart/tags/list", 200},
		{"POST", uploads, 200},
		{"PATCH", uploads + "8c2b", 200},
		{"PUT", uploads + "8c2b?digest=" + someDigest, 200},
		{"DELETE", uploads + "8c2b", 200},
		{"POST", uploads + "?mount=" + someDigest + "&from=stacks/go/run", 200},
		{"PUT", "/v2/shop/cart/manifests/" + someDigest, 200},
		{"PUT", "/v2/shop/cart/manifests/content-abc", 200},
		{"GET", "/v2/stacks/go/run/manifests/" + someDigest, 200},

		{"PUT", "/v2/shop/cart/manifests/main", 403},
		{"PUT", "/v2/shop/cart/manifests/main-20261127120000-0123abcd", 403},
		{"DELETE", "/v2/shop/cart/manifests/" + someDigest, 403},
		{"DELETE", "/v2/shop/cart/blobs/" + someDigest, 403},
		{"PUT", "/v2/stacks/go/run/manifests/" + someDigest, 403},
		{"POST", "/v2/stacks/go/run/blobs/uploads/", 403},
		{"GET", "/v2/bank/vault/manifests/main", 403},
		{"GET", "/v2/shop/cart2/manifests/main", 403},
		{"GET", "/v2/shop/cart/../../bank/vault/manifests/main", 403},
		{"GET", "/v2/shop/cart%2f..%2f..%2fbank/vault/manifests/main", 403},
		{"PUT", "/v2/shop/cart/blobs/x/manifests/" + someDigest, 403},
		{"GET", "/v2/_catalog", 403},
		{"GET", "/", 403},
	} {
		if got := asked(t, guard, c.method, c.path, mine); got != c.want {
			t.Errorf("%s %s is answered %d, want %d", c.method, c.path, got, c.want)
		}
	}
}

// asked gives the status that a guard lets through, 200, or answers.
func asked(t *testing.T, g local.Guard, method, target string, c local.Credentials) int {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), method, "http://registry.test/", nil)
	path, query, _ := strings.Cut(target, "?")
	req.URL.RawQuery = query
	if decoded := strings.ReplaceAll(path, "%2f", "/"); decoded != path {
		req.URL.Path, req.URL.RawPath = decoded, path
	} else {
		req.URL.Path = path
	}
	if c.User != "" {
		req.SetBasicAuth(c.User, c.Password)
	}
	w := httptest.NewRecorder()
	g.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(w, req)
	return w.Code
}

// Grants end, and nobody makes one without the secret.
func TestGuard_GrantsCount(t *testing.T) {
	t.Parallel()
	now := until.Add(-time.Second)
	g := grants(t, "secret")
	guard := local.Guard{Owner: local.Credentials{User: "slipway", Password: "all"}, Grants: g, Now: func() time.Time { return now }}
	mine := g.Make(local.Grant{Repository: "shop/cart", Until: until})
	raw, err := base64.RawURLEncoding.DecodeString(mine.Password)
	if err != nil {
		t.Fatal(err)
	}
	longer := append([]byte(nil), raw...)
	longer[len(longer)-1] ^= 1
	const path = "/v2/shop/cart/tags/list"
	for what, c := range map[string]local.Credentials{
		"another secret's":        grants(t, "other").Make(local.Grant{Repository: "shop/cart", Until: until}),
		"a changed one":           {User: "grant", Password: base64.RawURLEncoding.EncodeToString(longer)},
		"none":                    {User: "grant"},
		"another user's":          {User: "slipway", Password: mine.Password},
		"the owner's, wrong":      {User: "slipway", Password: "al"},
		"nobody's":                {},
		"a stack's for a service": g.Make(local.Grant{Until: until}),
	} {
		if got := asked(t, guard, "GET", path, c); got == 200 {
			t.Errorf("%s opens the repository", what)
		}
	}
	if got := asked(t, guard, "GET", path, mine); got != 200 {
		t.Errorf("before its end a grant is answered %d", got)
	}
	now = until
	if got := asked(t, guard, "GET", path, mine); got != 401 {
		t.Errorf("after its end a grant is answered %d", got)
	}
}

// On loopback everybody may pull, and only who has credentials may push.
func TestRegistry_Listen_readable(t *testing.T) {
	t.Parallel()
	r, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	g := grants(t, "secret")
	addr, err := r.Listen(t.Context(), "127.0.0.1:0", &local.Guard{
		Owner: local.Credentials{User: "slipway", Password: "all"}, Grants: g, Readable: true, Now: func() time.Time { return until.Add(-time.Minute) },
	})
	if err != nil {
		t.Fatal(err)
	}
	img, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	mine := g.Make(local.Grant{Repository: "shop/cart", Until: until})
	as := func(c local.Credentials) remote.Option {
		return remote.WithAuth(authn.FromConfig(authn.AuthConfig{Username: c.User, Password: c.Password}))
	}
	if err := remote.Write(tag(t, addr.String()+"/shop/cart:main"), img, remote.WithContext(t.Context())); err == nil {
		t.Error("a stranger has written")
	}
	if err := remote.Write(tag(t, addr.String()+"/shop/cart:main"), img, remote.WithContext(t.Context()), as(mine)); err == nil {
		t.Error("a worker has written a tag that people use")
	}
	if err := remote.Write(tag(t, addr.String()+"/shop/cart:content-1"), img, remote.WithContext(t.Context()), as(mine)); err != nil {
		t.Errorf("a worker cannot write content: %v", err)
	}
	if _, err := remote.Image(tag(t, addr.String()+"/shop/cart:content-1"), remote.WithContext(t.Context())); err != nil {
		t.Errorf("a stranger cannot read: %v", err)
	}
}

// What a request wants to mount may also stand in its body, as forms have it.
func TestRegistry_Grant_mountsNothingByForm(t *testing.T) {
	t.Parallel()
	r, err := local.Open(local.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	g := grants(t, "secret")
	owner := local.Credentials{User: "slipway", Password: "all"}
	guard := local.Guard{Owner: owner, Grants: g, Now: func() time.Time { return until.Add(-time.Minute) }}
	handler := guard.Handler(r.Handler())
	send := func(c local.Credentials, path, kind, body string) int {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Content-Type", kind)
		req.SetBasicAuth(c.User, c.Password)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		return w.Code
	}
	if got := send(owner, "/v2/bank/vault/blobs/uploads/?digest="+someDigest, "application/octet-stream", "test"); got != http.StatusCreated {
		t.Fatalf("the owner's blob is answered %d", got)
	}
	mine := g.Make(local.Grant{Repository: "shop/cart", Until: until})
	wanted := "mount=" + someDigest + "&from=bank/vault"
	for _, kind := range []string{"application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8"} {
		if got := send(mine, uploads, kind, wanted); got != http.StatusAccepted {
			t.Errorf("%s: answered %d, want an upload of its own", kind, got)
		}
	}
	multipart := "--b\r\nContent-Disposition: form-data; name=\"mount\"\r\n\r\n" + someDigest +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\nbank/vault\r\n--b--\r\n"
	if got := send(mine, uploads, "multipart/form-data; boundary=b", multipart); got != http.StatusAccepted {
		t.Errorf("multipart: answered %d, want an upload of its own", got)
	}
}
