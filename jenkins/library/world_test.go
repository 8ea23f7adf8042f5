package library_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/store"
)

// world is Slipway's API on a record, behind a front that misbehaves when it
// is told to. It has the service shop/cart.
type world struct {
	record *store.Store
	front  *front
	token  string
	runs   int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "record.db"), store.Options{Key: bytes.Repeat([]byte{7}, 32)})
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	w := &world{record: s}
	must(t, s.AddTeam(t.Context(), "shop"))
	text, hash := api.NewToken()
	_, err = s.AddToken(t.Context(), slipway.Token{Name: "jenkins", Team: "shop", Role: slipway.RoleDeveloper, Created: time.Now()}, hash)
	must(t, err)
	w.token = text
	connection, err := s.Connect(t.Context(), slipway.Connection{
		Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://forge.example/shop/cart.git", Default: "refs/heads/main", Created: time.Now(),
	}, slipway.Keys{Hooks: []string{"secret"}})
	must(t, err)
	_, err = s.AddService(t.Context(), slipway.Service{Name: cart, Connection: connection})
	must(t, err)
	handler, err := api.New(api.Config{
		Record: s, Forges: noForges{}, Bell: silent{}, Queue: noQueue{}, URL: "https://ci.example", Version: "test",
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	must(t, err)
	w.front = &front{handler: handler}
	w.front.open(t)
	t.Cleanup(w.front.shut)
	return w
}

var cart = slipway.ServiceName{Team: "shop", Name: "cart"}

// noForges: no hook is delivered here.
type noForges struct{}

func (noForges) Names() []string { return []string{"github"} }

func (noForges) Verify(string, http.Header, []byte, []string, time.Time) (string, error) {
	return "", slipway.Errorf(slipway.CodeForbidden, "no hooks")
}

func (noForges) Events(string, http.Header, []byte) ([]slipway.Event, error) { return nil, nil }

// silent is a bell that nobody hears.
type silent struct{}

func (silent) Ring(string) {}

func (silent) Listen(string, func(string)) (func(), error) { return func() {}, nil }

type noQueue struct{}

func (noQueue) Queue(context.Context) ([]slipway.Waiting, error) { return nil, nil }

// front is the server's address, which outlives the server.
type front struct {
	handler http.Handler

	mu     sync.Mutex
	addr   string
	server *http.Server
	before func(http.ResponseWriter, *http.Request) bool // answers itself, and says so
}

// open lets the server be reached, at the same address each time.
func (f *front) open(t *testing.T) {
	t.Helper()
	addr := f.addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	must(t, err)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addr = l.Addr().String()
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: time.Minute}
	go f.server.Serve(l) //nolint:errcheck // it ends when it is shut
}

// shut refuses every connection.
func (f *front) shut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = f.server.Close()
}

// first has every request seen by do, which may answer it; nil is nobody.
func (f *front) first(do func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = do
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	before := f.before
	f.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	f.handler.ServeHTTP(w, r)
}

func (w *world) url() string { return "http://" + w.front.addr }

// pipeline is one whose Jenkins has the server's token and URL; each is
// another run of the job.
func (w *world) pipeline(text string) given {
	w.runs++
	return given{
		Pipeline:    text,
		Env:         map[string]string{"SLIPWAY_URL": w.url(), "BUILD_TAG": "jenkins-cart-7", "BUILD_URL": "https://jenkins.example/job/cart/7/"},
		Credentials: map[string]string{"slipway": w.token}, Started: 1_790_000_000_000 + w.runs, Second: 20,
	}
}

// asked waits for an event that nobody has looked at yet.
func (w *world) asked(t *testing.T) slipway.EventRecord {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		events, err := w.record.Pending(ctx, 1)
		must(t, err)
		if len(events) > 0 {
			return events[0]
		}
		select {
		case <-ctx.Done():
			t.Fatal("nothing was asked for within a minute")
		case <-tick.C:
		}
	}
}

// builds makes a build of an event, as a worker's expansion does.
func (w *world) builds(t *testing.T, event int64) int64 {
	t.Helper()
	return w.expands(t, event, slipway.Expansion{Commit: commit("a"), Services: []slipway.Found{{Name: "cart", Inputs: "a"}}}).Builds[0]
}

func (w *world) expands(t *testing.T, event int64, found slipway.Expansion) slipway.Expanded {
	t.Helper()
	out, err := w.record.Expand(t.Context(), event, found, slipway.ExpandPolicy{Default: "refs/heads/main"}, time.Now())
	must(t, err)
	return out
}

// commit is an object id of one hex digit.
func commit(digit string) string { return strings.Repeat(digit, 40) }

func (w *world) claims(t *testing.T, build int64) slipway.Attempt {
	t.Helper()
	a, err := w.record.Claim(t.Context(), build, "w1", time.Now(), time.Now().Add(time.Hour))
	must(t, err)
	return a
}

// prints appends a part of a log.
func (w *world) prints(t *testing.T, a slipway.Attempt, number int, lines ...string) {
	t.Helper()
	var part []byte
	for _, text := range lines {
		line, err := json.Marshal(slipway.LogEntry{Time: time.Now(), Step: "compile", Text: text})
		must(t, err)
		part = append(append(part, line...), '\n')
	}
	must(t, w.record.Append(t.Context(), a, number, part))
}

func (w *world) finishes(t *testing.T, a slipway.Attempt, parts int, o slipway.Outcome) {
	t.Helper()
	if o.State == slipway.BuildSucceeded {
		o.Image = slipway.Image{Service: cart, Repository: "registry.example/shop/cart", Tag: "main-1", Digest: "sha256:" + fmt.Sprintf("%064d", a.Build)}
	}
	must(t, w.record.Finish(t.Context(), a, parts, o, time.Now()))
}

func (w *world) build(t *testing.T, id int64) slipway.Build {
	t.Helper()
	b, err := w.record.Build(t.Context(), id)
	must(t, err)
	return b
}
