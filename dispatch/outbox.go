package dispatch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/slipway-ci/slipway"
)

// Messages wait in the record until they are delivered.
type Messages interface {
	// Due gives up to most messages of a topic whose time has come, and of
	// each key only the first.
	Due(ctx context.Context, topic string, now time.Time, most int) ([]slipway.Message, error)
	Delivered(ctx context.Context, id int64) error
	Postpone(ctx context.Context, id int64, due time.Time) error
}

// Courier delivers messages of one topic. Delivered twice is as once. An error
// has the message tried again later, for as long as it takes; a message that
// can never be delivered is logged by the courier and no error.
type Courier interface {
	Deliver(ctx context.Context, m slipway.Message) error
}

// Outbox delivers the messages of a topic, those of different keys at the
// same time.
type Outbox struct {
	Topic    string
	Messages Messages
	Courier  Courier
	Bell     Bell
	Leader   Leader
	Now      func() time.Time
	Log      *slog.Logger

	mu      sync.Mutex
	away    map[int64]bool // messages that are being delivered
	settled map[int64]bool // that were since the record was last asked: it may have told of them before
	done    sync.WaitGroup
	n       Delivery
}

// Delivery counts what an outbox did since it began.
type Delivery struct{ Delivered, Postponed int64 }

const (
	atOnceAway  = 16
	everyOutbox = time.Second
	// A delivery that does not end keeps its key waiting, and no other.
	longestDelivery = time.Minute
)

// Run delivers until ctx ends, and returns when nothing is on its way.
func (o *Outbox) Run(ctx context.Context) error {
	wake := listen(ctx, o.Bell, RingOutbox, o.Log)
	defer o.done.Wait()
	wrong := false
	for ctx.Err() == nil {
		err := o.round(ctx, wake)
		if err != nil && ctx.Err() == nil && !wrong {
			o.Log.ErrorContext(ctx, "the outbox cannot be read", slog.String("topic", o.Topic), slog.Any("error", err))
		}
		wrong = err != nil
		wait(ctx, wake, everyOutbox)
	}
	return nil
}

// Counts gives what was done.
func (o *Outbox) Counts() Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.n
}

// round sends away what is due, as far as there are hands.
func (o *Outbox) round(ctx context.Context, wake chan<- struct{}) error {
	if !o.Leader.Lead(ctx) {
		return nil
	}
	o.begin()
	due, err := o.Messages.Due(ctx, o.Topic, o.Now(), 2*atOnceAway)
	if err != nil {
		return err
	}
	for _, m := range due {
		if o.take(m.ID) {
			o.done.Go(func() {
				o.deliver(ctx, m)
				o.release(m.ID)
				poke(wake)
			})
		}
	}
	return nil
}

func (o *Outbox) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.settled = map[int64]bool{}
	if o.away == nil {
		o.away = map[int64]bool{}
	}
}

func (o *Outbox) take(id int64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.away[id] || o.settled[id] || len(o.away) >= atOnceAway {
		return false
	}
	o.away[id] = true
	return true
}

func (o *Outbox) release(id int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.away, id)
	o.settled[id] = true
}

// deliver delivers a message. When the record does not take that it was, it
// is delivered again, which is as once.
func (o *Outbox) deliver(ctx context.Context, m slipway.Message) {
	limit, cancel := context.WithTimeout(ctx, longestDelivery)
	defer cancel()
	err := safely(func() error { return o.Courier.Deliver(limit, m) })
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		o.count(func(n *Delivery) { n.Delivered++ })
		err = o.Messages.Delivered(ctx, m.ID)
	} else {
		o.count(func(n *Delivery) { n.Postponed++ })
		level := slog.LevelWarn
		if slipway.ErrorCode(err) == slipway.CodeBusy {
			level = slog.LevelDebug // nobody was asked
		}
		o.Log.Log(ctx, level, "a message waits", slog.String("topic", o.Topic), slog.String("message", m.Body), slog.Int("tries", m.Tries+1), slog.Any("error", err))
		err = o.Messages.Postpone(ctx, m.ID, o.Now().Add(backoff(m)))
	}
	if err != nil && ctx.Err() == nil && slipway.ErrorCode(err) != slipway.CodeNotFound {
		o.Log.ErrorContext(ctx, "the record does not take what became of a message", slog.String("topic", o.Topic), slog.Any("error", err))
	}
}

func (o *Outbox) count(change func(*Delivery)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.n)
}
