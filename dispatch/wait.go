package dispatch

import (
	"context"
	"runtime/debug"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// poke leaves a mark that somebody is to look; one is enough.
func poke(wake chan<- struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// wait returns when it is woken, when the time has gone, or when ctx ends.
func wait(ctx context.Context, wake <-chan struct{}, most time.Duration) {
	if most <= 0 {
		return
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}

// safely does something of which a defect, met with one record, must not end
// the process: that would begin anew and meet it again.
func safely(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = slipway.Errorf(slipway.CodeInternal, "a defect of Slipway: %v", r).WithDetails(strings.Split(string(debug.Stack()), "\n")...)
		}
	}()
	return do()
}
