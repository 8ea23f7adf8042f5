package queue

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// Handler answers workers. The worker's name comes from the subject, which
// the server's permissions bind to its user, also where it is a field
// (Attempt.Worker, WorkerReport.Name): whoever compares it with the record
// keeps one worker from reporting for another. Each method may be called
// again with the same arguments, since an answer may be lost; a nil error
// means that what was asked for is committed.
type Handler struct {
	Builds Builds
	Keys   Keys
	Events Events
}

// Builds are the attempts at builds. A stale attempt is CodeConflict.
type Builds interface {
	// Claim gives the worker the next attempt at a build that waits. When there
	// is nothing to do it is CodeConflict. A worker never claims what it is at:
	// a claim of a build that the record has as running on this very worker
	// says that the answer was lost.
	Claim(ctx context.Context, worker string, build int64) (slipway.Assignment, error)
	// Renew gives how long the worker is believed to be at work from now on.
	Renew(ctx context.Context, a slipway.Attempt) (time.Duration, error)
	// Append adds a chunk, at most 64 KiB, to the log.
	Append(ctx context.Context, a slipway.Attempt, number int, data []byte) error
	// Stamp makes the image of a revision out of a content image.
	Stamp(ctx context.Context, a slipway.Attempt, content string, key slipway.BuildKey, revision slipway.Revision) (slipway.Image, error)
	// Finish ends the attempt, whose log has so many chunks.
	Finish(ctx context.Context, a slipway.Attempt, chunks int, o slipway.Outcome) error
}

// Keys say who may build what.
type Keys interface {
	// Holder tells whether the attempt holds the key, so that it builds.
	Holder(ctx context.Context, a slipway.Attempt, key slipway.BuildKey) (bool, error)
}

// Events are what workers are asked for besides builds, and what they say of
// themselves.
type Events interface {
	// Report takes what a worker says of itself, every few seconds.
	Report(ctx context.Context, r slipway.WorkerReport) error
	// Task gives what there is to know to expand an event; CodeConflict when it
	// has been.
	Task(ctx context.Context, worker string, event int64) (slipway.Task, error)
	// Expanded takes what was found.
	Expanded(ctx context.Context, worker string, event int64, e slipway.Expansion) error
}
