package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/slipway-ci/slipway"
)

// keep renews the lease until nothing more is to be said. A worker that the
// control plane has not answered for a whole lease must believe that another
// one is at the build, and ends its own.
func (a *attempt) keep(until time.Time) {
	lease := a.Lease
	for {
		if !a.rest(lease / 3) {
			return
		}
		sent := a.worker.config.Now()
		ctx, cancel := context.WithTimeoutCause(a.telling, until.Sub(sent), errFenced)
		given, err := a.worker.builds.Renew(ctx, a.Attempt)
		cancel()
		switch {
		case a.telling.Err() != nil:
			return
		case err == nil:
			lease, until = given, sent.Add(given)
		case slipway.ErrorCode(err) == slipway.CodeConflict:
			a.stale()
			return
		case !a.worker.config.Now().Before(until):
			a.worker.config.Log.WarnContext(a.telling, "a build is given up: the control plane did not answer for the whole lease",
				slog.Int64("build", a.Attempt.Build), slog.Any("error", err))
			a.cancel(errFenced)
			return
		}
	}
}

// rest waits, and tells false when nothing more is to be said.
func (a *attempt) rest(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-a.renew:
		return true
	case <-a.telling.Done():
		return false
	}
}
