package worker

import (
	"cmp"
	"log/slog"

	"github.com/slipway-ci/slipway"
)

// watch shows the attempt to whoever watches; ended tells what came of it.
func (a *attempt) watch() (ended func(error, slipway.Outcome)) {
	var end func(error, ...slog.Attr)
	a.seen, end = a.worker.config.Traces.Begin(a.ctx, a.Trace, "attempt",
		slog.Int64("build", a.Attempt.Build), slog.Int("attempt", a.Attempt.Number), slog.String("service", a.Service.String()),
		slog.String("worker", a.worker.config.Name), slog.String("ref", a.Origin.Ref), slog.String("commit", a.Origin.Commit))
	return func(err error, o slipway.Outcome) {
		end(err, slog.String("state", cmp.Or(string(o.State), "stale")), slog.String("class", string(o.Class)),
			slog.String("reason", o.Reason), slog.Bool("known", o.Known))
	}
}

// part shows a part of the attempt.
func (a *attempt) part(name string) (ended func(error)) {
	_, end := a.worker.config.Traces.Begin(a.seen, "", name, slog.Int64("build", a.Attempt.Build), slog.Int("attempt", a.Attempt.Number))
	return func(err error) { end(err) }
}
