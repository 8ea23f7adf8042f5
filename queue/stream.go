package queue

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// jobAge is how long a job lies in the queue: one that nobody claims is
	// offered again within seconds.
	jobAge = time.Minute
	// jobBytes bounds the stream; the oldest go first.
	jobBytes = 64 << 20
	// ackWait is after how long a job that a worker got and did not answer
	// comes to it again.
	ackWait = 10 * time.Second
	// askTime is how long the server may take to make something. What is asked
	// of a cluster while it has no leader is never answered.
	askTime = 4 * time.Second
	// workersMost is how many workers may have a consumer.
	workersMost = 10_000
	// workerGone is after how long the consumer of a worker that does not ask
	// is removed.
	workerGone = 24 * time.Hour
)

// stream makes the stream, or gives the one that is there our settings. Where
// there are not as many servers as replicas are wanted, a stream that is there
// keeps those that it has, and a new one gets one: the next start asks again.
func (c *Control) stream(ctx context.Context) error {
	err := c.streamOf(ctx, c.replicas)
	if c.clustered() && tooFewServers(err) {
		replicas := 1
		if there, err := c.js.Stream(ctx, streamName); err == nil {
			replicas = there.CachedInfo().Config.Replicas
		}
		c.log.WarnContext(ctx, "too few servers of the cluster are there for every job to be kept safely", slog.Int("wanted", c.replicas), slog.Int("replicas", replicas), slog.Any("error", err))
		err = c.streamOf(ctx, replicas)
	}
	if err != nil {
		return unreachable(err)
	}
	return nil
}

func (c *Control) streamOf(ctx context.Context, replicas int) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	config := jetstream.StreamConfig{
		Name: streamName, Subjects: []string{jobs + "*", probes}, Retention: jetstream.WorkQueuePolicy,
		Storage: jetstream.FileStorage, Replicas: replicas, Discard: jetstream.DiscardOld,
		MaxAge: jobAge, MaxBytes: jobBytes, MaxConsumers: workersMost,
	}
	// To create what is there already in the same shape does nothing. To update
	// it writes, and the server (nats-server 2.15.3) reads what that writes
	// without a lock while it makes a consumer: the race detector saw it.
	_, err := c.js.CreateStream(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
		_, err = c.js.UpdateStream(ctx, config)
	}
	return err
}

// replace gives up a stream that is there and stores nothing. A server whose
// directory was deleted under it (nats-server 2.15.3: "lmb missing") answers
// no publish until it is started again or the stream is made anew. What was
// in it were hints.
func (c *Control) replace(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	if _, err := c.js.Stream(ctx, streamName); err != nil {
		return why // the server is away, or its cluster has no majority
	}
	c.log.WarnContext(ctx, "the queue stored nothing, its stream is made anew", slog.Any("error", why))
	if err := c.js.DeleteStream(ctx, streamName); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return err
	}
	return c.stream(ctx)
}

// consumer makes the consumer of a worker's jobs. The control plane makes it:
// a worker that could configure its own could have the server publish for it.
func (c *Control) consumer(ctx context.Context, worker string) error {
	config := jetstream.ConsumerConfig{
		Durable: consumerOf(worker), FilterSubject: jobs + worker, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: ackWait, MaxWaiting: 16, InactiveThreshold: workerGone,
	}
	err := c.consumerOf(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if err = c.stream(ctx); err == nil {
			err = c.consumerOf(ctx, config)
		}
	}
	if err != nil {
		return unreachable(err)
	}
	return nil
}

func (c *Control) consumerOf(ctx context.Context, config jetstream.ConsumerConfig) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	_, err := c.js.CreateOrUpdateConsumer(ctx, streamName, config)
	return err
}
