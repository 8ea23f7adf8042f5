package main

import (
	"sync"
	"time"
)

// outages remembers when a part of the platform was last seen away. It is
// safe for concurrent use.
type outages struct {
	mu   sync.Mutex
	last time.Time
}

// note says that something is away now.
func (o *outages) note() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = time.Now()
}

// since tells whether something was away at some time since.
func (o *outages) since(t time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.last.Before(t) && !o.last.IsZero()
}
