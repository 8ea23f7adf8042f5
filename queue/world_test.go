package queue_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/queue"
)

const password = "a worker's token"

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// start starts a server on a port of its own, for workers with the password.
func start(tb testing.TB, dir, listen string) *queue.Server {
	tb.Helper()
	s, err := queue.Start(tb.Context(), queue.Config{Dir: dir, Listen: listen, Authenticate: authenticate, Log: quiet()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

func authenticate(_ context.Context, _, given string) error {
	if given != password {
		return errors.New("wrong token")
	}
	return nil
}

func dial(tb testing.TB, d queue.Dialing) *queue.Link {
	tb.Helper()
	d.Log = quiet()
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	l, err := queue.Dial(ctx, d)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return l
}

func newControl(tb testing.TB, s *queue.Server) *queue.Control {
	tb.Helper()
	c, err := queue.NewControl(dial(tb, queue.Dialing{Server: s, Name: "control"}), 1, quiet())
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// newWorker dials the server over the network.
func newWorker(tb testing.TB, s *queue.Server, name string) *queue.Worker {
	tb.Helper()
	link := dial(tb, queue.Dialing{URLs: []string{s.URL()}, Name: name, Worker: true, Password: password})
	w, err := queue.NewWorker(link, name, quiet())
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// serve answers workers until the test ends, or stop. When it returns, a
// request finds somebody: workers ask again until one does, tests do not.
func serve(tb testing.TB, c *queue.Control, r *record) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	var done sync.WaitGroup
	done.Go(func() {
		if err := c.Serve(ctx, queue.Handler{Builds: r, Keys: r, Events: r}); err != nil {
			tb.Error(err)
		}
	})
	stop = func() { cancel(); done.Wait() }
	tb.Cleanup(stop)
	answers, err := c.Conn().SubscribeSync("_INBOX_nobody.answer") // one elsewhere is not given
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = answers.Unsubscribe() }()
	eventually(tb, "somebody answers", func() bool {
		if err := c.Conn().PublishRequest("sw.w.nobody.nothing", answers.Subject, nil); err != nil {
			return false
		}
		m, err := answers.NextMsg(time.Second)
		return err == nil && m.Header.Get("Status") == "" // which says that there is nobody
	})
	return stop
}

// record is a control plane's: it counts, and refuses what is stale.
type record struct {
	mu       sync.Mutex
	calls    map[string]int
	chunks   map[int][]byte
	workers  []string // as they reported
	finished []slipway.Outcome
	fail     map[string]error // of a verb
	before   func(verb string)
}

func newRecord() *record {
	return &record{calls: map[string]int{}, chunks: map[int][]byte{}, fail: map[string]error{}}
}

func (r *record) call(verb string) error {
	if r.before != nil {
		r.before(verb)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls[verb]++
	return r.fail[verb]
}

func (r *record) count(verb string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[verb]
}

func (r *record) chunk(number int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.chunks[number]
}

func (r *record) names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.workers)
}

func (r *record) ends() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.finished)
}

func (r *record) setFail(verb string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail[verb] = err
}

func (r *record) Claim(_ context.Context, worker string, build int64) (slipway.Assignment, error) {
	return slipway.Assignment{
		Attempt: slipway.Attempt{Build: build, Number: 1, Worker: worker}, Lease: 30 * time.Second,
		Service: slipway.ServiceName{Team: "shop", Name: "cart"}, Secrets: map[string]string{"TOKEN": "s3cret"},
	}, r.call("claim")
}

func (r *record) Renew(context.Context, slipway.Attempt) (time.Duration, error) {
	return 30 * time.Second, r.call("renew")
}

func (r *record) Append(_ context.Context, a slipway.Attempt, number int, data []byte) error {
	err := r.call("append")
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.Worker != "w1" {
		return slipway.Errorf(slipway.CodeForbidden, "attempt %d is not of %s", a.Number, a.Worker)
	}
	r.chunks[number] = data
	return err
}

func (r *record) Stamp(_ context.Context, _ slipway.Attempt, content string, key slipway.BuildKey, rev slipway.Revision) (slipway.Image, error) {
	return slipway.Image{Content: content, Key: key, Tag: rev.SHA}, r.call("stamp")
}

func (r *record) Finish(_ context.Context, _ slipway.Attempt, _ int, o slipway.Outcome) error {
	if err := r.call("finish"); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.finished) > 0 {
		return slipway.Errorf(slipway.CodeConflict, "the attempt has ended")
	}
	r.finished = append(r.finished, o)
	return nil
}

func (r *record) Holder(context.Context, slipway.Attempt, slipway.BuildKey) (bool, error) {
	return true, r.call("holder")
}

func (r *record) Report(_ context.Context, report slipway.WorkerReport) error {
	err := r.call("report")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.workers = append(r.workers, report.Name)
	return err
}

func (r *record) Task(_ context.Context, _ string, event int64) (slipway.Task, error) {
	return slipway.Task{Event: event, Team: "shop"}, r.call("task")
}

func (r *record) Expanded(context.Context, string, int64, slipway.Expansion) error {
	return r.call("expanded")
}

// within gives a test's patience.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits for a condition.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatalf("never: %s", what)
		}
	}
}

// newControlConn is a connection that may everything.
func newControlConn(t *testing.T, s *queue.Server) *nats.Conn {
	t.Helper()
	return dial(t, queue.Dialing{Server: s, Name: "control"}).Conn()
}
