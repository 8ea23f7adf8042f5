package dispatch_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/store"
)

// house is a control plane over a record of its own, whose clock stands until
// it is moved. Its workers are the test.
type house struct {
	*dispatch.Control
	*dispatch.Dispatcher
	record     *store.Store
	connection slipway.Connection

	mu     sync.Mutex
	now    time.Time
	jobs   []offer
	rung   map[string]int
	noJobs error
	lead   bool
}

type offer struct {
	Worker string
	Job    slipway.Job
}

func newHouse(t *testing.T, change ...func(*slipway.Connection, *slipway.Keys)) *house {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "record.db"), store.Options{Key: bytes.Repeat([]byte{7}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h := &house{record: s, now: noon, rung: map[string]int{}, lead: true}
	h.connection = slipway.Connection{Team: "shop", Forge: "github", Repository: "shop/cart", URL: "https://git.example/shop/cart.git", Default: "refs/heads/main", Reads: []string{"shop/prices"}, Created: noon}
	keys := slipway.Keys{Clone: slipway.Credential{User: "bot", Password: "hunter22"}}
	for _, c := range change {
		c(&h.connection, &keys)
	}
	must(t, s.AddTeam(t.Context(), "shop"))
	h.connection.ID, err = s.Connect(t.Context(), h.connection, keys)
	must(t, err)
	log := slog.New(slog.DiscardHandler)
	h.Dispatcher = &dispatch.Dispatcher{Builds: h.record, Events: h.record, Notes: h.record, Leases: h.record, Jobs: (*jobList)(h), Bell: (*bell)(h), Leader: (*leader)(h), Now: h.clock, Log: log}
	h.Control = &dispatch.Control{
		Attempts: h.record, Reported: h.record, Sources: h.record, Credentials: plain{}, Stamper: stamper{}, Bell: (*bell)(h), Now: h.clock, Log: log,
	}
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) after(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// round lets the dispatcher work once and gives what it offered.
func (h *house) round(t *testing.T) []offer {
	t.Helper()
	must(t, h.Round(t.Context()))
	h.mu.Lock()
	defer h.mu.Unlock()
	jobs := h.jobs
	h.jobs = nil
	return jobs
}

// report has workers say that they are there.
func (h *house) report(t *testing.T, workers ...slipway.Worker) {
	t.Helper()
	for _, w := range workers {
		must(t, h.Report(t.Context(), w.WorkerReport))
	}
}

// push receives an event and gives its id.
func (h *house) push(t *testing.T, e slipway.Event) int64 {
	t.Helper()
	e.Repository = "shop/cart"
	h.mu.Lock()
	h.rung["delivery"]++
	name := fmt.Sprint("d", h.rung["delivery"])
	h.mu.Unlock()
	ids, err := h.record.Receive(t.Context(), slipway.Delivery{Connection: h.connection.ID, ID: name, At: h.clock(), Events: []slipway.Event{e}})
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	return ids[0]
}

// sha is a commit's id made of a digit.
func sha(digit string) string { return strings.Repeat(digit, 40) }

func pushTo(branch, commit string) slipway.Event {
	return slipway.Event{Kind: slipway.EventPush, Ref: "refs/heads/" + branch, After: sha(commit)}
}

func pull(number int, commit, source string) slipway.Event {
	return slipway.Event{
		Kind: slipway.EventPullRequest, Ref: "refs/heads/main", After: sha(commit),
		Pull: &slipway.PullRequest{Number: number, Action: slipway.PullOpened, Branch: "topic", Source: source},
	}
}

// find says for a worker what it found, NAME or NAME=INPUTS each.
func (h *house) find(t *testing.T, worker string, event int64, commit string, services ...string) {
	t.Helper()
	x := found(commit, services...)
	x.Read = h.clock()
	must(t, h.Expanded(t.Context(), worker, event, x))
}

func found(commit string, services ...string) slipway.Expansion {
	x := slipway.Expansion{Commit: sha(commit)}
	for _, s := range services {
		name, inputs, _ := strings.Cut(s, "=")
		x.Services = append(x.Services, slipway.Found{Name: name, Inputs: inputs})
	}
	return x
}

// claim claims a build for a worker and gives the attempt.
func (h *house) claim(t *testing.T, worker string, build int64) slipway.Assignment {
	t.Helper()
	a, err := h.Claim(t.Context(), worker, build)
	must(t, err)
	return a
}

// end reports the end of an attempt.
func (h *house) end(t *testing.T, a slipway.Assignment, state slipway.BuildState) {
	t.Helper()
	o := slipway.Outcome{State: state}
	if state == slipway.BuildSucceeded {
		o.Image = slipway.Image{Service: a.Service, Repository: "registry/" + a.Service.String(), Digest: "sha256:" + a.Origin.Commit, Tag: "x"}
	}
	must(t, h.Finish(t.Context(), a.Attempt, 0, o))
}

// first gives the first build that was made.
func (h *house) first(t *testing.T) slipway.Build {
	t.Helper()
	b, err := h.record.Build(t.Context(), 1)
	must(t, err)
	return b
}

type jobList house

func (q *jobList) Offer(_ context.Context, worker string, job slipway.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.noJobs == nil {
		q.jobs = append(q.jobs, offer{worker, job})
	}
	return q.noJobs
}

type bell house

func (b *bell) Ring(topic string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rung[topic]++
}

func (b *bell) Listen(context.Context, string, func(string)) error { return nil }

type leader house

func (l *leader) Lead(context.Context) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lead
}

// plain gives keys as they are.
type plain struct{}

func (plain) Credential(_ context.Context, _ slipway.Connection, keys slipway.Keys) (slipway.Credential, error) {
	return keys.Clone, nil
}

// stamper is a registry that has every content.
type stamper struct{}

func (stamper) Stamp(_ context.Context, service slipway.ServiceName, content string, key slipway.BuildKey, r slipway.Revision) (slipway.Image, error) {
	return slipway.Image{Service: service, Repository: "registry/" + service.String(), Tag: r.ImageTag(1, key), Content: content, Digest: "sha256:" + r.SHA}, nil
}
