package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
)

// attempt is a build that this worker is at.
type attempt struct {
	slipway.Assignment
	worker  *Worker
	journal *journal
	begun   time.Time

	// ctx is the build's, and ends with why: the limit of the attempt, or one
	// of the causes of this package.
	ctx    context.Context
	cancel context.CancelCauseFunc
	// telling is for what is said to the control plane. It outlives ctx, and
	// ends when nothing more is to be said.
	telling context.Context
	mute    context.CancelCauseFunc
	renew   chan struct{} // see now whether the turn has passed
	ended   []func()
	// seen is ctx as a part of a trace. The build itself runs in ctx: a BuildKit
	// client that finds a trace in its context adds to it whatever it says to
	// its daemon, and tells that of the trace.
	seen    context.Context
	watched func(error, slipway.Outcome) // is told of the end
}

// begin starts what goes on beside a build: its lease is kept, its log sent.
func (w *Worker) begin(ctx context.Context, given slipway.Assignment) *attempt {
	a := &attempt{Assignment: given, worker: w, begun: w.config.Now(), renew: make(chan struct{}, 1)}
	a.telling, a.mute = context.WithCancelCause(context.WithoutCancel(ctx))
	var stop context.CancelFunc
	a.ctx, a.cancel = context.WithCancelCause(a.telling)
	a.ctx, stop = a.within(a.ctx)
	a.watched = a.watch()
	a.journal = newJournal(a)
	kept := make(chan struct{})
	go func() { defer close(kept); a.keep(w.config.Now().Add(given.Lease)) }() //nolint:contextcheck // it has the attempt's own, which outlives ctx
	grace := make(chan struct{})
	leave := context.AfterFunc(ctx, func() { defer close(grace); a.leave() })
	a.ended = []func(){func() { a.mute(nil) }, stop, func() { <-kept }, func() {
		if !leave() {
			<-grace
		}
	}}
	w.mu.Lock()
	w.running[given.Attempt.Build] = a
	w.mu.Unlock()
	w.reportNow()
	return a
}

// within bounds the whole attempt.
func (a *attempt) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.Wall <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, a.Wall, slipway.Errorf(slipway.CodeLimit, "the build took longer than its limit of %s", a.Wall).
		WithClass(slipway.ClassLimit).WithHint("find what hangs in the log, or have the server's limit of a build raised"))
}

// leave hands the build back because the worker ends, and stops trying to
// after a while.
func (a *attempt) leave() {
	a.cancel(errDrained)
	timer := time.NewTimer(a.worker.config.Grace)
	defer timer.Stop()
	select {
	case <-timer.C:
		a.mute(errDrained)
	case <-a.telling.Done():
	}
}

// stale ends the attempt without another word.
func (a *attempt) stale() {
	a.cancel(errStale)
	a.mute(errStale)
}

// told looks at an answer of the control plane: one that says that the turn
// has passed ends the attempt.
func (a *attempt) told(err error) error {
	if slipway.ErrorCode(err) == slipway.CodeConflict {
		a.stale()
	}
	return err
}

// end waits until nothing of the attempt is left.
func (a *attempt) end() {
	for _, f := range a.ended {
		f()
	}
	a.worker.reportNow()
}

// say writes a line of Slipway's own into the log.
func (a *attempt) say(format string, args ...any) {
	a.journal.Line(slipway.LogLine{Time: a.worker.config.Now(), Text: fmt.Sprintf(format, args...)})
}

// stopped is told by the control plane that an attempt is cancelled. The
// record says whether that is so.
func (w *Worker) stopped(a slipway.Attempt) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r := w.running[a.Build]; r != nil && r.Attempt.Number == a.Number {
		select {
		case r.renew <- struct{}{}:
		default:
		}
	}
}
