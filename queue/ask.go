package queue

import (
	"context"
	"log/slog"

	"github.com/slipway-ci/slipway"
)

// nothing is the result of a request that has none.
type nothing struct{}

// ask makes a request until it is answered. data goes with it as it is.
func ask[R any](ctx context.Context, w *Worker, verb string, body any, data ...byte) (R, error) {
	for wait := newBackoff(); ; {
		result, err := try[R](ctx, w, verb, body, data...)
		if !slipway.Passing(err) {
			return result, err
		}
		if wait.tries == 3 { // the rest would be the same
			w.log.WarnContext(ctx, "the control plane does not answer, asking on", slog.String("verb", verb), slog.Any("error", err))
		}
		if !wait.next(ctx) {
			return result, context.Cause(ctx)
		}
	}
}

// try makes a request once. No answer is CodeUnavailable.
func try[R any](ctx context.Context, w *Worker, verb string, body any, data ...byte) (result R, err error) {
	message, err := seal(body, data...)
	if err != nil {
		return result, slipway.Errorf(slipway.CodeUsage, "the request %s cannot be written", verb).Because(err)
	}
	within, cancel := w.link.whileHere(ctx, patience(verb))
	defer cancel()
	m, err := w.link.nc.RequestWithContext(within, asks+w.name+"."+verb, message)
	if err != nil {
		return result, unreachable(err)
	}
	e, err := open(m.Data)
	if err != nil {
		return result, err
	}
	if e.Problem != nil {
		return result, e.Problem.Err()
	}
	return read[R](e.Result)
}
