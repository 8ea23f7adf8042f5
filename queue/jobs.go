package queue

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/slipway-ci/slipway"
)

// pull is how long one request for a job waits for one, and beat how often
// the server says meanwhile that it is there.
const (
	pull = 5 * time.Second
	beat = time.Second
)

// Next waits for a job. The worker calls done when it knows what becomes of
// it: a job that is not done comes again, and so may one that is. Stream and
// consumer are made again when they vanish. The error is the cause of ctx.
func (w *Worker) Next(ctx context.Context) (job slipway.Job, done func(), err error) {
	for wait := newBackoff(); ; {
		m, err := w.fetch(ctx)
		switch {
		case ctx.Err() != nil:
			return slipway.Job{}, nil, context.Cause(ctx)
		case err != nil:
			w.log.DebugContext(ctx, "no job can be had", slog.Any("error", err))
			w.forget()
			if !wait.next(ctx) {
				return slipway.Job{}, nil, context.Cause(ctx)
			}
		case m != nil:
			if err := json.Unmarshal(m.Data(), &job); err == nil && job.ID > 0 {
				return job, func() { _ = m.Ack() }, nil // unacknowledged it comes again, and claims nothing
			}
			_ = m.Ack()
		default:
			wait = newBackoff()
		}
	}
}

// fetch asks for one job; nil when there was none for a while.
func (w *Worker) fetch(ctx context.Context) (jetstream.Msg, error) {
	from, err := w.source(ctx)
	if err != nil {
		return nil, err
	}
	batch, err := from.Fetch(1, jetstream.FetchMaxWait(pull), jetstream.FetchHeartbeat(beat))
	if err != nil {
		return nil, err
	}
	select {
	case m, ok := <-batch.Messages():
		if !ok {
			return nil, batch.Error()
		}
		return m, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// source is the worker's consumer. The control plane makes it.
func (w *Worker) source(ctx context.Context) (jetstream.Consumer, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.consumer != nil {
		return w.consumer, nil
	}
	if _, err := try[nothing](ctx, w, verbConsumer, nothing{}); err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, pull)
	defer cancel()
	found, err := w.js.Consumer(within, streamName, consumerOf(w.name))
	if err != nil {
		return nil, err
	}
	w.consumer = found
	return found, nil
}

func (w *Worker) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.consumer = nil
}
