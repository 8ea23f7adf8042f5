package jenkins_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/api"
	"github.com/slipway-ci/slipway/jenkins"
	"github.com/slipway-ci/slipway/jenkins/jenkinstest"
	"github.com/slipway-ci/slipway/store"
)

const mainRef = "refs/heads/main"

var cart = slipway.ServiceName{Team: "shop", Name: "cart"}

// clock is a time that tests move, or the real one.
type clock struct {
	mu    sync.Mutex
	moved time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.moved)
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
}

type always struct{}

func (always) Lead(context.Context) bool { return true }

// silent is a bell that loses every ring.
type silent struct{}

func (silent) Ring(string)                                 {}
func (silent) Listen(string, func(string)) (func(), error) { return func() {}, nil }

// world is a record with a service, its API, and a Jenkins that shows its
// builds.
type world struct {
	*store.Store
	t          testing.TB
	clock      *clock
	jenkins    *jenkinstest.Server
	controller slipway.Controller
	api        *httptest.Server
	handler    atomic.Pointer[http.Handler] // of the API; nil: it is being restarted
	links      *jenkins.Links
	courier    *jenkins.Courier
	follower   *jenkins.Follower
	connection int64
	pushes     int
}

var ticketKey = slipway.TicketKey("a key for tests")

func newWorld(tb testing.TB, o jenkinstest.Options, mode slipway.ReportMode) *world {
	tb.Helper()
	s, err := store.Open(tb.Context(), "sqlite:"+filepath.Join(tb.TempDir(), "record.db"), store.Options{Key: bytes.Repeat([]byte{7}, 32)})
	must(tb, err)
	tb.Cleanup(func() { _ = s.Close() })
	o.User, o.Token = "slipway", "11aa"
	w := &world{Store: s, t: tb, clock: &clock{}, jenkins: jenkinstest.New(tb, o)}
	must(tb, s.AddTeam(tb.Context(), cart.Team))
	w.connection, err = s.Connect(tb.Context(), slipway.Connection{Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://forge.example/shop/cart.git", Default: mainRef}, slipway.Keys{})
	must(tb, err)
	_, err = s.AddService(tb.Context(), slipway.Service{Name: cart, Connection: w.connection})
	must(tb, err)
	w.serve()
	_, err = s.SetController(tb.Context(), slipway.Controller{Team: "shop", URL: w.jenkins.URL, User: o.User, Reports: mode}, slipway.ControllerKeys{Token: o.Token})
	must(tb, err)
	w.controller, err = s.ControllerOf(tb.Context(), "shop")
	must(tb, err)
	w.start()
	return w
}

// serve has the API answer.
func (w *world) serve() {
	w.api = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if h := w.handler.Load(); h != nil {
			(*h).ServeHTTP(rw, r)
			return
		}
		panic(http.ErrAbortHandler) // it breaks the connection
	}))
	w.t.Cleanup(w.api.Close)
	w.up()
}

func (w *world) up() {
	h, err := api.New(api.Config{
		Record: w.Store, Bell: silent{}, URL: w.api.URL, Tickets: ticketKey, Log: slog.New(slog.DiscardHandler), Now: w.clock.now,
	})
	must(w.t, err)
	w.handler.Store(&h)
}

func (w *world) down() { w.handler.Store(nil) }

// start begins as a process does that remembers nothing.
func (w *world) start() {
	w.links = &jenkins.Links{Sources: w.Store, Options: jenkins.Options{
		Timeout: patience, Tries: 1, Pause: time.Millisecond, Trip: 3, Rest: 20 * time.Millisecond, Now: w.clock.now,
	}}
	w.courier = &jenkins.Courier{
		Builds: w.Store, Runs: w.Store, Links: w.links, Tickets: ticketKey, Base: w.api.URL,
		Line: api.Line, Now: w.clock.now, Log: slog.New(slog.DiscardHandler),
	}
	w.follower = &jenkins.Follower{Courier: w.courier, Leader: always{}, Every: 200 * time.Millisecond}
}

// follows follows in the background, until the test ends.
func (w *world) follows() { w.followsUntil() }

// followsUntil follows in the background, until what it gives is called.
func (w *world) followsUntil() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = w.follower.Run(ctx)
	}()
	stop = func() { cancel(); <-ended }
	w.t.Cleanup(stop)
	return stop
}

// delivers hands all that is due to the couriers, once each, as the outbox
// would, and gives the last error.
func (w *world) delivers() (last error) {
	w.t.Helper()
	for topic, courier := range map[string]interface {
		Deliver(ctx context.Context, m slipway.Message) error
	}{store.TopicJenkins: w.courier, store.TopicDownstream: jenkins.Downstream{Courier: w.courier}} {
		for failed := map[string]bool{}; ; {
			due, err := w.Due(w.t.Context(), topic, w.clock.now().Add(time.Hour), 100)
			must(w.t, err)
			progress := false
			for _, m := range due {
				if failed[m.Key] {
					continue
				}
				if err := courier.Deliver(w.t.Context(), m); err != nil {
					failed[m.Key], last = true, err
					continue
				}
				must(w.t, w.Delivered(w.t.Context(), m.ID))
				progress = true
			}
			if !progress {
				break
			}
		}
	}
	return last
}

// push gives a build of the service that waits.
func (w *world) push(event slipway.Event) slipway.Build {
	w.t.Helper()
	w.pushes++
	if event.Ref == "" {
		event = slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: mainRef, Actor: "ann"}
	}
	event.After = fmt.Sprintf("%040x", w.pushes)
	ids, err := w.Receive(w.t.Context(), slipway.Delivery{Connection: w.connection, ID: fmt.Sprint("d", w.pushes), At: w.clock.now(), Events: []slipway.Event{event}})
	must(w.t, err)
	no := false
	out, err := w.Expand(w.t.Context(), ids[0], slipway.Expansion{
		Commit: event.After, Services: []slipway.Found{{Name: "cart", Inputs: event.After, Supersede: &no}},
	}, slipway.ExpandPolicy{Default: mainRef}, w.clock.now())
	must(w.t, err)
	return w.build(out.Builds[0])
}

func (w *world) build(id int64) slipway.Build {
	w.t.Helper()
	b, err := w.Build(w.t.Context(), id)
	must(w.t, err)
	return b
}

// claimed has a worker begin.
func (w *world) claimed(b slipway.Build) slipway.Attempt {
	w.t.Helper()
	a, err := w.Claim(w.t.Context(), b.ID, "w1", w.clock.now(), w.clock.now().Add(time.Hour))
	must(w.t, err)
	return a
}

// prints adds lines to a build's log, in one chunk.
func (w *world) prints(a slipway.Attempt, number int, lines ...string) {
	w.t.Helper()
	var data []byte
	for _, line := range lines {
		text, err := json.Marshal(slipway.LogEntry{Step: "compile", Text: line})
		must(w.t, err)
		data = append(append(data, text...), '\n')
	}
	must(w.t, w.Append(w.t.Context(), a, number, data))
}

func (w *world) ends(a slipway.Attempt, chunks int, state slipway.BuildState) {
	w.t.Helper()
	o := slipway.Outcome{State: state}
	if state == slipway.BuildSucceeded {
		o.Image = slipway.Image{Service: cart, Repository: "registry.example/shop/cart", Tag: "main-7", Digest: "sha256:abc"}
	} else {
		o.Class, o.Reason = slipway.ClassCode, "it does not compile"
	}
	must(w.t, w.Finish(w.t.Context(), a, chunks, o, w.clock.now()))
}

// run gives what the record knows of a build in Jenkins.
func (w *world) run(build int64, kind slipway.JenkinsRunKind) slipway.JenkinsRun {
	w.t.Helper()
	r, err := w.JenkinsRun(w.t.Context(), build, kind)
	must(w.t, err)
	return r
}

// in waits for a run's state.
func (w *world) in(build int64, kind slipway.JenkinsRunKind, state slipway.JenkinsRunState) slipway.JenkinsRun {
	w.t.Helper()
	soon(w.t, 15*time.Second, func() string {
		r, err := w.JenkinsRun(w.t.Context(), build, kind)
		if err == nil && r.State == state {
			return ""
		}
		return fmt.Sprintf("the run is %+v, %v, want it to be %s", r, err, state)
	})
	return w.run(build, kind)
}

// posts lists what was asked of Jenkins that changes something.
func (w *world) posts() (posts []string) {
	for _, r := range w.jenkins.Requests() {
		if strings.HasPrefix(r, "POST ") {
			posts = append(posts, r)
		}
	}
	return posts
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// soon waits until a condition has nothing to complain of.
func soon(tb testing.TB, within time.Duration, complaint func() string) {
	tb.Helper()
	end := time.NewTimer(within)
	defer end.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		last := complaint()
		if last == "" {
			return
		}
		select {
		case <-end.C:
			tb.Fatalf("%s after %s", last, within)
		case <-tick.C:
		}
	}
}
