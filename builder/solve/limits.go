package solve

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// withLimits gives a context that ends, with the limit as its cause, when
// a step prints too much or nothing for too long. Silence is watched by
// whoever calls the returned stop.progress.
func withLimits(ctx context.Context, l Limits) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{cancel: cancel, silence: l.Silence, output: l.Output}
	if l.Silence > 0 {
		w.quiet = time.AfterFunc(l.Silence, func() {
			cancel(slipway.Errorf(slipway.CodeLimit, "the build was silent for %s", l.Silence).
				WithClass(slipway.ClassLimit).WithHint("raise --silence, or let the step print what it is doing"))
		})
	}
	return ctx, w
}

// watch ends a build that hangs.
type watch struct {
	cancel  context.CancelCauseFunc
	quiet   *time.Timer
	silence time.Duration
	output  int64
}

// printed ends a build of which one step has printed n bytes, when that is
// too much; what is on its way then is not wanted any more.
func (w *watch) printed(step string, n int64) (wanted bool) {
	wanted = w.output <= 0 || n <= w.output
	if !wanted {
		w.cancel(slipway.Errorf(slipway.CodeLimit, "step %q printed more than its limit of %s", step, bytesText(w.output)).
			WithClass(slipway.ClassLimit).WithHint("let the step print less, or raise --step-output, which an operator does for a server's builds"))
	}
	return wanted
}

// progress tells that something happened.
func (w *watch) progress() {
	if w.quiet != nil {
		w.quiet.Reset(w.silence)
	}
}

// stop ends the watch and releases the context.
func (w *watch) stop() {
	if w.quiet != nil {
		w.quiet.Stop()
	}
	w.cancel(nil)
}
