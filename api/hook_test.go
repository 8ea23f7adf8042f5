package api_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/store"
)

// pushOf is what GitHub sends of a push of main.
func pushOf(digit string) string {
	return `{"ref":"refs/heads/main","before":"` + commit("0") + `","after":"` + commit(digit) + `","repository":{"full_name":"shop/cart"},"sender":{"login":"ann"}}`
}

func signature(secret, body string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(h.Sum(nil))
}

// hooked sends a delivery of GitHub.
func (w *world) hooked(t *testing.T, connection, event, delivery, secret, body string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/hooks/"+connection, strings.NewReader(body))
	must(t, err)
	request.Header.Set("X-GitHub-Event", event)
	request.Header.Set("X-GitHub-Delivery", delivery)
	request.Header.Set("X-Hub-Signature-256", signature(secret, body))
	return send(t, request)
}

func TestHook_Answers(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	here := w.ids["connection"]
	for _, tt := range []struct {
		name                                      string
		connection, event, delivery, secret, body string
		status                                    int
		says                                      string
	}{
		{"a push", here, "push", "d1", "secret", pushOf("b"), 202, `{"events":[3]}`},
		{"the same delivery again", here, "push", "d1", "secret", pushOf("b"), 202, `{"events":[],"duplicate":true}`},
		{"the same push under another delivery's name", here, "push", "d2", "secret", pushOf("b"), 202, `{"events":[],"duplicate":true}`},
		{"back to where it stood", here, "push", "d3", "secret", pushOf("a"), 202, `{"events":[5]}`},
		{"a ping", here, "ping", "d4", "secret", `{"zen":"x"}`, 204, ``},
		{"another event", here, "issues", "d5", "secret", `{}`, 204, ``},
		{"another repository", here, "push", "d6", "secret", strings.Replace(pushOf("c"), "shop/cart", "shop/other", 1), 202, `"ignored":"the delivery is of shop/other`},
		{"a wrong secret", here, "push", "d7", "wrong", pushOf("c"), 401, `"title":"the delivery is not accepted"`},
		{"an empty secret", here, "push", "d7", "", pushOf("c"), 401, `"title":"the delivery is not accepted"`},
		{"an unknown connection", "999", "push", "d8", "secret", pushOf("c"), 401, `"title":"the delivery is not accepted"`},
		{"no connection", "x", "push", "d8", "secret", pushOf("c"), 401, `"title":"the delivery is not accepted"`},
		{"signed, and no JSON", here, "push", "d9", "secret", `{`, 400, `"code":"invalid"`},
		{"signed, and of another form", here, "push", "d9", "secret", `{"ref":7}`, 400, `"code":"invalid"`},
		{"signed, and everything is null", here, "push", "d9", "secret", `{"ref":null,"repository":null}`, 400, `"code":"invalid"`},
	} {
		if a := w.hooked(t, tt.connection, tt.event, tt.delivery, tt.secret, tt.body); a.status != tt.status || !strings.Contains(string(a.body), tt.says) {
			t.Errorf("%s: %d %s, want %d %s", tt.name, a.status, a.body, tt.status, tt.says)
		}
	}
	if diff := cmp.Diff([]string{"dispatch", "dispatch"}, w.bell.rung); diff != "" {
		t.Errorf("the bell rang (-want +got):\n%s", diff)
	}
}

// TestHook_TellsNotWhetherThereIsAConnection: nobody counts connections, nor
// those that were removed, by asking.
func TestHook_TellsNotWhetherThereIsAConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	var told []rest.Problem
	gone, err := w.record.Connect(t.Context(), slipway.Connection{Team: "shop", Forge: "gitlab", URL: "https://forge.example/x.git", Created: noon}, slipway.Keys{Hooks: []string{"secret"}})
	must(t, err)
	_, err = w.record.RemoveConnection(t.Context(), gone, false, "ann", noon)
	must(t, err)
	for _, connection := range []string{w.ids["connection"], "999", "x", "0", "-1", "99999999999999999999", fmt.Sprint(gone)} {
		a := w.hooked(t, connection, "push", "d", "wrong", pushOf("b"))
		var p rest.Problem
		must(t, json.Unmarshal(a.body, &p))
		p.Request = ""
		if told = append(told, p); a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("connection %s: %d %v", connection, a.status, a.header)
		}
		if diff := cmp.Diff(told[0], p); diff != "" {
			t.Errorf("a wrong signature and connection %s differ:\n%s", connection, diff)
		}
	}
}

// TestHook_AsksTheSameOfEveryConnection: the time that an answer takes is that
// of the questions to the record and of one verification.
func TestHook_AsksTheSameOfEveryConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, verified := &askedRecord{Store: w.record}, &verifying{}
	w.config.Record, w.config.Forges = asked, verified
	w.serve(t)
	for _, connection := range []string{w.ids["connection"], "999", "x"} {
		asked.calls, verified.calls = nil, nil
		w.hooked(t, connection, "push", "d", "wrong", pushOf("b"))
		if d := cmp.Diff([]string{"connection", "keys"}, asked.calls); d != "" {
			t.Errorf("of connection %s the record is asked:\n%s", connection, d)
		}
		if d := cmp.Diff([]string{"github"}, verified.calls); d != "" {
			t.Errorf("connection %s is verified by the rules of:\n%s", connection, d)
		}
	}
}

// askedRecord remembers what was asked of it.
type askedRecord struct {
	*store.Store

	calls []string
}

func (r *askedRecord) Connection(ctx context.Context, id int64) (slipway.Connection, error) {
	r.calls = append(r.calls, "connection")
	return r.Store.Connection(ctx, id)
}

func (r *askedRecord) Keys(ctx context.Context, id int64) (slipway.Keys, error) {
	r.calls = append(r.calls, "keys")
	return r.Store.Keys(ctx, id)
}

// verifying remembers by whose rules deliveries were verified.
type verifying struct {
	forges

	calls []string
}

func (v *verifying) Verify(name string, header http.Header, body []byte, secrets []string, now time.Time) (string, error) {
	v.calls = append(v.calls, name)
	return v.forges.Verify(name, header, body, secrets, now)
}

func TestHook_TooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/hooks/"+w.ids["connection"], io.LimitReader(zeros{}, 10<<30))
	must(t, err)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return // the server closed the connection while it was still being sent to
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("ten gigabytes are answered %d", response.StatusCode)
	}
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestHook_OurFaultIsNever4xx: GitLab lets go of a hook that answers one.
func TestHook_OurFaultIsNever4xx(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	must(t, w.record.Close())
	a := w.hooked(t, w.ids["connection"], "push", "d1", "secret", pushOf("b"))
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("without a record a delivery is answered %d: %s", a.status, a.body)
	}
	if bytes.Contains(a.body, []byte("sql")) {
		t.Errorf("the answer tells of our parts: %s", a.body)
	}
}

// panics is a forge whose parser has a defect.
type panics struct{ forges }

func (panics) Events(string, http.Header, []byte) ([]slipway.Event, error) { panic("a defect") }

func TestHook_PanicEndsOneRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Forges = panics{}
	w.serve(t)
	if a := w.hooked(t, w.ids["connection"], "push", "d1", "secret", pushOf("b")); a.status != http.StatusInternalServerError || bytes.Contains(a.body, []byte("defect")) {
		t.Errorf("a panic is answered %d: %s", a.status, a.body)
	}
	if a := w.ask(t, "", http.MethodGet, "/healthz", ""); a.status != http.StatusOK {
		t.Errorf("after it the server answers %d", a.status)
	}
}

func TestHook_TwoSecretsWhileOneIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t).serve(t)
	here := w.ids["connection"]
	push := func(secret, digit string) int {
		return w.hooked(t, here, "push", "d"+digit, secret, pushOf(digit)).status
	}
	var rotated rest.ConnectionView
	w.want(t, 200, &rotated, "maintainer", http.MethodPost, "/api/v1/connections/"+here+"/hook/rotate", "")
	if !rotated.Rotating || !strings.HasPrefix(rotated.Secret, "whsec_") || rotated.Hook != "https://ci.example/hooks/"+here {
		t.Errorf("rotating gives %+v", rotated)
	}
	if a, b := push("secret", "1"), push(rotated.Secret, "2"); a != 202 || b != 202 {
		t.Errorf("while both count the old secret gives %d, the new one %d", a, b)
	}
	w.want(t, 200, nil, "maintainer", http.MethodPost, "/api/v1/connections/"+here+"/hook/settle", "")
	if a, b := push("secret", "3"), push(rotated.Secret, "4"); a != 401 || b != 202 {
		t.Errorf("after it the old secret gives %d, the new one %d", a, b)
	}
}

// TestHook_SlowBody holds a sender to the time that it has: the deadline is
// set on the connection, not only looked at.
func TestHook_SlowBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, err := api.New(w.config)
	must(t, err)
	d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hooks/"+w.ids["connection"], strings.NewReader("{}"))
	h.ServeHTTP(d, request)
	if d.read.IsZero() || time.Until(d.read) > time.Minute {
		t.Errorf("a delivery may arrive until %s", d.read)
	}
}

// TestREST_SlowBody: a body that is small by its route has less time, whoever
// sends it, and what has none is not bounded: it may be a stream.
func TestREST_SlowBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h, err := api.New(w.config)
	must(t, err)
	for _, who := range []string{"operator", "nobody"} {
		for method, path := range map[string]string{http.MethodPost: "/api/v1/teams", http.MethodGet: "/api/v1/builds/1/log"} {
			for _, body := range []string{"{}", ""} {
				d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
				request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
				if body == "" {
					request.Body = http.NoBody
				}
				request.Header.Set("Authorization", "Bearer "+w.tokens[who])
				h.ServeHTTP(d, request)
				if bounded := !d.read.IsZero() && time.Until(d.read) < 11*time.Second; bounded != (body != "") {
					t.Errorf("%s %s of %s with the body %q: until %s", method, path, who, body, d.read)
				}
			}
		}
	}
}

type deadlines struct {
	*httptest.ResponseRecorder

	read time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error { d.read = at; return nil }

// FuzzHook throws bodies and headers at every kind of forge, signed and not:
// nothing panics, and nothing but 2xx, 400, 401 or 404 comes back.
func FuzzHook(f *testing.F) {
	w := newWorld(f)
	w.config.Forges = signed{}
	ids := map[string]int64{}
	for _, name := range (forges{}).Names() {
		id, err := w.record.Connect(context.Background(), slipway.Connection{Team: "shop", Forge: name, URL: "https://" + name + ".example/a/b.git", Created: noon}, slipway.Keys{Hooks: []string{"secret"}})
		must(f, err)
		ids[name] = id
	}
	h, err := api.New(w.config)
	must(f, err)
	f.Add("push", "refs/heads/main", []byte(pushOf("b")))
	f.Add("repo:push", "x", []byte(`{"push":{"changes":null}}`))
	f.Add("Push Hook", "\x00", []byte(`[]`))
	f.Fuzz(func(t *testing.T, event, delivery string, body []byte) {
		for _, name := range (forges{}).Names() {
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, fmt.Sprintf("/hooks/%d", ids[name]), bytes.NewReader(body))
			for _, header := range []string{"X-GitHub-Event", "X-Gitlab-Event", "X-Gitea-Event", "X-Gogs-Event", "X-Event-Key"} {
				request.Header.Set(header, event)
			}
			request.Header.Set("X-GitHub-Delivery", delivery)
			answered := httptest.NewRecorder()
			h.ServeHTTP(answered, request)
			switch answered.Code {
			case 202, 204, 400, 401, 404:
			default:
				t.Errorf("%s: %d for %q: %s", name, answered.Code, body, answered.Body)
			}
		}
	})
}

// signed takes every delivery for authentic, so that its body is read.
type signed struct{ forges }

func (s signed) Verify(name string, header http.Header, body []byte, _ []string, now time.Time) (string, error) {
	id, _ := s.forges.Verify(name, header, body, []string{"secret"}, now)
	return id, nil
}
