package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/api/rest"
	"github.com/slipway-ci/slipway/forge"
	"github.com/slipway-ci/slipway/store"
)

func each[From, To any](from []From, make func(From) To) []To {
	var to []To
	for _, f := range from {
		to = append(to, make(f))
	}
	return to
}

// forges are the real ones.
type forges struct{}

func (forges) Names() []string {
	return each(forge.All(), func(f forge.Forge) string { return f.Name() })
}

func (forges) Verify(name string, header http.Header, body []byte, secrets []string, now time.Time) (string, error) {
	f, err := forge.Named(name)
	if err != nil {
		return "", err
	}
	d := forge.Delivery{Header: header, Body: body}
	return f.ID(d), f.Verify(d, secrets, now)
}

func (forges) Events(name string, header http.Header, body []byte) ([]slipway.Event, error) {
	f, err := forge.Named(name)
	if err != nil {
		return nil, err
	}
	return f.Events(forge.Delivery{Header: header, Body: body})
}

// bell rings within the process; a broken one loses every ring.
type bell struct {
	broken bool

	mu    sync.Mutex
	next  int
	hear  map[int]func(string)
	topic map[int]string
	rung  []string
}

func (b *bell) Ring(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung = append(b.rung, topic)
	for id, hear := range b.hear {
		if !b.broken && (topic == b.topic[id] || strings.HasPrefix(topic, b.topic[id]+".")) {
			hear(topic)
		}
	}
}

func (b *bell) Listen(topic string, hear func(string)) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hear == nil {
		b.hear, b.topic = map[int]func(string){}, map[int]string{}
	}
	b.next++
	id := b.next
	b.hear[id], b.topic[id] = hear, topic
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.hear, id)
	}, nil
}

// line is a queue that somebody filled.
type line []slipway.Waiting

func (l line) Queue(context.Context) ([]slipway.Waiting, error) { return l, nil }

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// world is an API on a record with two teams: shop has a connection, a
// service, builds and a held event; bank has tokens alone.
type world struct {
	record  *store.Store
	bell    *bell
	config  api.Config
	server  *httptest.Server
	tokens  map[string]string // ROLE or bank-ROLE to a token's text
	ids     map[string]string // what a path's parameter is called to one that is shop's
	build   int64
	service slipway.ServiceName
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	s, err := store.Open(tb.Context(), "sqlite:"+filepath.Join(tb.TempDir(), "record.db"), store.Options{Key: bytes.Repeat([]byte{7}, 32)})
	must(tb, err)
	tb.Cleanup(func() { _ = s.Close() })
	w := &world{
		record: s, bell: &bell{}, tokens: map[string]string{},
		ids: map[string]string{"team": "shop", "service": "cart", "secret": "TOKEN", "worker": "w1"}, service: slipway.ServiceName{Team: "shop", Name: "cart"},
	}
	w.fill(tb)
	w.config = api.Config{
		Record: w.record, Forges: forges{}, Bell: w.bell, URL: "https://ci.example", Version: "test",
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon },
		Joining: func(context.Context) (rest.Joining, error) {
			return rest.Joining{Queue: "tls://:4222", Registry: "http://:5000", User: "slipway", Password: "s", Stacks: map[string]string{"go": "sha256:a"}}, nil
		},
		Queue: line{{Build: w.build, Position: 3, Reason: "two builds are before it", Estimate: 90 * time.Second}},
	}
	return w
}

// serve starts the API over real HTTP.
func (w *world) serve(tb testing.TB) *world {
	tb.Helper()
	h, err := api.New(w.config)
	must(tb, err)
	w.server = httptest.NewUnstartedServer(h)
	w.server.Config.ReadTimeout = 2 * time.Second // of a request; streams live on
	w.server.Config.IdleTimeout = time.Minute     // not the same: a connection would end under a request
	w.server.Start()
	tb.Cleanup(w.server.Close)
	return w
}

func (w *world) fill(tb testing.TB) {
	tb.Helper()
	ctx := tb.Context()
	for _, team := range []string{"bank", "shop"} {
		must(tb, w.record.AddTeam(ctx, team))
	}
	for _, role := range []slipway.TeamRole{slipway.RoleViewer, slipway.RoleDeveloper, slipway.RoleMaintainer} {
		w.token(tb, string(role), slipway.Token{Name: "shop's " + string(role), Team: "shop", Role: role})
		w.token(tb, "bank-"+string(role), slipway.Token{Name: "bank's " + string(role), Team: "bank", Role: role})
	}
	w.token(tb, "operator", slipway.Token{Name: "operator", Role: slipway.RoleOperator})
	w.token(tb, "worker", slipway.Token{Name: "worker", Role: slipway.RoleWorker})
	w.token(tb, "expired", slipway.Token{Name: "expired", Role: slipway.RoleOperator, Expires: noon.Add(-time.Second)})
	w.ids["token"] = fmt.Sprint(w.token(tb, "spare", slipway.Token{Name: "spare", Team: "shop", Role: slipway.RoleViewer}))

	connection, err := w.record.Connect(ctx, slipway.Connection{
		Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://forge.example/shop/cart.git", Default: "refs/heads/main", Forks: slipway.ForksApprove, Created: noon,
	}, slipway.Keys{Hooks: []string{"secret"}})
	must(tb, err)
	w.ids["connection"] = fmt.Sprint(connection)
	_, err = w.record.AddService(ctx, slipway.Service{Name: w.service, Connection: connection})
	must(tb, err)
	must(tb, w.record.SetSecret(ctx, "shop", "cart", "TOKEN", "x", noon))
	must(tb, w.record.SetSecret(ctx, "shop", "", "TOKEN", "x", noon))
	for _, team := range []string{"", "shop"} {
		_, err = w.record.SetController(ctx, slipway.Controller{Team: team, URL: "https://jenkins.example/ci", User: "slipway", Created: noon}, slipway.ControllerKeys{Token: "t0ken"})
		must(tb, err)
	}
	must(tb, w.record.SeeWorker(ctx, slipway.WorkerReport{Name: "w1"}, noon))
	w.build = w.pushed(tb, "a")
	w.ids["build"] = fmt.Sprint(w.build)
	w.ids["event"] = fmt.Sprint(w.held(tb))
}

func (w *world) token(tb testing.TB, name string, token slipway.Token) int64 {
	tb.Helper()
	text, hash := api.NewToken()
	token.Created = noon
	id, err := w.record.AddToken(tb.Context(), token, hash)
	must(tb, err)
	w.tokens[name] = text
	return id
}

func (w *world) connection(tb testing.TB) int64 {
	tb.Helper()
	var id int64
	_, err := fmt.Sscan(w.ids["connection"], &id)
	must(tb, err)
	return id
}

// commit is an object id of one hex digit.
func commit(digit string) string { return strings.Repeat(digit, 40) }

// pushed gives a build that waits.
func (w *world) pushed(tb testing.TB, digit string) int64 {
	tb.Helper()
	ids, err := w.record.Receive(tb.Context(), slipway.Delivery{Connection: w.connection(tb), ID: "push of " + digit, At: noon, Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: commit(digit),
	}}})
	must(tb, err)
	out, err := w.record.Expand(tb.Context(), ids[0], slipway.Expansion{
		Commit: commit(digit), Services: []slipway.Found{{Name: "cart", Inputs: digit, Supersede: new(bool)}},
	}, slipway.ExpandPolicy{Default: "refs/heads/main"}, noon)
	must(tb, err)
	return out.Builds[0]
}

// held gives an event of a fork that waits for approval of commit f.
func (w *world) held(tb testing.TB) int64 {
	tb.Helper()
	ids, err := w.record.Receive(tb.Context(), slipway.Delivery{Connection: w.connection(tb), ID: "fork", At: noon, Events: []slipway.Event{{
		Kind: slipway.EventPullRequest, Repository: "shop/cart", Ref: "refs/heads/main", After: commit("f"),
		Pull: &slipway.PullRequest{Number: 7, Action: slipway.PullOpened, Branch: "x", Source: "eve/cart"},
	}}})
	must(tb, err)
	must(tb, w.record.Hold(tb.Context(), ids[0], "a maintainer has to look at it"))
	return ids[0]
}

// path fills a route's parameters with what is shop's.
func (w *world) path(pattern string) string {
	for name, value := range w.ids {
		pattern = strings.ReplaceAll(pattern+"/", "/:"+name+"/", "/"+value+"/")
		pattern = strings.TrimSuffix(pattern, "/")
	}
	return pattern
}

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) ask(tb testing.TB, who, method, path, body string) answer {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), method, w.server.URL+path, strings.NewReader(body))
	must(tb, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		request.Header.Set("Authorization", "Bearer "+w.tokens[who])
	}
	return send(tb, request)
}

func send(tb testing.TB, request *http.Request) answer {
	tb.Helper()
	response, err := http.DefaultClient.Do(request)
	must(tb, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(tb, err)
	return answer{response.StatusCode, response.Header, text}
}

// want asks, holds the answer to a status, and reads it into v, which may be
// nil.
func (w *world) want(tb testing.TB, status int, v any, who, method, path, body string) {
	tb.Helper()
	a := w.ask(tb, who, method, path, body)
	if a.status != status {
		tb.Fatalf("%s %s answers %d, want %d: %s", method, path, a.status, status, a.body)
	}
	if v != nil {
		must(tb, json.Unmarshal(a.body, v))
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// soon waits for a condition.
func soon(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	ctx, stop := context.WithTimeout(tb.Context(), 10*time.Second)
	defer stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			tb.Fatalf("%s: not within 10 s", what)
		case <-tick.C:
		}
	}
}
