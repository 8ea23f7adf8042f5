package dispatch

import (
	"context"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// listen gives what wakes at rings of a topic. Without a bell the work is done
// all the same, later: who waits looks now and then anyway.
func listen(ctx context.Context, bell Bell, topic string, log *slog.Logger) chan struct{} {
	wake := make(chan struct{}, 1)
	if err := bell.Listen(ctx, topic, func(string) { poke(wake) }); err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "rings are not heard", slog.String("topic", topic), slog.Any("error", err))
	}
	return wake
}

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
