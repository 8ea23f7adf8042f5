package queue

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	shortestWait = 50 * time.Millisecond
	longestWait  = 2 * time.Second
)

// backoff is the time between tries: it doubles, and no two sides wait the
// same.
type backoff struct {
	wait  time.Duration
	tries int
}

func newBackoff() *backoff { return &backoff{wait: shortestWait} }

// next waits, and tells false when ctx ended first.
func (b *backoff) next(ctx context.Context) bool {
	b.tries++
	timer := time.NewTimer(b.wait/2 + rand.N(b.wait)) //nolint:gosec // jitter is no secret
	defer timer.Stop()
	b.wait = min(2*b.wait, longestWait)
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
