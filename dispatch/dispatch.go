// Package dispatch is the control loop: it decides which build goes to which
// worker and when, answers what workers ask, tells forges and registries what
// came of it, and notices pushes that nobody told of. The record decides what
// is so; everything here may be killed at any time and starts again from it.
// What is kept in memory (who was offered an event, which team was served,
// which forge does not answer) is worth a repeated offer at most.
package dispatch

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// Active is a build that waits or runs.
type Active struct {
	slipway.Build
	Offered   time.Time // when it was last offered and not claimed; zero when it was not
	OfferedTo string    // the worker
	Limit     int       // of the service's builds that run at once; 0 is one per ref
}

// Worker is a worker as it last reported.
type Worker struct {
	slipway.WorkerReport
	Seen  time.Time
	Drain bool // an operator wants it to take nothing new
}

// Event is a recorded event.
type Event struct {
	ID, Connection int64
	Received       time.Time
	State          string // pending, held, expanded, failed or duplicate
	Note           string // why no build came of it
	Approved       string // by whom, of one that was held
	Offered        time.Time
	OfferedTo      string
	Event          slipway.Event
}

// Unchanged says that an event did not change a service: at its commit the
// service is what an earlier build made.
type Unchanged struct {
	ID       int64
	Service  slipway.ServiceName
	Event    int64
	Commit   string
	Build    int64
	Required bool // a status says so
}

// pending is the state of an event of which it is not known yet what it asks
// for, failed that of one of which nothing can be made.
const (
	pending = "pending"
	held    = "held"
	failed  = "failed"
)

// Limits bound what runs at once. A missing entry is no limit.
type Limits struct {
	Team   map[string]int
	Weight map[string]int        // a team's share, against that of others; 1 when missing
	Pool   map[slipway.Trust]int // builds of one trust level, on all workers together
}

// Leader lets one control plane of several dispatch.
type Leader interface {
	// Lead tells whether this one does, and makes it so when nobody does.
	Lead(ctx context.Context) bool
}

// Bell wakes those who wait for something to change, in this process and in
// others. A lost ring costs time and nothing else.
type Bell interface {
	Ring(topic string)
	// Listen calls heard for each ring of a topic until ctx ends.
	Listen(ctx context.Context, topic string, heard func(topic string)) error
}

// Topics of the bell.
const (
	RingDispatch = "dispatch"
	RingOutbox   = "outbox"
	RingBuild    = "build." // followed by the build's id
)

// Times that the protocol between control plane and workers has.
const (
	// Lease is how long a worker is believed to be at work unless it renews.
	Lease = 30 * time.Second
	// offered is how long an offer stands before another one is made.
	offered = 5 * time.Second
	// silent is after how long without a report a worker gets nothing new.
	silent = 10 * time.Second
	// stalled is after how long without a round leases are not trusted:
	// nobody was there to renew them.
	stalled = Lease / 3
)
