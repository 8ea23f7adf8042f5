package dispatch

import (
	"context"
	"time"
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
