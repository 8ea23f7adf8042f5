package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tonistiigi/fsutil"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
	"github.com/slipway-ci/slipway/builder/solve"
	"github.com/slipway-ci/slipway/builder/worker"
)

const lease = 150 * time.Millisecond

// control is a control plane: a record of attempts, and its moods.
type control struct {
	mu         sync.Mutex
	jobs       chan slipway.Job
	stops      func(slipway.Attempt)
	attempts   map[int64]slipway.Attempt // current ones, by build
	chunks     map[slipway.Attempt][][]byte
	ended      map[int64][]slipway.Outcome
	sent       map[int64]int // chunks that the end named
	renewals   int
	reports    []slipway.WorkerReport
	expanded   map[int64]slipway.Expansion
	tasks      map[int64]slipway.Task
	holder     map[slipway.BuildKey]int64
	claims     int
	madeBy     int64 // build whose content everything is
	holderless bool  // Holder answers also while it is away

	assign  func(*slipway.Assignment)
	appends func() error
	away    chan struct{} // closed: nobody answers; replaced by back
	changed chan struct{}
}

func newControl() *control {
	return &control{
		jobs: make(chan slipway.Job, 100), attempts: map[int64]slipway.Attempt{}, chunks: map[slipway.Attempt][][]byte{}, ended: map[int64][]slipway.Outcome{},
		sent: map[int64]int{}, expanded: map[int64]slipway.Expansion{}, tasks: map[int64]slipway.Task{}, holder: map[slipway.BuildKey]int64{},
		away: make(chan struct{}), changed: make(chan struct{}),
	}
}

// leave stops answering, back answers again.
func (c *control) leave() { c.mu.Lock(); defer c.mu.Unlock(); close(c.away) }

func (c *control) back() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = make(chan struct{})
	c.touch()
}

// touch wakes those who wait for a condition. The lock is held.
func (c *control) touch() { close(c.changed); c.changed = make(chan struct{}) }

// answered waits while the control plane is away, as a client that asks on
// does. With nil the lock is held, and unlock gives it back.
func (c *control) answered(ctx context.Context) error {
	for {
		c.mu.Lock()
		changed := c.changed
		select {
		case <-c.away:
		default:
			return nil
		}
		c.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (c *control) unlock() { c.touch(); c.mu.Unlock() }

// until waits for a condition, with a deadline.
func (c *control) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		c.mu.Lock()
		met, changed := ok(), c.changed
		c.mu.Unlock()
		if met {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

// outcome waits for the end of an attempt at a build.
func (c *control) outcome(t *testing.T, build int64) slipway.Outcome {
	t.Helper()
	c.until(t, fmt.Sprintf("build %d ends", build), func() bool { return len(c.ended[build]) > 0 })
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended[build][0]
}

func (c *control) Next(ctx context.Context) (slipway.Job, func(), error) {
	select {
	case j := <-c.jobs:
		return j, func() {}, nil
	case <-ctx.Done():
		return slipway.Job{}, nil, context.Cause(ctx)
	}
}

func (c *control) Stops(_ context.Context, stop func(slipway.Attempt)) error {
	c.mu.Lock()
	defer c.unlock()
	c.stops = stop
	return nil
}

func (c *control) Claim(ctx context.Context, build int64) (slipway.Assignment, error) {
	if err := c.answered(ctx); err != nil {
		return slipway.Assignment{}, err
	}
	defer c.unlock()
	c.claims++
	if a, ok := c.attempts[build]; ok {
		return slipway.Assignment{}, slipway.Errorf(slipway.CodeConflict, "build %d runs as attempt %d", build, a.Number)
	}
	a := slipway.Attempt{Build: build, Number: 1, Worker: "w1"}
	c.attempts[build] = a
	given := slipway.Assignment{
		Attempt: a, Lease: lease, Service: slipway.ServiceName{Team: "shop", Name: "cart"}, Trust: slipway.TrustMember,
		Wall: time.Minute, Silence: time.Minute, Origin: slipway.Origin{URL: "https://forge.example/shop/cart.git", Ref: "refs/heads/main", Commit: "c1"},
	}
	if c.assign != nil {
		c.assign(&given)
	}
	return given, nil
}

// current refuses what is stale. The lock is held.
func (c *control) current(a slipway.Attempt) error {
	if c.attempts[a.Build] != a {
		return slipway.Errorf(slipway.CodeConflict, "attempt %d at build %d is not the current one any more", a.Number, a.Build)
	}
	return nil
}

func (c *control) Renew(ctx context.Context, a slipway.Attempt) (time.Duration, error) {
	if err := c.answered(ctx); err != nil {
		return 0, err
	}
	defer c.unlock()
	c.renewals++
	return lease, c.current(a)
}

func (c *control) Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error {
	if err := c.answered(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if c.appends != nil {
		if err := c.appends(); err != nil {
			return err
		}
	}
	if err := c.current(a); err != nil {
		return err
	}
	if number != len(c.chunks[a])+1 || len(data) > 64<<10 || len(data) == 0 {
		return slipway.Errorf(slipway.CodeUsage, "chunk %d of %d bytes comes after %d", number, len(data), len(c.chunks[a]))
	}
	c.chunks[a] = append(c.chunks[a], bytes.Clone(data))
	return nil
}

func (c *control) Stamp(ctx context.Context, a slipway.Attempt, content string, key slipway.BuildKey, r slipway.Revision) (slipway.Image, error) {
	if err := c.answered(ctx); err != nil {
		return slipway.Image{}, err
	}
	defer c.unlock()
	return slipway.Image{Content: content, Key: key, Tag: r.ImageTag(1, key), MadeBy: c.madeBy}, c.current(a)
}

func (c *control) Finish(ctx context.Context, a slipway.Attempt, chunks int, o slipway.Outcome) error {
	if err := c.answered(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if err := c.current(a); err != nil {
		return err
	}
	delete(c.attempts, a.Build)
	c.ended[a.Build], c.sent[a.Build] = append(c.ended[a.Build], o), chunks
	return nil
}

func (c *control) Holder(ctx context.Context, a slipway.Attempt, key slipway.BuildKey) (bool, error) {
	if c.holderless {
		return true, nil
	}
	if err := c.answered(ctx); err != nil {
		return false, err
	}
	defer c.unlock()
	if by, ok := c.holder[key]; ok && by != a.Build {
		if _, runs := c.attempts[by]; runs {
			return false, c.current(a)
		}
	}
	c.holder[key] = a.Build
	return true, c.current(a)
}

func (c *control) Task(ctx context.Context, event int64) (slipway.Task, error) {
	if err := c.answered(ctx); err != nil {
		return slipway.Task{}, err
	}
	defer c.unlock()
	task, ok := c.tasks[event]
	if !ok {
		return task, slipway.Errorf(slipway.CodeConflict, "event %d is expanded", event)
	}
	task.Event = event
	return task, nil
}

func (c *control) Expanded(ctx context.Context, event int64, e slipway.Expansion) error {
	if err := c.answered(ctx); err != nil {
		return err
	}
	defer c.unlock()
	c.expanded[event] = e
	return nil
}

func (c *control) Report(_ context.Context, r slipway.WorkerReport) error {
	c.mu.Lock()
	defer c.unlock()
	c.reports = append(c.reports, r)
	return nil
}

// last is the last report. The lock is held.
func (c *control) last() slipway.WorkerReport {
	if len(c.reports) == 0 {
		return slipway.WorkerReport{}
	}
	return c.reports[len(c.reports)-1]
}

// entries are the log of a build's first attempt.
func (c *control) entries(t *testing.T, build int64) (entries []slipway.LogEntry) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, chunk := range c.chunks[slipway.Attempt{Build: build, Number: 1, Worker: "w1"}] {
		for line := range bytes.Lines(chunk) {
			var e slipway.LogEntry
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			entries = append(entries, e)
		}
	}
	return entries
}

// text is that log's text, a line each.
func (c *control) text(t *testing.T, build int64) string {
	t.Helper()
	var b strings.Builder
	for _, e := range c.entries(t, build) {
		b.WriteString(e.Text + "\n")
	}
	return b.String()
}

// printed is what the steps of a build that succeeded printed: its log without
// the last line, which names the image.
func (c *control) printed(t *testing.T, build int64) string {
	t.Helper()
	lines := strings.SplitAfter(c.text(t, build), "\n")
	if last := lines[len(lines)-2]; !strings.HasPrefix(last, "image: ") {
		t.Errorf("the last line is %q", last)
	}
	return strings.Join(lines[:len(lines)-2], "")
}

// machine is what the worker works with: a repository, a registry, a daemon.
type machine struct {
	mu      sync.Mutex
	files   fstest.MapFS
	opens   func(ctx context.Context, o slipway.Origin) error
	heads   func(ctx context.Context, o slipway.Origin) (string, error)
	solve   func(ctx context.Context, r solve.Request) error
	away    bool
	check   func() error
	made    map[slipway.BuildKey]string
	solved  int
	opened  int
	limits  solve.Limits
	hash    string
	hashes  func() error
	planned func() // when the tree is read
}

func newMachine() *machine {
	return &machine{made: map[slipway.BuildKey]string{}, hash: "tree", files: fstest.MapFS{
		"go.mod":  {Data: []byte("module example.com/cart\n\ngo 1.26\n")},
		"main.go": {Data: []byte("package main\n\nfunc main() {}\n")},
	}}
}

type tree struct {
	*machine
	origin slipway.Origin
}

func (t tree) FS() fs.FS {
	if t.planned != nil {
		t.planned()
	}
	return t.files
}
func (tree) Session() fsutil.FS { return nil }
func (t tree) Revision() slipway.Revision {
	return slipway.Revision{SHA: t.origin.Commit, Branch: "main", Time: time.Unix(1e9, 0)}
}

func (t tree) Hash(inputs []string) (string, error) {
	if t.hashes != nil {
		if err := t.hashes(); err != nil {
			return "", err
		}
	}
	return t.hash + strings.Join(inputs, ","), nil
}
func (tree) Close() error { return nil }

func (m *machine) Open(ctx context.Context, o slipway.Origin) (worker.Tree, error) {
	m.mu.Lock()
	m.opened++
	m.mu.Unlock()
	if m.opens != nil {
		if err := m.opens(ctx, o); err != nil {
			return nil, err
		}
	}
	return tree{machine: m, origin: o}, nil
}

func (m *machine) Head(ctx context.Context, o slipway.Origin) (string, error) {
	if m.heads == nil {
		return "", errors.New("nobody answers")
	}
	return m.heads(ctx, o)
}

func (m *machine) Builder(_ context.Context, _ slipway.Assignment, _ slipway.Log) (*builder.Builder, error) {
	return &builder.Builder{Stacks: m, Images: m, Solver: m}, nil
}

func (m *machine) Away(context.Context, time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.away
}

func (m *machine) Check(context.Context) error {
	m.mu.Lock()
	check := m.check
	m.mu.Unlock()
	if check == nil {
		return nil
	}
	return check()
}

func (m *machine) setCheck(f func() error) { m.mu.Lock(); defer m.mu.Unlock(); m.check = f }

func (m *machine) Lacks(slipway.Plan) bool { return false }

func (m *machine) Resolve(_ context.Context, p slipway.Plan) (slipway.Stack, slipway.Version, error) {
	return slipway.Stack{
		Name: "go-1.26.8", Init: "/init",
		Build: slipway.StackImage{Name: "build", Digest: "sha256:b"}, Run: slipway.StackImage{Name: "run", Digest: "sha256:r"},
	}, p.Version, nil
}

func (m *machine) Find(_ context.Context, _ slipway.ServiceName, key slipway.BuildKey) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	digest, ok := m.made[key]
	return digest, ok, nil
}

func (m *machine) Created(context.Context, slipway.ServiceName, string) (time.Time, error) {
	return time.Time{}, nil
}

func (m *machine) Size(context.Context, slipway.ServiceName, string) (int64, error) { return 1, nil }

func (m *machine) Stamp(context.Context, builder.Stamp) (slipway.Image, error) {
	return slipway.Image{}, errors.New("a worker stamps nothing itself")
}

func (m *machine) Solve(ctx context.Context, r solve.Request, key slipway.BuildKey) (string, error) {
	m.mu.Lock()
	m.solved++
	m.limits = r.Limits
	m.mu.Unlock()
	if m.solve != nil {
		if err := m.solve(ctx, r); err != nil {
			return "", err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.made[key] = "sha256:content"
	return "sha256:content", nil
}

// run runs a worker until the test ends, or stop, which waits for it.
func run(t *testing.T, c *control, m *machine, config worker.Config) (w *worker.Worker, stop func()) {
	t.Helper()
	config.Name, config.Log = "w1", slog.New(slog.DiscardHandler)
	if config.Beat == 0 {
		config.Beat, config.Look = 10*time.Millisecond, 5*time.Millisecond
	}
	if config.Patient == 0 {
		config.Patient = 5 * time.Second
	}
	w = worker.New(config, worker.Parts{Jobs: c, Builds: c, Keys: c, Events: c, Sources: m, Engine: m})
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = func() { cancel(); done.Wait() }
	t.Cleanup(stop)
	return w, stop
}

func (c *control) build(id int64)  { c.jobs <- slipway.Job{Kind: slipway.JobBuild, ID: id} }
func (c *control) expand(id int64) { c.jobs <- slipway.Job{Kind: slipway.JobExpand, ID: id} }

// forever is a solve that ends with its context.
func forever(ctx context.Context, _ solve.Request) error {
	<-ctx.Done()
	return context.Cause(ctx)
}
