package forge_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/forge"
)

// call is what a forge got.
type call struct{ Line, Auth, Body string }

// server is a forge that answers every request alike and remembers them.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
}

func newServer(t *testing.T, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.calls = append(s.calls, call{r.Method + " " + r.RequestURI, r.Header.Get("Authorization") + r.Header.Get("Private-Token"), strings.TrimSpace(string(body))})
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) got() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

const commit = "0123456789abcdef0123456789abcdef01234567"

func set(t *testing.T, s *server, c slipway.Connection, keys slipway.Keys, status forge.Status) error {
	t.Helper()
	c.API = s.URL + c.API
	statuses, err := forge.NewAPI(time.Now, nil).Statuses(t.Context(), c, keys)
	if err != nil {
		t.Fatal(err)
	}
	return statuses.Set(t.Context(), commit, status)
}

// Each forge gets what its documentation asks for.
func TestStatuses_Set(t *testing.T) {
	t.Parallel()
	status := forge.Status{State: slipway.BuildFailed, Context: "slipway/cart", Title: "your code: 2 tests & more", URL: "https://ci.example/builds/7?a=b"}
	for name, test := range map[string]struct {
		forge, path, token string
		want               call
	}{
		"github": {"github", "", "t", call{
			"POST /repos/shop/cart/statuses/" + commit, "Bearer t",
			`{"created_at":"0001-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z","state":"failure","target_url":"https://ci.example/builds/7?a=b","description":"your code: 2 tests \u0026 more","context":"slipway/cart"}`,
		}},
		"github enterprise": {"github", "/api/v3", "t", call{
			"POST /api/v3/repos/shop/cart/statuses/" + commit, "Bearer t",
			`{"created_at":"0001-01-01T00:00:00Z","updated_at":"0001-01-01T00:00:00Z","state":"failure","target_url":"https://ci.example/builds/7?a=b","description":"your code: 2 tests \u0026 more","context":"slipway/cart"}`,
		}},
		"gitlab": {"gitlab", "/api/v4", "t", call{
			"POST /api/v4/projects/shop%2Fcart/statuses/" + commit + "?" + url.Values{
				"state": {"failed"}, "name": {"slipway/cart"}, "target_url": {"https://ci.example/builds/7?a=b"}, "description": {"your code: 2 tests & more"},
			}.Encode(), "t", "",
		}},
		"gitea below a path": {"gitea", "/git/api/v1", "t", call{
			"POST /git/api/v1/repos/shop/cart/statuses/" + commit, "token t",
			`{"state":"failure","target_url":"https://ci.example/builds/7?a=b","description":"your code: 2 tests \u0026 more","context":"slipway/cart"}`,
		}},
		"bitbucket": {"bitbucket", "/2.0", "somebody:t", call{
			"POST /2.0/repositories/shop/cart/commit/" + commit + "/statuses/build", "Basic c29tZWJvZHk6dA==",
			`{"state":"FAILED","key":"slipway/cart","name":"slipway/cart","url":"https://ci.example/builds/7?a=b","description":"your code: 2 tests \u0026 more"}`,
		}},
		"bitbucket server": {"bitbucket-server", "", "t", call{
			"POST /rest/build-status/1.0/commits/" + commit, "Bearer t",
			`{"state":"FAILED","key":"slipway/cart","name":"slipway/cart","url":"https://ci.example/builds/7?a=b","description":"your code: 2 tests \u0026 more"}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, says(http.StatusCreated, `{}`))
			c := slipway.Connection{Forge: test.forge, Repository: "shop/cart", API: test.path}
			if err := set(t, s, c, slipway.Keys{Forge: test.token}, status); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]call{test.want}, s.got()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStatuses_States(t *testing.T) {
	t.Parallel()
	want := map[string][]string{ // queued, running, succeeded, failed, cancelled, superseded
		"github":           {"pending", "pending", "success", "failure", "error", "error"},
		"gitlab":           {"pending", "running", "success", "failed", "canceled", "canceled"},
		"gitea":            {"pending", "pending", "success", "failure", "error", "error"},
		"bitbucket":        {"INPROGRESS", "INPROGRESS", "SUCCESSFUL", "FAILED", "FAILED", "FAILED"},
		"bitbucket-server": {"INPROGRESS", "INPROGRESS", "SUCCESSFUL", "FAILED", "FAILED", "FAILED"},
	}
	for name, states := range want {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, state := range slipway.BuildStates() {
				s := newServer(t, says(http.StatusOK, `not JSON at all`))
				if err := set(t, s, slipway.Connection{Forge: name, Repository: "shop/cart"}, slipway.Keys{Forge: "t"}, forge.Status{State: state}); err != nil {
					t.Fatal(err)
				}
				if got := s.got()[0]; !strings.Contains(got.Body, `"state":"`+states[i]+`"`) && !strings.Contains(got.Line, "state="+states[i]+"&") {
					t.Errorf("%s is told as %+v", state, got)
				}
			}
		})
	}
}

// Nothing is told where nobody listens.
func TestStatuses_None(t *testing.T) {
	t.Parallel()
	for _, c := range []slipway.Connection{{Forge: "generic"}, {Forge: "gogs"}, {Forge: "github"}} {
		keys := slipway.Keys{Forge: "t"}
		if c.Forge == "github" {
			keys.Forge = ""
		}
		s := newServer(t, says(http.StatusTeapot, ""))
		if err := set(t, s, c, keys, forge.Status{}); err != nil || len(s.got()) != 0 {
			t.Errorf("%s: %v, %d requests", c.Forge, err, len(s.got()))
		}
	}
}

func TestStatuses_Failures(t *testing.T) {
	t.Parallel()
	limited := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.WriteHeader(http.StatusForbidden)
	}
	broken := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://other.invalid/", http.StatusTemporaryRedirect)
	}
	endless := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		for range 64 {
			fmt.Fprint(w, strings.Repeat("<", 64<<10))
		}
	}
	for name, test := range map[string]struct {
		forge  string
		answer http.HandlerFunc
		want   slipway.Code
	}{
		"down":                  {"github", broken, slipway.CodeUnavailable},
		"down, gitlab":          {"gitlab", broken, slipway.CodeUnavailable},
		"out of order":          {"github", says(http.StatusServiceUnavailable, "<html>"), slipway.CodeUnavailable},
		"a long story":          {"gitea", endless, slipway.CodeUnavailable},
		"too many requests":     {"gitlab", says(http.StatusTooManyRequests, `{}`), slipway.CodeUnavailable},
		"no requests left":      {"github", limited, slipway.CodeUnavailable},
		"a wrong token":         {"bitbucket", says(http.StatusUnauthorized, ``), slipway.CodeForbidden},
		"a weak token":          {"github", says(http.StatusForbidden, `{"message":"Resource not accessible"}`), slipway.CodeForbidden},
		"no such repository":    {"gitea", says(http.StatusNotFound, `{}`), slipway.CodeNotFound},
		"a commit that is gone": {"github", says(http.StatusUnprocessableEntity, `{"message":"No commit found for SHA"}`), slipway.CodeInvalid},
		"redirected":            {"gitlab", elsewhere, slipway.CodeForbidden},
		"it stands so already":  {"gitlab", says(http.StatusBadRequest, `{"message":"Cannot transition status via :enqueue from :pending"}`), ""},
		"gitlab's other 400":    {"gitlab", says(http.StatusBadRequest, `{"message":{"name":["is too long"]}}`), slipway.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, test.answer)
			err := set(t, s, slipway.Connection{Forge: test.forge, Repository: "shop/cart"}, slipway.Keys{Forge: "t0ken"}, forge.Status{Context: "slipway"})
			if got := slipway.ErrorCode(err); got != test.want {
				t.Errorf("%q, not %q: %v", got, test.want, err)
			}
			if err != nil && strings.Contains(err.Error(), "t0ken") {
				t.Errorf("the token is in %v", err)
			}
			if n := len(s.got()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// A repository that was renamed is followed on its own host and, with the
// token, nowhere else.
func TestStatuses_Renamed(t *testing.T) {
	t.Parallel()
	other := newServer(t, says(http.StatusCreated, `{}`))
	for name, to := range map[string]string{"here": "/repositories/1/statuses/" + commit, "elsewhere": other.URL + "/x"} {
		s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/repos/") {
				http.Redirect(w, r, to, http.StatusTemporaryRedirect)
				return
			}
			w.WriteHeader(http.StatusCreated)
		})
		err := set(t, s, slipway.Connection{Forge: "github", Repository: "shop/old"}, slipway.Keys{Forge: "t"}, forge.Status{Context: "slipway"})
		if name == "here" && (err != nil || len(s.got()) != 2 || s.got()[1].Body != s.got()[0].Body) {
			t.Errorf("%v: %+v", err, s.got())
		}
		if name == "elsewhere" && (err == nil || len(other.got()) != 0) {
			t.Errorf("%v: %+v", err, other.got())
		}
	}
}

// What a forge bounds is cut, never refused.
func TestStatuses_Bounds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 300)
	s := newServer(t, says(http.StatusOK, `{}`))
	name := "slipway/" + strings.Repeat("a", 39)
	for _, context := range []string{name + "b", name + "c", "slipway"} {
		if err := set(t, s, slipway.Connection{Forge: "bitbucket", Repository: "a/b"}, slipway.Keys{Forge: "t"}, forge.Status{Context: context, Title: long}); err != nil {
			t.Fatal(err)
		}
	}
	keys := map[string]bool{}
	for _, c := range s.got() {
		_, rest, _ := strings.Cut(c.Body, `"key":"`)
		key, _, _ := strings.Cut(rest, `"`)
		keys[key] = true
		if len(key) > 40 || !strings.Contains(c.Body, strings.Repeat("ü", 139)+"…") {
			t.Errorf("%s", c.Body)
		}
	}
	if len(keys) != 3 {
		t.Errorf("keys %v", keys)
	}
}

// What is answered to a foreign explanation is a sentence, whatever it is.
func FuzzStatuses_Set(f *testing.F) {
	f.Add(400, `{"message":{"a":[1]}}`)
	f.Add(422, `{"error":{"message":"x"}}`)
	f.Add(500, "\x00")
	api := forge.NewAPI(time.Now, nil)
	var status int
	var body string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	f.Cleanup(s.Close)
	f.Fuzz(func(t *testing.T, code int, text string) {
		status, body = 200+max(code, -code)%400, text
		for _, name := range []string{"github", "gitlab", "gitea", "bitbucket", "bitbucket-server"} {
			statuses, err := api.Statuses(t.Context(), slipway.Connection{Forge: name, Repository: "a/b", API: s.URL}, slipway.Keys{Forge: "t"})
			if err != nil {
				t.Fatal(err)
			}
			err = statuses.Set(t.Context(), commit, forge.Status{Context: "slipway"})
			if slipway.ErrorCode(err) == slipway.CodeInternal || status >= 300 && status != 400 && err == nil {
				t.Errorf("%s: %d %q: %v", name, status, text, err)
			}
		}
	})
}
