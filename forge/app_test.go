package forge_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/forge"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func appKey(t *testing.T) (*rsa.PrivateKey, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key, string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// claims verifies a token as GitHub does.
func claims(t *testing.T, key *rsa.PrivateKey, auth string) map[string]any {
	t.Helper()
	parts := strings.Split(strings.TrimPrefix(auth, "Bearer "), ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no token", auth)
	}
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	text, _ := base64.RawURLEncoding.DecodeString(parts[1])
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestAPI_Token(t *testing.T) {
	t.Parallel()
	key, text := appKey(t)
	now, given := noon, 0
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		given++
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"token":"ghs_%d","expires_at":%q}`, given, now.Add(time.Hour).Format(time.RFC3339))
	})
	api := forge.NewAPI(func() time.Time { return now }, nil)
	keys := slipway.Keys{Clone: slipway.Credential{App: &slipway.App{ID: 7, Installation: 42, Key: text}}}
	c := slipway.Connection{Forge: "github", Repository: "shop/cart", API: s.URL}
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "ghs_1"}, {50 * time.Minute, "ghs_1"}, {6 * time.Minute, "ghs_2"}} {
		now = now.Add(step.after)
		got, err := api.Credential(t.Context(), c, keys)
		if want := (slipway.Credential{User: "x-access-token", Password: step.want}); err != nil || got != want {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	first := s.got()[0]
	if first.Line != "POST /app/installations/42/access_tokens" {
		t.Error(first.Line)
	}
	want := map[string]any{"iss": "7", "iat": float64(noon.Unix() - 60), "exp": float64(noon.Unix() + 540)}
	if diff := cmp.Diff(want, claims(t, key, first.Auth)); diff != "" {
		t.Error(diff)
	}
	statuses, err := api.Statuses(t.Context(), c, keys)
	if err != nil || statuses.Set(t.Context(), commit, forge.Status{Context: "slipway"}) != nil {
		t.Fatal(err)
	}
	if last := s.got()[2]; last.Auth != "Bearer ghs_2" || !strings.HasPrefix(last.Line, "POST /repos/shop/cart/statuses/") {
		t.Errorf("%+v", last)
	}
}

func TestAPI_Token_refused(t *testing.T) {
	t.Parallel()
	_, text := appKey(t)
	for name, test := range map[string]struct {
		key    string
		answer http.HandlerFunc
		want   slipway.Code
	}{
		"no key":      {"ssh-rsa AAAA", nil, slipway.CodeUsage},
		"another key": {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", nil, slipway.CodeUsage},
		"not there":   {text, says(http.StatusNotFound, `{"message":"Not Found"}`), slipway.CodeForbidden},
		"down":        {text, says(http.StatusBadGateway, ``), slipway.CodeUnavailable},
		"empty":       {text, says(http.StatusCreated, `{}`), slipway.CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, func(w http.ResponseWriter, r *http.Request) { test.answer(w, r) })
			_, err := forge.NewAPI(time.Now, nil).Token(t.Context(), slipway.App{ID: 1, Installation: 2, Key: test.key}, s.URL)
			if slipway.ErrorCode(err) != test.want {
				t.Error(err)
			}
		})
	}
}

// A connection's address never leads to a cloud's metadata.
func TestAPI_linkLocal(t *testing.T) {
	t.Parallel()
	api := forge.NewAPI(time.Now, nil)
	for _, address := range []string{"http://169.254.169.254", "http://[fe80::1]", "http://[::ffff:169.254.169.254]"} {
		statuses, err := api.Statuses(t.Context(), slipway.Connection{Forge: "gitea", Repository: "a/b", API: address}, slipway.Keys{Forge: "t"})
		if err != nil {
			t.Fatal(err)
		}
		if err := statuses.Set(t.Context(), commit, forge.Status{}); err == nil || !strings.Contains(err.Error(), "link-local") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// The address of the API follows from where a repository is cloned from.
func TestAPI_address(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ forge, clone, api, want string }{
		{"github", "https://github.com/shop/cart.git", "", "https://api.github.com/repos"},
		{"github", "git@github.com:shop/cart.git", "", "https://api.github.com/repos"},
		{"github", "https://git.shop.example/shop/cart", "", "https://git.shop.example/api/v3/repos"},
		{"gitlab", "ssh://git@git.shop.example:2222/shop/cart.git", "", "https://git.shop.example/api/v4/projects"},
		{"gitea", "http://git.shop.example:3000/shop/cart.git", "", "http://git.shop.example:3000/api/v1/repos"},
		{"bitbucket", "git@bitbucket.org:shop/cart.git", "", "https://api.bitbucket.org/2.0/repositories"},
		{"bitbucket-server", "https://git.shop.example/scm/shop/cart.git", "https://git.shop.example/bb/", "https://git.shop.example/bb/rest/build-status"},
		{"github", "/srv/git/cart.git", "", ""},
		{"github", "", "ftp://git.shop.example", ""},
		{"github", "", "https://user@git.shop.example", ""},
	} {
		asked := ""
		api := forge.NewAPI(time.Now, transport(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
			return &http.Response{StatusCode: http.StatusCreated, Body: io.NopCloser(strings.NewReader("{}"))}, nil
		}))
		statuses, err := api.Statuses(t.Context(), slipway.Connection{Forge: test.forge, Repository: "shop/cart", URL: test.clone, API: test.api}, slipway.Keys{Forge: "t"})
		if test.want == "" {
			if slipway.ErrorCode(err) != slipway.CodeUsage {
				t.Errorf("%+v: %v", test, err)
			}
			continue
		}
		if err != nil || statuses.Set(t.Context(), commit, forge.Status{}) != nil || !strings.HasPrefix(asked, test.want) {
			t.Errorf("%+v: %q, %v", test, asked, err)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
