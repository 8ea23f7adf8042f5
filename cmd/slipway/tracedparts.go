package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/dispatch"
	"github.com/slipway-ci/slipway/queue"
	"github.com/slipway-ci/slipway/store"
	"github.com/slipway-ci/slipway/tracing"
)

// tracedRecord shows the events that it records, whoever they come from.
type tracedRecord struct {
	*store.Store

	traces *tracing.Traces
}

// Receive implements api.Record and dispatch.Known.
func (r tracedRecord) Receive(ctx context.Context, d slipway.Delivery) ([]int64, error) {
	began := time.Now()
	ids, err := r.Store.Receive(ctx, d)
	for _, id := range ids {
		r.traces.Event(ctx, id, began, slog.Int64("connection", d.Connection), slog.String("delivery", d.ID))
	}
	return ids, err
}

// Start implements api.Record.
func (r tracedRecord) Start(ctx context.Context, connection int64, e slipway.Event, at time.Time) (int64, error) {
	began := time.Now()
	id, err := r.Store.Start(ctx, connection, e, at)
	if err == nil {
		r.traces.Event(ctx, id, began, slog.Int64("connection", connection), slog.String("kind", string(e.Kind)))
	}
	return id, err
}

// Rebuild implements api.Record.
func (r tracedRecord) Rebuild(ctx context.Context, build int64, force bool, who string, at time.Time) (int64, error) {
	began := time.Now()
	id, err := r.Store.Rebuild(ctx, build, force, who, at)
	if err != nil || r.traces == nil {
		return id, err
	}
	if b, err := r.Build(ctx, id); err == nil {
		r.traces.Event(ctx, b.Event, began, slog.Int64("again", build))
	}
	return id, nil
}

// of names the trace of what a job is about; "" when nobody watches, or it is
// not known.
func (r tracedRecord) of(ctx context.Context, job slipway.Job) string {
	if r.traces == nil {
		return ""
	}
	if job.Kind == slipway.JobExpand {
		return r.traces.Parent(ctx, job.ID)
	}
	b, err := r.Build(ctx, job.ID)
	if err != nil {
		return ""
	}
	return r.traces.Parent(ctx, b.Event)
}

// tracedJobs shows what is offered to whom.
type tracedJobs struct {
	dispatch.Jobs

	record tracedRecord
}

// Offer implements dispatch.Jobs.
func (j tracedJobs) Offer(ctx context.Context, worker string, job slipway.Job) error {
	about := slog.Int64("build", job.ID)
	if job.Kind == slipway.JobExpand {
		about = slog.Int64("event", job.ID)
	}
	in, end := j.record.traces.Begin(ctx, j.record.of(ctx, job), "offer", about, slog.String("worker", worker))
	err := j.Jobs.Offer(in, worker, job)
	end(err)
	return err
}

// tracedBuilds tells workers what their attempts are parts of.
type tracedBuilds struct {
	queue.Builds

	record tracedRecord
}

// Claim implements queue.Builds.
func (b tracedBuilds) Claim(ctx context.Context, worker string, build int64) (slipway.Assignment, error) {
	a, err := b.Builds.Claim(ctx, worker, build)
	if err == nil {
		a.Trace = b.record.of(ctx, slipway.Job{Kind: slipway.JobBuild, ID: build})
	}
	return a, err
}

// tracedEvents tells workers what their expansions are parts of.
type tracedEvents struct {
	queue.Events

	record tracedRecord
}

// Task implements queue.Events.
func (e tracedEvents) Task(ctx context.Context, worker string, event int64) (slipway.Task, error) {
	t, err := e.Events.Task(ctx, worker, event)
	if err == nil {
		t.Trace = e.record.of(ctx, slipway.Job{Kind: slipway.JobExpand, ID: event})
	}
	return t, err
}
