package queue

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/slipway-ci/slipway"
)

// Control is the control plane's side. It is safe for concurrent use.
type Control struct {
	link     *Link
	js       jetstream.JetStream
	replicas int
	log      *slog.Logger
}

// NewControl makes the control plane's side of a link. replicas is how many
// servers of a cluster keep a job (ClusterReplicas), 1 without a cluster.
func NewControl(link *Link, replicas int, log *slog.Logger) (*Control, error) {
	js, err := jetstream.New(link.nc)
	if err != nil {
		return nil, unreachable(err)
	}
	return &Control{link: link, js: js, replicas: max(1, replicas), log: log}, nil
}

// Offer puts a job into a worker's queue. The stream is made when it is not
// there, also when it has vanished. A queue that does not take the job is
// CodeUnavailable; then it may be there or not.
func (c *Control) Offer(ctx context.Context, worker string, job slipway.Job) error {
	if err := CheckName(worker); err != nil {
		return err
	}
	data, err := json.Marshal(job)
	if err != nil {
		return err
	}
	return c.publish(ctx, jobs+worker, data)
}

// Probe sees that the queue takes something and has it on disk.
func (c *Control) Probe(ctx context.Context) error { return c.publish(ctx, probes, nil) }

// ackTime is how long a server that is well takes to have a job on disk, and
// more.
const ackTime = 2 * time.Second

func (c *Control) publish(ctx context.Context, subject string, data []byte) error {
	err := c.put(ctx, subject, data)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrNoStreamResponse), errors.Is(err, nats.ErrNoResponders):
		err = c.stream(ctx)
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && !c.clustered():
		err = c.replace(ctx, err)
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		err = nil // the cluster may have chosen another leader meanwhile
	}
	if err == nil {
		err = c.put(ctx, subject, data)
	}
	if err != nil {
		return unreachable(err)
	}
	return nil
}

func (c *Control) put(ctx context.Context, subject string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	_, err := c.js.Publish(ctx, subject, data, jetstream.WithRetryAttempts(1), jetstream.WithRetryWait(time.Millisecond))
	return err
}

// Ring tells whoever listens to a topic ("dispatch", "build.7") that
// something is to be looked at. Nobody may be there: it is a hint.
func (c *Control) Ring(topic string) {
	if err := c.link.nc.Publish(wakes+topic, nil); err != nil {
		c.log.Debug("nobody was woken", slog.String("topic", topic), slog.Any("error", err))
	}
}

// Listen calls heard, from one goroutine, for each ring of a topic and of
// those below it ("build" hears "build.7"), until ctx ends. Rings may be lost,
// and are while the connection is.
func (c *Control) Listen(ctx context.Context, topic string, heard func(topic string)) error {
	hear := func(m *nats.Msg) { heard(strings.TrimPrefix(m.Subject, wakes)) }
	for _, subject := range []string{wakes + topic, wakes + topic + ".>"} {
		sub, err := c.link.nc.Subscribe(subject, hear)
		if err != nil {
			return unreachable(err)
		}
		context.AfterFunc(ctx, func() { _ = sub.Unsubscribe() }) // fails on a closed connection, which ended it
	}
	return c.link.flush(ctx)
}

// Stop tells a worker that an attempt is cancelled. It is a hint: the worker
// learns it when it renews, too.
func (c *Control) Stop(a slipway.Attempt, worker string) {
	data, err := seal(a)
	if err == nil {
		err = c.link.nc.Publish(stops+worker, data)
	}
	if err != nil {
		c.log.Debug("a worker was not told to stop", slog.String("worker", worker), slog.Any("error", err))
	}
}
