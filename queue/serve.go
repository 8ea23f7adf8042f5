package queue

import (
	"context"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/slipway-ci/slipway"
)

const (
	// atOnce bounds the requests that are answered at a time; more wait.
	atOnce = 64
	// answerTime is how long a handler may take.
	answerTime = 2 * time.Minute
	// drainTime bounds the wait for requests that are on their way.
	drainTime = 2 * time.Second
)

// Serve answers the requests of workers until ctx ends, and returns when those
// that were begun are answered. Several control planes share the requests.
func (c *Control) Serve(ctx context.Context, h Handler) error {
	slots := make(chan struct{}, atOnce)
	var busy sync.WaitGroup
	sub, err := c.link.nc.QueueSubscribe(asks+"*.*", "control", func(m *nats.Msg) {
		slots <- struct{}{}
		busy.Go(func() {
			defer func() { <-slots }()
			c.reply(ctx, h, m)
		})
	})
	if err != nil {
		return unreachable(err)
	}
	handed := make(chan struct{}) // everything that came was
	sub.SetClosedHandler(func(string) { close(handed) })
	<-ctx.Done()
	if err := sub.Drain(); err == nil && c.link.Connected() { // else nothing can come
		select {
		case <-handed:
		case <-time.After(drainTime): // the server went away, and what was to come with it
		}
	}
	busy.Wait()
	return nil
}

// reply answers one request. An answer goes to the worker's own inbox and
// nowhere else: a reply subject is not checked by the server, and a worker
// could have another one's request made by us.
func (c *Control) reply(ctx context.Context, h Handler, m *nats.Msg) {
	worker, verb, ok := asker(m.Subject)
	if !ok || !strings.HasPrefix(m.Reply, inboxOf(worker)+".") {
		c.log.WarnContext(ctx, "a request was dropped: its answer would not go to the worker it is from", slog.String("subject", m.Subject))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	result, err := c.handle(ctx, h, request{worker: worker, verb: verb}, m.Data)
	if slipway.ErrorCode(err) == slipway.CodeInternal {
		c.log.ErrorContext(ctx, "a worker's request failed", slog.String("worker", worker), slog.String("verb", verb), slog.Any("error", err))
	}
	if err := m.Respond(answer(result, err)); err != nil {
		c.log.WarnContext(ctx, "an answer was not sent, the worker asks again", slog.String("worker", worker), slog.String("verb", verb), slog.Any("error", err))
	}
}

// request is one that came.
type request struct {
	worker string
	verb   string
	data   []byte // of a chunk
}

// handle gives the answer. A defect of one request does not end the others.
func (c *Control) handle(ctx context.Context, h Handler, r request, message []byte) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			c.log.ErrorContext(ctx, "a worker's request met a defect", slog.String("verb", r.verb), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			err = slipway.Errorf(slipway.CodeInternal, "the request %s met a defect: %v", r.verb, p)
		}
	}()
	e, data, err := unseal(r.verb, message)
	if err != nil {
		return nil, err
	}
	r.data = data
	switch r.verb {
	case verbConsumer:
		return nil, c.consumer(ctx, r.worker)
	case verbReport, verbTask, verbExpanded:
		return h.event(ctx, r, e.Body)
	}
	return h.attempt(ctx, r, e.Body)
}
