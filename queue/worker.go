package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/slipway-ci/slipway"
)

// Worker is a worker's side. Its requests are made again, with back-off,
// until they are answered: an answer means that the control plane has
// committed it. They end early with the answers that another try would not
// change, CodeConflict first among them, and with the cause of their
// context. It is safe for concurrent use.
type Worker struct {
	link *Link
	name string
	js   jetstream.JetStream
	log  *slog.Logger

	mu       sync.Mutex
	consumer jetstream.Consumer // nil: not known to be there
}

// NewWorker makes a worker's side of a link that was dialled with its name.
func NewWorker(link *Link, name string, log *slog.Logger) (*Worker, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	js, err := jetstream.New(link.nc)
	if err != nil {
		return nil, unreachable(err)
	}
	return &Worker{link: link, name: name, js: js, log: log}, nil
}

// Report says how the worker is. It is tried once: the next one says more.
func (w *Worker) Report(ctx context.Context, r slipway.WorkerReport) error {
	_, err := try[nothing](ctx, w, verbReport, r)
	return err
}

// Claim asks for an attempt at a build.
func (w *Worker) Claim(ctx context.Context, build int64) (slipway.Assignment, error) {
	return ask[slipway.Assignment](ctx, w, verbClaim, claimBody{build})
}

// Renew extends an attempt's lease and gives its new length, from when Renew
// was called.
func (w *Worker) Renew(ctx context.Context, a slipway.Attempt) (time.Duration, error) {
	r, err := ask[renewed](ctx, w, verbRenew, attemptBody{a})
	return r.Lease, err
}

// Append adds a chunk to an attempt's log. A control plane of the release
// before cannot read it as it is sent, and gets it as JSON.
func (w *Worker) Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error {
	_, err := ask[nothing](ctx, w, verbChunk, chunkBody{a, number}, data...)
	if code := slipway.ErrorCode(err); code == slipway.CodeInvalid || code == slipway.CodeUsage {
		_, err = ask[nothing](ctx, w, verbAppend, appendBody{a, number, data})
	}
	return err
}

// Stamp asks for the image of a revision.
func (w *Worker) Stamp(ctx context.Context, a slipway.Attempt, content string, key slipway.BuildKey, revision slipway.Revision) (slipway.Image, error) {
	return ask[slipway.Image](ctx, w, verbStamp, stampBody{a, content, key, revision})
}

// Holder asks whether the attempt holds a key.
func (w *Worker) Holder(ctx context.Context, a slipway.Attempt, key slipway.BuildKey) (bool, error) {
	return ask[bool](ctx, w, verbHolder, holderBody{a, key})
}

// Finish ends an attempt. CodeConflict may also mean that an earlier try was
// committed and its answer lost: either way nothing is left to do.
func (w *Worker) Finish(ctx context.Context, a slipway.Attempt, chunks int, o slipway.Outcome) error {
	_, err := ask[nothing](ctx, w, verbFinish, finishBody{a, chunks, o})
	return err
}

// Task asks what there is to know to expand an event.
func (w *Worker) Task(ctx context.Context, event int64) (slipway.Task, error) {
	return ask[slipway.Task](ctx, w, verbTask, taskBody{event})
}

// Expanded reports what was found at an event's commit.
func (w *Worker) Expanded(ctx context.Context, event int64, e slipway.Expansion) error {
	_, err := ask[nothing](ctx, w, verbExpanded, expandedBody{event, e})
	return err
}

// Stops calls stop for each attempt that the control plane says is cancelled,
// until ctx ends. It is a hint: Renew tells for certain.
func (w *Worker) Stops(ctx context.Context, stop func(slipway.Attempt)) error {
	sub, err := w.link.nc.Subscribe(stops+w.name, func(m *nats.Msg) {
		e, err := open(m.Data)
		if err != nil {
			return
		}
		if a, err := read[slipway.Attempt](e.Body); err == nil {
			stop(a)
		}
	})
	if err != nil {
		return unreachable(err)
	}
	context.AfterFunc(ctx, func() { _ = sub.Unsubscribe() }) // fails on a closed connection, which ended it
	return nil
}
