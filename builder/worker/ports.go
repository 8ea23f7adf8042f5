package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
)

// Jobs are what the control plane offers this worker. *queue.Worker is one,
// and is the three that follow, too.
type Jobs interface {
	// Next waits for a job; done is called when it is known what becomes of it.
	Next(ctx context.Context) (job slipway.Job, done func(), err error)
	// Stops calls stop for attempts that are said to be cancelled, until ctx
	// ends; it returns at once.
	Stops(ctx context.Context, stop func(slipway.Attempt)) error
}

// Builds are the attempts at builds. Each method returns when the control
// plane has committed it, or with CodeConflict when the attempt's turn has
// passed, or with the cause of ctx.
type Builds interface {
	Claim(ctx context.Context, build int64) (slipway.Assignment, error)
	Renew(ctx context.Context, a slipway.Attempt) (time.Duration, error)
	Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error
	Stamp(ctx context.Context, a slipway.Attempt, content string, key slipway.BuildKey, revision slipway.Revision) (slipway.Image, error)
	Finish(ctx context.Context, a slipway.Attempt, chunks int, o slipway.Outcome) error
}

// Keys say which of several builds of one content builds it.
type Keys interface {
	Holder(ctx context.Context, a slipway.Attempt, key slipway.BuildKey) (bool, error)
}

// Events are expanded by workers.
type Events interface {
	Task(ctx context.Context, event int64) (slipway.Task, error)
	Expanded(ctx context.Context, event int64, e slipway.Expansion) error
	// Report says how the worker is. It is tried once.
	Report(ctx context.Context, r slipway.WorkerReport) error
}

// Tree is a builder.Tree that is closed after use.
type Tree interface {
	builder.Tree
	Close() error
}

// Sources open commits.
type Sources interface {
	Open(ctx context.Context, o slipway.Origin) (Tree, error)
	// Head gives the commit where the ref of an origin stands in its repository
	// now, "" when it has no such ref.
	Head(ctx context.Context, o slipway.Origin) (commit string, err error)
}

// Engine is what builds on this machine.
type Engine interface {
	// Builder gives a builder for one attempt, with the daemon of its trust. The
	// worker changes it: images are stamped by the control plane, and a solve
	// waits for its key. log is for what the parts have to say.
	Builder(ctx context.Context, a slipway.Assignment, log slipway.Log) (*builder.Builder, error)
	// Check asks the daemons, and whatever else builds stand on, whether they
	// are well.
	Check(ctx context.Context) error
	// Away tells whether any of it was away at some time since.
	Away(ctx context.Context, since time.Time) bool
}

// Traces shows what is done, and how long it takes, to whoever watches.
type Traces interface {
	// Begin begins something that takes a while: a part of what the Trace of an
	// Assignment or a Task names, and with "" of what ctx is in. end ends it,
	// with what went wrong; of an error its code is shown and nothing else,
	// since what it says has not been masked.
	Begin(ctx context.Context, trace, name string, about ...slog.Attr) (in context.Context, end func(failed error, more ...slog.Attr))
}

// unwatched is where nobody watches.
type unwatched struct{}

func (unwatched) Begin(ctx context.Context, _, _ string, _ ...slog.Attr) (context.Context, func(error, ...slog.Attr)) {
	return ctx, func(error, ...slog.Attr) {}
}
