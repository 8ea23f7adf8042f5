package worker

import (
	"context"
	"sync"

	"github.com/slipway-ci/slipway"
)

// Worker does what the control plane has for it.
type Worker struct {
	config  Config
	jobs    Jobs
	builds  Builds
	keys    Keys
	events  Events
	sources Sources
	engine  Engine

	slots, expansions chan struct{}
	waiting           chan struct{} // bounds the jobs that wait for either
	poke              chan struct{} // a report is due now

	mu       sync.Mutex
	running  map[int64]*attempt // by build; nil while it is claimed
	reading  map[int64]bool     // events that are expanded
	draining bool
	sick     string
	idle     chan struct{} // closed when a drain has nothing left; nil without one
}

// Parts are what a worker works with.
type Parts struct {
	Jobs    Jobs
	Builds  Builds
	Keys    Keys
	Events  Events
	Sources Sources
	Engine  Engine
}

// mostWaiting is how many jobs wait for a slot here. Those beyond are not
// taken until one goes.
const mostWaiting = 64

// New makes a worker. Nothing is started before Run.
func New(c Config, p Parts) *Worker {
	c = c.withDefaults()
	return &Worker{
		config: c, jobs: p.Jobs, builds: p.Builds, keys: p.Keys, events: p.Events, sources: p.Sources, engine: p.Engine,
		slots: make(chan struct{}, c.Slots), expansions: make(chan struct{}, c.Expansions),
		waiting: make(chan struct{}, c.Slots+c.Expansions+mostWaiting), poke: make(chan struct{}, 1),
		running: map[int64]*attempt{}, reading: map[int64]bool{},
	}
}

// Run works until ctx ends. Then what runs is handed back, and Run returns
// when the control plane has it, or after Config.Grace.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.jobs.Stops(ctx, w.stopped); err != nil {
		return err
	}
	var all sync.WaitGroup
	defer all.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	all.Go(func() { w.watch(ctx) })
	all.Go(func() { w.report(ctx) })
	for {
		job, done, err := w.jobs.Next(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		w.waiting <- struct{}{}
		all.Go(func() {
			defer func() { <-w.waiting }()
			w.take(ctx, job, done)
		})
	}
}

// take does a job when there is room for it soon. One that is not done is
// offered again, here or elsewhere.
func (w *Worker) take(ctx context.Context, job slipway.Job, done func()) {
	room := w.slots
	if job.Kind == slipway.JobExpand {
		room = w.expansions
	}
	if !w.enter(ctx, room) {
		done()
		return
	}
	defer func() { <-room }()
	switch {
	case w.takesNothing():
		done()
	case job.Kind == slipway.JobBuild:
		w.handle(ctx, job.ID, done)
	case job.Kind == slipway.JobExpand:
		w.expand(ctx, job.ID, done)
	default:
		done() // of a later release
	}
}

// enter waits a while for room.
func (w *Worker) enter(ctx context.Context, room chan struct{}) bool {
	ctx, cancel := context.WithTimeout(ctx, w.config.Patient)
	defer cancel()
	select {
	case room <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (w *Worker) takesNothing() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.draining || w.sick != ""
}
