package worker

import (
	"context"
	"errors"
	"log/slog"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder"
)

// finish writes why a build failed as its log's last lines, sends the rest of
// the log and then what came of it, which it gives; nothing of a stale one.
func (a *attempt) finish(r builder.Result, err error) (o slipway.Outcome) {
	if errors.Is(context.Cause(a.ctx), errStale) {
		a.journal.drop()
		return o
	}
	o = a.outcome(r, err)
	if err != nil {
		a.explain(o, err)
	}
	o.Reason = a.journal.clean(o.Reason)
	chunks, whole := a.journal.close()
	if o.State != slipway.BuildQueued && !whole { // the record takes no end without the log before it
		o = slipway.Outcome{State: slipway.BuildQueued, Class: slipway.ClassPlatform, Reason: errNoLog.Error()}
	}
	if err := a.worker.builds.Finish(a.telling, a.Attempt, chunks, o); a.told(err) != nil {
		a.worker.config.Log.InfoContext(a.telling, "the end of a build was not taken",
			slog.Int64("build", a.Attempt.Build), slog.Int("attempt", a.Attempt.Number), slog.Any("error", err))
	}
	return o
}

// outcome says what the end of a build means.
func (a *attempt) outcome(r builder.Result, err error) slipway.Outcome {
	if err == nil {
		return slipway.Outcome{State: slipway.BuildSucceeded, Image: r.Image, Known: r.Known, Breaches: r.Breaches}
	}
	switch cause := context.Cause(a.ctx); {
	case errors.Is(cause, errDrained), errors.Is(cause, errFenced):
		return slipway.Outcome{State: slipway.BuildQueued, Reason: cause.Error()}
	case cause != nil: // a limit, or the log
		err = cause
	}
	e, ok := errors.AsType[*slipway.Error](err)
	switch {
	case ok && errors.Is(err, errNoSource) && ofPlatform(e):
		return slipway.Outcome{State: slipway.BuildQueued, Reason: e.Error(), Later: true}
	case !ok || ofPlatform(e):
		return a.handBack(err)
	}
	return slipway.Outcome{State: slipway.BuildFailed, Class: classOf(e), Reason: e.Error()}
}

// handBack gives a build back that the platform failed. That is a strike,
// unless a part of the platform was away: then no build would have succeeded,
// and this one is as if its worker had been lost.
func (a *attempt) handBack(err error) slipway.Outcome {
	o := slipway.Outcome{State: slipway.BuildQueued, Reason: err.Error(), Later: true}
	if a.worker.engine.Away(a.telling, a.begun) {
		a.worker.setSick(a.telling, "what builds stand on was away: "+err.Error()) // until the next look finds it well
	} else {
		o.Class = slipway.ClassPlatform
	}
	return o
}

// ofPlatform tells failures that another try, perhaps elsewhere, may not meet.
func ofPlatform(e *slipway.Error) bool {
	switch e.Code {
	case slipway.CodeInternal:
		return true
	case slipway.CodeUnavailable, slipway.CodeBusy:
		return e.Class == "" || e.Class == slipway.ClassPlatform || e.Class == slipway.ClassRegistry
	default:
		return e.Class == slipway.ClassPlatform
	}
}

// classOf says whose failure an error is that does not say so itself.
func classOf(e *slipway.Error) slipway.Class {
	switch {
	case e.Class != "":
		return e.Class
	case e.Code == slipway.CodeLimit:
		return slipway.ClassLimit
	default:
		return slipway.ClassCode
	}
}

// explain ends the log with what a person needs to know.
func (a *attempt) explain(o slipway.Outcome, err error) {
	e, ok := errors.AsType[*slipway.Error](err)
	if cause, limit := errors.AsType[*slipway.Error](context.Cause(a.ctx)); limit {
		e, ok = cause, true
	}
	if ok {
		for _, line := range e.Details {
			a.say("%s", line)
		}
	}
	if o.State == slipway.BuildQueued {
		a.say("given back to the queue: %s", o.Reason)
	} else {
		a.say("failed (%s): %s", o.Class, o.Reason)
	}
	if ok && e.Hint != "" {
		a.say("hint: %s", e.Hint)
	}
}
