package dispatch_test

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
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/forge"
	"github.com/slipway-ci/slipway/queue"
	"github.com/slipway-ci/slipway/store"
)

// town is everything but git and BuildKit: a record, a queue and a forge that
// go on, control planes that come and go, and workers that build nothing.
type town struct {
	t          *testing.T
	record     *store.Store
	server     *queue.Server
	connection slipway.Connection

	mu       sync.Mutex
	down     bool              // the forge is out of order
	head     string            // where the repository has the branch
	statuses map[string]string // by COMMIT CONTEXT
}

func newTown(t *testing.T) *town {
	t.Helper()
	c := &town{t: t, statuses: map[string]string{}}
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "record.db"), store.Options{Key: bytes.Repeat([]byte{7}, 32)})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	hub := httptest.NewServer(http.HandlerFunc(c.hub))
	t.Cleanup(hub.Close)
	c.record = s
	c.connection = slipway.Connection{Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://git.example/shop/cart.git", API: hub.URL, Default: "refs/heads/main"}
	must(t, s.AddTeam(t.Context(), "shop"))
	c.connection.ID, err = s.Connect(t.Context(), c.connection, slipway.Keys{Forge: "t"})
	must(t, err)
	c.server, err = queue.Start(t.Context(), queue.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(c.server.Close)
	return c
}

// hub takes statuses as GitHub does.
func (c *town) hub(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	var s struct{ State, Context string }
	commit := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if err := json.NewDecoder(r.Body).Decode(&s); err == nil {
		c.statuses[commit+" "+s.Context] = s.State
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, "{}")
}

func (c *town) link(ctx context.Context, name string, worker bool) *queue.Link {
	c.t.Helper()
	l, err := queue.Dial(ctx, queue.Dialing{Server: c.server, Name: name, Worker: worker, Log: slog.New(slog.DiscardHandler)})
	must(c.t, err)
	return l
}

type always struct{}

func (always) Lead(context.Context) bool { return true }

type setters struct{ *forge.Statuses }

func (s setters) Set(ctx context.Context, commit string, status dispatch.Status) error {
	return s.Statuses.Set(ctx, commit, forge.Status(status))
}

// plane runs a control plane until it is stopped.
func (c *town) plane(tags *safeShelf) (stop func()) {
	c.t.Helper()
	log, link := slog.New(slog.DiscardHandler), c.link(c.t.Context(), "control", false)
	bell, err := queue.NewControl(link, 1, log)
	must(c.t, err)
	api := forge.NewAPI(time.Now, nil)
	d := &dispatch.Dispatcher{Builds: c.record, Events: c.record, Notes: c.record, Leases: c.record, Jobs: bell, Bell: bell, Leader: always{}, Now: time.Now, Log: log}
	control := &dispatch.Control{
		Attempts: c.record, Reported: c.record, Sources: c.record, Credentials: api, Stamper: stamper{}, Bell: bell, Now: time.Now, Log: log,
	}
	forges := &dispatch.Forges{
		Facts: c.record, Sources: c.record, Base: "https://ci.example", Now: time.Now, Log: log,
		Setter: func(ctx context.Context, connection slipway.Connection, keys slipway.Keys) (dispatch.Setter, error) {
			s, err := api.Statuses(ctx, connection, keys)
			return setters{s}, err
		},
	}
	mover := &dispatch.Tags{Facts: c.record, Sources: c.record, Moves: c.record, Tagger: tags, Log: log}
	box := func(topic string, courier dispatch.Courier) *dispatch.Outbox {
		return &dispatch.Outbox{Topic: topic, Messages: c.record, Courier: courier, Bell: bell, Leader: always{}, Now: time.Now, Log: log}
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	serve := func(ctx context.Context) error {
		return bell.Serve(ctx, queue.Handler{Builds: control, Keys: control, Events: control})
	}
	var all sync.WaitGroup
	for _, run := range []func(context.Context) error{serve, d.Run, box(store.TopicStatus, forges).Run, box(store.TopicTags, mover).Run} {
		all.Go(func() {
			if err := run(ctx); err != nil {
				c.t.Error(err)
			}
		})
	}
	return sync.OnceFunc(func() {
		cancel()
		all.Wait()
		_ = link.Close()
	})
}

type safeShelf struct {
	mu sync.Mutex
	shelf
}

func (s *safeShelf) Tag(ctx context.Context, image slipway.Image, tag string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shelf.Tag(ctx, image, tag)
}

// builder takes jobs until it is stopped, and succeeds at all of them.
func (c *town) builder(ctx context.Context, name string) {
	link := c.link(ctx, name, true)
	defer func() { _ = link.Close() }()
	w, err := queue.NewWorker(link, name, slog.New(slog.DiscardHandler))
	must(c.t, err)
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() {
		for tick := time.NewTicker(500 * time.Millisecond); ctx.Err() == nil; {
			_ = w.Report(ctx, worker(name, 4).WorkerReport)
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	})
	for {
		job, done, err := w.Next(ctx)
		if err != nil {
			return
		}
		all.Go(func() {
			defer done()
			if job.Kind == slipway.JobExpand {
				c.expand(ctx, w, job.ID)
			} else {
				c.build(ctx, w, job.ID)
			}
		})
	}
}

func (c *town) expand(ctx context.Context, w *queue.Worker, event int64) {
	if _, err := w.Task(ctx, event); err != nil {
		return
	}
	e, err := c.record.Event(ctx, event)
	if err != nil {
		return
	}
	c.mu.Lock()
	x := slipway.Expansion{Commit: e.Event.After, Head: c.head, Read: time.Now()}
	c.mu.Unlock()
	x.Services = []slipway.Found{{Name: "cart", Inputs: e.Event.After}, {Name: "till", Inputs: "same"}}
	_ = w.Expanded(ctx, event, x)
}

func (c *town) build(ctx context.Context, w *queue.Worker, build int64) {
	a, err := w.Claim(ctx, build)
	if err != nil {
		return
	}
	if err := w.Append(ctx, a.Attempt, 1, []byte("a line\n")); err != nil {
		return
	}
	image, err := w.Stamp(ctx, a.Attempt, "sha256:c", "k", slipway.Revision{SHA: a.Origin.Commit, Time: noon})
	if err != nil {
		return
	}
	_ = w.Finish(ctx, a.Attempt, 1, slipway.Outcome{State: slipway.BuildSucceeded, Image: image})
}

// Thirty pushes, while control planes are replaced and the forge is out of
// order: each has its builds, its statuses, and the tag is the head's.
func TestWhole(t *testing.T) {
	t.Parallel()
	c, tags := newTown(t), &safeShelf{shelf: shelf{}}
	ctx, cancel := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	stop := c.plane(tags)
	for _, name := range []string{"w1", "w2"} {
		workers.Go(func() { c.builder(ctx, name) })
	}
	defer workers.Wait()
	defer cancel()
	const pushes = 30
	for i := range pushes {
		commit := fmt.Sprintf("%02x%s", i, strings.Repeat("0", 38))
		c.mu.Lock()
		c.head = commit
		c.mu.Unlock()
		e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: "refs/heads/main", After: commit}
		_, err := c.record.Receive(t.Context(), slipway.Delivery{Connection: c.connection.ID, ID: commit, At: time.Now(), Events: []slipway.Event{e}})
		must(t, err)
		if i%10 == 5 {
			stop()
			c.mu.Lock()
			c.down = i == 15
			c.mu.Unlock()
			stop = c.plane(tags)
		}
	}
	defer func() { stop() }()
	var stats store.Stats
	defer func() {
		if t.Failed() {
			t.Logf("%+v", stats)
		}
	}()
	eventually(t, "every build has ended, and nothing waits to be told", func() bool {
		var err error
		stats, err = c.record.Stats(t.Context())
		must(t, err)
		done, err := c.record.Builds(t.Context(), slipway.BuildPage{State: slipway.BuildSucceeded, Most: 100})
		must(t, err)
		return stats.Queued+stats.Running == 0 && len(done) == pushes+1 && stats.Outbox[store.TopicStatus]+stats.Outbox[store.TopicTags] == 0
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range pushes {
		commit := fmt.Sprintf("%02x%s", i, strings.Repeat("0", 38))
		for _, context := range []string{"slipway", "slipway/cart"} {
			if got := c.statuses[commit+" "+context]; got != "success" {
				t.Errorf("%s of push %d is %q", context, i, got)
			}
		}
	}
	tags.mu.Lock()
	defer tags.mu.Unlock()
	if len(tags.shelf) != 4 {
		t.Errorf("tags %v", tags.shelf)
	}
}
