package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/forge"
)

// remotes are a repository and a forge with moods.
type remotes struct {
	heads    map[string]string
	def      string
	err      error
	statuses error
	asked    *slipway.Keys // what they were asked with
	commit   *string
	within   func(context.Context)
}

func (r remotes) Branches(ctx context.Context, _ slipway.Connection, k slipway.Keys) (map[string]string, string, error) {
	if r.asked != nil {
		*r.asked = k
	}
	if r.within != nil {
		r.within(ctx)
	}
	return r.heads, r.def, r.err
}

func (remotes) Shows(kind string) bool { return forge.Shows(kind) }

func (r remotes) Statuses(_ context.Context, _ slipway.Connection, _ slipway.Keys, commit string) error {
	if r.commit != nil {
		*r.commit = commit
	}
	return r.statuses
}

// tried gives the findings of the connection by what was looked at, as
// "STATUS found -> mend".
func (w *world) tried(t *testing.T) map[string]string {
	t.Helper()
	var got rest.ConnectionCheck
	w.want(t, 200, &got, "maintainer", http.MethodPost, "/api/v1/connections/"+w.ids["connection"]+"/check", "")
	all := map[string]string{}
	for _, f := range got.Findings {
		all[f.Check] = f.Status + " " + f.Found
		if f.Mend != "" {
			all[f.Check] += " -> " + f.Mend
		}
	}
	return all
}

func TestTrial_FromHookToImage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var keys slipway.Keys
	var commitAsked string
	w.config.Remotes = remotes{heads: map[string]string{"refs/heads/main": commit("a"), "refs/heads/x": commit("b")}, asked: &keys, commit: &commitAsked}
	must(t, w.record.SetKeys(t.Context(), w.connection(t), slipway.Keys{Hooks: []string{"secret"}, Forge: "t0ken"}))
	w.serve(t)
	want := map[string]string{
		"repository":     "ok https://forge.example/shop/cart.git answers without a credential: 2 branches",
		"default branch": "ok refs/heads/main, at aaaaaaaa",
		"statuses":       "ok the API of github takes the connection's token",
		"hook":           "ok https://ci.example/hooks/" + w.ids["connection"],
		"forks":          "warn pull requests of forks are let in (approve), and no worker serves strangers' code -> start one with `slipway worker --trust stranger`, or slipway connection set " + w.ids["connection"] + " --forks refuse",
		"delivery":       "warn event " + w.ids["event"] + " (pull_request of refs/heads/main at ffffffff), received at 2026-11-24 12:00:00 UTC, waits for approval -> a maintainer looks at the change; `slipway approve " + w.ids["event"] + "` then builds it",
		"build":          "ok build " + w.ids["build"] + " of shop/cart waits since 2026-11-24 12:00:00 UTC; `slipway queue` says why",
	}
	if diff := cmp.Diff(want, w.tried(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if keys.Forge != "t0ken" || commitAsked != commit("a") {
		t.Errorf("it was asked with %+v about %s", keys, commitAsked)
	}
}

func TestTrial_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	secret := slipway.Errorf(slipway.CodeUnavailable, "%s was not fetched", "https://forge.example").Because(textError("10.0.0.7: connection refused"))
	for name, test := range map[string]struct {
		remotes     remotes
		token       string
		check, says string
	}{
		"a wrong credential": {
			remotes{err: slipway.Errorf(slipway.CodeForbidden, "it does not let this fetch in").WithHint("netrc")},
			"", "repository",
			"fail it does not let this fetch in -> `slipway connection set",
		},
		"a repository that is away": {remotes{err: secret}, "", "repository", "fail https://forge.example was not fetched -> see that this server reaches it"},
		"no default branch":         {remotes{heads: map[string]string{"refs/heads/x": commit("a")}}, "", "default branch", "warn refs/heads/main is to be the default branch, and"},
		"an empty repository":       {remotes{}, "", "default branch", "warn the repository has no branch yet"},
		"no token for statuses":     {remotes{}, "", "statuses", "warn there is no token for the API of github"},
		"a wrong token": {
			remotes{statuses: slipway.Errorf(slipway.CodeForbidden, "not with this one").WithHint("give another")}, "t", "statuses", "warn not with this one -> give another",
		},
	} {
		w := newWorld(t)
		w.config.Remotes = test.remotes
		must(t, w.record.SetKeys(t.Context(), w.connection(t), slipway.Keys{Hooks: []string{"secret"}, Forge: test.token}))
		got := w.serve(t).tried(t)
		if !strings.HasPrefix(got[test.check], test.says) {
			t.Errorf("%s: %s, want %s", name, got[test.check], test.says)
		}
		if strings.Contains(got["repository"], "10.0.0.7") {
			t.Errorf("%s: it tells what is in the server's network: %s", name, got["repository"])
		}
	}
}

type textError string

func (e textError) Error() string { return string(e) }

// A delivery with a wrong secret is what goes wrong most when a forge is
// connected.
func TestTrial_TellsOfARefusedDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := noon
	w.config.Now = func() time.Time { return now }
	w.serve(t)
	now = noon.Add(time.Minute)
	w.want(t, 401, nil, "", http.MethodPost, "/hooks/"+w.ids["connection"], `{}`)
	if got := w.tried(t)["delivery"]; !strings.HasPrefix(got, "fail the last delivery, at 2026-11-24 12:01:00 UTC, was refused") {
		t.Error(got)
	}
}

func TestTrial_Hook(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://ci.example":       "ok",
		"http://10.1.2.3:8080":     "ok",
		"http://ci.lan":            "ok",
		"http://ci":                "ok",
		"http://ci.example.com":    "warn",
		"http://192.0.2.1":         "warn",
		"http://127.0.0.1:8080":    "warn",
		"http://[::1]:8080":        "warn",
		"http://0.0.0.0:8080":      "warn",
		"https://localhost:8443":   "warn",
		"http://[::ffff:7f00:1]:1": "warn",
	} {
		w := newWorld(t)
		w.config.URL = url
		if got := w.serve(t).tried(t)["hook"]; !strings.HasPrefix(got, want+" ") {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}

// TestTrial_AFewAtOnce: each may read a large repository's refs.
func TestTrial_AFewAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inside, release := make(chan struct{}, 4), make(chan struct{})
	w.config.Remotes = remotes{within: func(ctx context.Context) {
		inside <- struct{}{}
		select {
		case <-release:
		case <-ctx.Done():
		}
	}}
	w.serve(t)
	path := "/api/v1/connections/" + w.ids["connection"] + "/check"
	answers := make(chan int, 4)
	for range 4 {
		go func() { answers <- w.ask(t, "maintainer", http.MethodPost, path, "").status }()
	}
	for range 4 {
		<-inside
	}
	w.want(t, 503, nil, "maintainer", http.MethodPost, path, "")
	close(release)
	for range 4 {
		if status := <-answers; status != http.StatusOK {
			t.Errorf("answered %d", status)
		}
	}
}

var _ api.Remotes = remotes{}
