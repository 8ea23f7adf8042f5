package dispatch

import (
	"sync"
	"time"
)

// breaker keeps those who would ask somebody who does not answer from doing
// so, each for a whole time-out. It is made per thing that may be out of order.
type breaker struct {
	now func() time.Time

	mu     sync.Mutex
	states map[int64]*outage
}

type outage struct {
	failed int       // in a row
	until  time.Time // nobody asks before
}

const (
	patience       = 3 // failures in a row that are taken for chance
	shortestOutage = 2 * time.Second
	longestOutage  = time.Minute
)

func newBreaker(now func() time.Time) *breaker {
	return &breaker{now: now, states: map[int64]*outage{}}
}

// closed tells whether to ask. When an outage's time has gone, one is let
// through and the others wait for what it learns.
func (b *breaker) closed(id int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.states[id]
	if o == nil || o.failed < patience {
		return true
	}
	if b.now().Before(o.until) {
		return false
	}
	o.until = b.now().Add(longestDelivery)
	return true
}

// learn takes what came of asking.
func (b *breaker) learn(id int64, answered bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if answered {
		delete(b.states, id)
		return
	}
	o := b.states[id]
	if o == nil {
		o = &outage{}
		b.states[id] = o
	}
	o.failed++
	if o.failed >= patience {
		o.until = b.now().Add(min(shortestOutage<<min(o.failed-patience, 10), longestOutage))
	}
}
