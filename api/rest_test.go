package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
)

func TestREST_FromATeamToABuild(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	w.want(t, 201, nil, "operator", http.MethodPost, "/api/v1/teams", `{"name":"crew"}`)
	w.want(t, 409, nil, "operator", http.MethodPost, "/api/v1/teams", `{"name":"crew"}`)

	var token rest.TokenMade
	w.want(t, 201, &token, "operator", http.MethodPost, "/api/v1/teams/crew/tokens", `{"name":"ann","role":"maintainer"}`)
	w.tokens["ann"] = token.Text
	var me slipway.Token
	w.want(t, 200, &me, "ann", http.MethodGet, "/api/v1/me", "")
	if me.Team != "crew" || me.Role != slipway.RoleMaintainer {
		t.Errorf("the token is %+v", me)
	}

	var made rest.ConnectionView
	w.want(t, 201, &made, "ann", http.MethodPost, "/api/v1/teams/crew/connections",
		`{"forge":"gitlab","repository":"crew/app","url":"https://forge.example/crew/app.git","clone":{"user":"bot","password":"hunter2"},"token":"forge-token"}`)
	if made.Secret == "" || made.Hook != fmt.Sprintf("https://ci.example/hooks/%d", made.ID) || made.Forks != slipway.ForksRefuse {
		t.Errorf("connecting gives %+v", made)
	}
	keys, err := w.record.Keys(t.Context(), made.ID)
	must(t, err)
	if keys.Clone.Password != "hunter2" || keys.Forge != "forge-token" || len(keys.Hooks) != 1 || keys.Hooks[0] != made.Secret {
		t.Errorf("the record has the keys %+v", keys)
	}
	shown := w.ask(t, "ann", http.MethodGet, fmt.Sprintf("/api/v1/connections/%d", made.ID), "")
	for _, secret := range []string{made.Secret, "hunter2", "forge-token"} {
		if strings.Contains(string(shown.body), secret) {
			t.Errorf("the connection shows %s: %s", secret, shown.body)
		}
	}

	w.want(t, 201, nil, "ann", http.MethodPost, "/api/v1/teams/crew/services", fmt.Sprintf(`{"name":"app","connection":%d}`, made.ID))
	w.want(t, 400, nil, "ann", http.MethodPost, "/api/v1/teams/crew/services", `{"name":"cart","connection":`+w.ids["connection"]+`}`)
	w.want(t, 400, nil, "ann", http.MethodPost, "/api/v1/teams/crew/services/app/builds", ``) // no default branch is known
	var started rest.Started
	w.want(t, 202, &started, "ann", http.MethodPost, "/api/v1/teams/crew/services/app/builds", `{"ref":"main"}`)
	// A forge serves commits of everybody's forks by their ids.
	w.want(t, 409, nil, "ann", http.MethodPost, "/api/v1/teams/crew/services/app/builds", `{"ref":"main","commit":"`+strings.Repeat("e", 40)+`"}`)
	var event slipway.EventRecord
	w.want(t, 200, &event, "ann", http.MethodGet, fmt.Sprintf("/api/v1/events/%d", started.Event), "")
	want := slipway.Event{Kind: slipway.EventManual, Repository: "crew/app", Ref: "refs/heads/main", Actor: "ann", Only: []string{"app"}, Repeatable: true}
	if diff := cmp.Diff(want, event.Event); diff != "" {
		t.Errorf("asking for a build makes another event (-want +got):\n%s", diff)
	}

	var audit rest.List[slipway.AuditEntry]
	w.want(t, 200, &audit, "ann", http.MethodGet, "/api/v1/teams/crew/audit", "")
	var did []string
	for _, e := range audit.Items {
		did = append(did, e.Who+" "+e.Did+" "+e.Target)
	}
	if diff := cmp.Diff([]string{
		"ann build.start crew/app", "ann service.add crew/app", fmt.Sprintf("ann connection.add %d", made.ID),
		fmt.Sprintf("operator token.add %d ann", token.ID), "operator team.add crew",
	}, did); diff != "" {
		t.Errorf("the audit log (-want +got):\n%s", diff)
	}
}

func TestREST_SecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	w.want(t, 204, nil, "maintainer", http.MethodPut, "/api/v1/teams/shop/services/cart/secrets/NPM_TOKEN", `{"value":"hunter2"}`)
	w.want(t, 400, nil, "maintainer", http.MethodPut, "/api/v1/teams/shop/services/cart/secrets/NPM-TOKEN", `{"value":"hunter2"}`)
	w.want(t, 400, nil, "maintainer", http.MethodPut, "/api/v1/teams/shop/secrets/NPM_TOKEN", `{"value":""}`)
	var names rest.List[slipway.SecretName]
	w.want(t, 200, &names, "maintainer", http.MethodGet, "/api/v1/teams/shop/secrets", "")
	want := []slipway.SecretName{{Name: "TOKEN", Changed: noon}, {Service: "cart", Name: "NPM_TOKEN", Changed: noon}, {Service: "cart", Name: "TOKEN", Changed: noon}}
	if diff := cmp.Diff(want, names.Items); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	values, err := w.record.Secrets(t.Context(), w.service)
	must(t, err)
	if values["NPM_TOKEN"] != "hunter2" {
		t.Errorf("the service gets %q", values)
	}
	w.want(t, 204, nil, "maintainer", http.MethodDelete, "/api/v1/teams/shop/services/cart/secrets/NPM_TOKEN", "")
	w.want(t, 404, nil, "maintainer", http.MethodDelete, "/api/v1/teams/shop/services/cart/secrets/NPM_TOKEN", "")
}

func TestREST_CancelRetryRebuild(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var stopped []slipway.Attempt
	w.config.Stop = func(a slipway.Attempt) { stopped = append(stopped, a) }
	w.serve(t)
	build := "/api/v1/builds/" + w.ids["build"]
	_, err := w.record.Claim(t.Context(), w.build, "w1", noon, noon)
	must(t, err)
	w.want(t, 409, nil, "developer", http.MethodPost, build+"/retry", "")
	w.want(t, 400, nil, "developer", http.MethodPost, build+"/cancel", `{"why":"x"}`)
	var b slipway.Build
	w.want(t, 200, &b, "developer", http.MethodPost, build+"/cancel", `{"reason":"not \n today"}`)
	if b.State != slipway.BuildCancelled || b.Reason != "cancelled by shop's developer: not today" {
		t.Errorf("cancelled, it is %+v", b)
	}
	if diff := cmp.Diff([]slipway.Attempt{{Build: w.build, Number: 1, Worker: "w1"}}, stopped); diff != "" {
		t.Errorf("the worker is told (-want +got):\n%s", diff)
	}
	w.want(t, 409, nil, "developer", http.MethodPost, build+"/cancel", "")
	w.want(t, 201, &b, "developer", http.MethodPost, build+"/retry", "")
	if b.ID == w.build || b.State != slipway.BuildQueued || b.Commit != commit("a") {
		t.Errorf("tried again, it is %+v", b)
	}
	w.want(t, 201, &b, "developer", http.MethodPost, build+"/rebuild", `{"force":true}`)
	if !b.Force {
		t.Errorf("rebuilt, it is %+v", b)
	}
}

func TestREST_ApprovesOneCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	approve := "/api/v1/events/" + w.ids["event"] + "/approve"
	w.want(t, 400, nil, "maintainer", http.MethodPost, approve, `{"commit":"fff"}`)
	w.want(t, 409, nil, "maintainer", http.MethodPost, approve, `{"commit":"`+commit("e")+`"}`)
	var e slipway.EventRecord
	w.want(t, 200, &e, "maintainer", http.MethodPost, approve, `{"commit":"`+commit("f")+`"}`)
	if e.State != "pending" || e.Approved != "shop's maintainer" {
		t.Errorf("approved, it is %+v", e)
	}
	w.want(t, 409, nil, "maintainer", http.MethodPost, approve, `{"commit":"`+commit("f")+`"}`)
}

func TestREST_BuildsInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	want := []int64{w.build}
	for i := range 6 {
		want = append([]int64{w.pushed(t, fmt.Sprint(i))}, want...)
	}
	var got []int64
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		var page rest.List[slipway.Build]
		w.want(t, 200, &page, "viewer", http.MethodGet, "/api/v1/builds?limit=3&service=shop/cart&state=queued&cursor="+cursor, "")
		for _, b := range page.Items {
			got = append(got, b.ID)
		}
		cursor = page.Next
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("builds in pages of three (-want +got):\n%s", diff)
	}
	for query, n := range map[string]int{
		"commit=" + commit("3"): 1, "ref=refs/heads/main": 7, "ref=refs/heads/other": 0, "state=failed": 0, "service=cart": 7, "event=1": 1, "service=bill": 0,
	} {
		var page rest.List[slipway.Build]
		w.want(t, 200, &page, "viewer", http.MethodGet, "/api/v1/builds?"+query, "")
		if len(page.Items) != n {
			t.Errorf("%s lists %d builds, want %d", query, len(page.Items), n)
		}
	}
	var none rest.List[slipway.Build]
	w.want(t, 200, &none, "bank-maintainer", http.MethodGet, "/api/v1/builds", "")
	if len(none.Items) != 0 {
		t.Errorf("another team sees %d builds", len(none.Items))
	}
	w.want(t, 404, nil, "bank-maintainer", http.MethodGet, "/api/v1/builds?team=shop", "")
	w.want(t, 404, nil, "bank-maintainer", http.MethodGet, "/api/v1/builds?service=shop/cart", "")
}

func TestREST_Refuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
	}{
		{"a filter with a typing error", http.MethodGet, "/api/v1/builds?sate=failed", "", 400},
		{"a limit that is too large", http.MethodGet, "/api/v1/builds?limit=201", "", 400},
		{"a cursor of nobody", http.MethodGet, "/api/v1/builds?cursor=!", "", 400},
		{"a cursor of another list", http.MethodGet, "/api/v1/builds?cursor=eA", "", 400},
		{"a state that is none", http.MethodGet, "/api/v1/builds?state=done", "", 400},
		{"a short commit", http.MethodGet, "/api/v1/builds?commit=abc", "", 400},
		{"two teams", http.MethodGet, "/api/v1/builds?team=shop&service=bank/x", "", 400},
		{"a number that is none", http.MethodGet, "/api/v1/builds/1x", "", 404},
		{"a path that is none", http.MethodGet, "/api/v1/nothing", "", 404},
		{"a method that is none", http.MethodPut, "/api/v1/builds", "", 405},
		{"no JSON", http.MethodPost, "/api/v1/teams/shop/tokens", "name=x", 400},
		{"two JSONs", http.MethodPost, "/api/v1/teams/shop/tokens", `{"name":"x","role":"viewer"}{}`, 400},
		{"a role of another kind", http.MethodPost, "/api/v1/teams/shop/tokens", `{"name":"x","role":"operator"}`, 400},
		{"a token that has expired", http.MethodPost, "/api/v1/teams/shop/tokens", `{"name":"x","role":"viewer","expires":"2026-11-24T11:00:00Z"}`, 400},
		{"a name with a newline", http.MethodPost, "/api/v1/teams/shop/tokens", `{"name":"x\ny","role":"viewer"}`, 400},
		{"a forge that is none", http.MethodPost, "/api/v1/teams/shop/connections", `{"forge":"cvs","url":"https://x.example/a"}`, 400},
		{"a URL with a password", http.MethodPost, "/api/v1/teams/shop/connections", `{"forge":"github","url":"https://a:b@x.example/a"}`, 400},
		{"a URL that is a file", http.MethodPost, "/api/v1/teams/shop/connections", `{"forge":"github","url":"file:///etc"}`, 400},
		{"a URL that is a helper", http.MethodPost, "/api/v1/teams/shop/connections", `{"forge":"github","url":"ext::sh -c id"}`, 400},
		{"a URL that is an option", http.MethodPost, "/api/v1/teams/shop/connections", `{"forge":"github","url":"ssh://-oProxyCommand=x/a"}`, 400},
		{"a policy that is none", http.MethodPost, "/api/v1/teams/shop/connections", `{"forge":"github","url":"https://x.example/a","forks":"yes"}`, 400},
		{"a connection that is there", http.MethodPost, "/api/v1/teams/shop/connections", `{"forge":"github","url":"https://forge.example/shop/cart.git"}`, 409},
		{"a path that leads out", http.MethodPost, "/api/v1/teams/shop/services", `{"name":"x","connection":1,"path":"../x"}`, 400},
		{"a service that is there", http.MethodPost, "/api/v1/teams/shop/services", `{"name":"cart","connection":1}`, 409},
		{"a ref that is an option", http.MethodPost, "/api/v1/teams/shop/services/cart/builds", `{"ref":"--upload-pack=x"}`, 400},
		{"a body that is too large", http.MethodPost, "/api/v1/teams/shop/tokens", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
	} {
		if a := w.ask(t, "maintainer", tt.method, tt.path, tt.body); a.status != tt.status {
			t.Errorf("%s is answered %d, want %d: %.300s", tt.name, a.status, tt.status, a.body)
		}
	}
}

func TestREST_Headers(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	for _, path := range []string{"/api/v1/me", "/healthz", "/api/v1/nothing"} {
		h := w.ask(t, "viewer", http.MethodGet, path, "").header
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
			"Access-Control-Allow-Origin": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	if h := w.ask(t, "", http.MethodGet, "/api/v1/me", "").header; !strings.HasPrefix(h.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("without a token the answer does not ask for one: %v", h)
	}
}

func TestREST_RevokedTokenCountsNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	w.want(t, 200, nil, "spare", http.MethodGet, "/api/v1/me", "")
	w.want(t, 204, nil, "maintainer", http.MethodDelete, "/api/v1/tokens/"+w.ids["token"], "")
	w.want(t, 401, nil, "spare", http.MethodGet, "/api/v1/me", "")
}

// TestREST_PlatformTokensAreOperators: who maintains every team does not run
// the platform.
func TestREST_PlatformTokensAreOperators(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	w.token(t, "everywhere", slipway.Token{Name: "everywhere", Role: slipway.RoleMaintainer})
	machine := w.token(t, "machine", slipway.Token{Name: "machine", Role: slipway.RoleWorker})
	w.want(t, 403, nil, "everywhere", http.MethodDelete, fmt.Sprintf("/api/v1/tokens/%d", machine), "")
	w.want(t, 403, nil, "everywhere", http.MethodPost, "/api/v1/tokens", `{"name":"x","role":"operator"}`)
	w.want(t, 204, nil, "everywhere", http.MethodDelete, "/api/v1/tokens/"+w.ids["token"], "")
	w.want(t, 204, nil, "operator", http.MethodDelete, fmt.Sprintf("/api/v1/tokens/%d", machine), "")
}

func TestREST_Queue(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	want := []rest.Waiting{{Build: w.build, Service: w.service, Position: 3, Reason: "two builds are before it", Estimate: 90}}
	for who, want := range map[string][]rest.Waiting{"viewer": want, "operator": want, "bank-viewer": {}} {
		var got rest.List[rest.Waiting]
		w.want(t, 200, &got, who, http.MethodGet, "/api/v1/queue", "")
		if diff := cmp.Diff(want, got.Items); diff != "" {
			t.Errorf("%s sees (-want +got):\n%s", who, diff)
		}
	}
}

func TestREST_DrainsAWorker(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	for verb, drain := range map[string]bool{"drain": true} {
		w.want(t, 204, nil, "operator", http.MethodPost, "/api/v1/workers/w1/"+verb, "")
		var workers rest.List[slipway.Worker]
		w.want(t, 200, &workers, "operator", http.MethodGet, "/api/v1/workers", "")
		if len(workers.Items) != 1 || workers.Items[0].Drain != drain {
			t.Errorf("after %s: %+v", verb, workers.Items)
		}
	}
	w.want(t, 404, nil, "operator", http.MethodPost, "/api/v1/workers/w2/drain", "")
}

// FuzzQuery throws parameters at every list: what comes back is a page or 400
// or 404, never a defect.
func FuzzQuery(f *testing.F) {
	w := newWorld(f)
	h, err := api.New(w.config)
	must(f, err)
	f.Add("limit", "3", "eA")
	f.Add("ref", "refs/heads/../x", "MDAwMDAwMDAwMDAwMDAwMDAwMDE")
	f.Add("service", "a/b/c", "-1")
	var lists []string
	for _, row := range api.Table() {
		if row.Method == http.MethodGet && !row.Open && row.Role != slipway.RoleWorker && !strings.HasSuffix(row.Path, "/stream") && !strings.HasSuffix(row.Path, "/log") {
			lists = append(lists, w.path(row.Path))
		}
	}
	f.Fuzz(func(t *testing.T, name, value, cursor string) {
		for _, path := range lists {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"?"+url.Values{name: {value}, "cursor": {cursor}}.Encode(), nil)
			request.Header.Set("Authorization", "Bearer "+w.tokens["operator"])
			answered := httptest.NewRecorder()
			h.ServeHTTP(answered, request)
			if c := answered.Code; c != 200 && c != 400 && c != 404 {
				t.Errorf("%s: %d for %s=%q, cursor %q: %s", path, c, name, value, cursor, answered.Body)
			}
		}
	})
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain ünï\t✓":                       "plain ünï\t✓",
		"\x1b[31mred\x1b[0m":                 "red",
		"\x1b]0;title\x07text":               "text",
		"\x1b]8;;http://x\x1b\\link":         "link",
		"\x1b[8mha:AAAA\x1b[0mnote":          "ha:AAAAnote",
		"half\x1b[3":                         "half",
		"no end \x1b]0;text":                 "no end 0;text",
		"over\rwritten\x00\u009b\u202e":      "overwritten",
		"\xff\xfe":                           "\uFFFD",
		"\x1bc reset":                        " reset",
		"\x1b":                               "",
		"a\x1b[31\x1b[32mb, \x1bPx\x1b\\end": "ab, end",
	} {
		if got := api.Plain(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("\x1b]0;x\x07\x1b[31m")
	f.Fuzz(func(t *testing.T, s string) {
		got := api.Plain(s)
		if strings.ContainsFunc(got, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }) {
			t.Errorf("%q becomes %q", s, got)
		}
		if again := api.Plain(got); again != got {
			t.Errorf("%q becomes %q, then %q", s, got, again)
		}
	})
}
