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

// Limits bound what runs at once. A missing entry is no limit.
type Limits struct {
	Team     map[string]int
	EachTeam int                   // of a team that is not in Team; 0 is none
	Weight   map[string]int        // a team's share, against that of others; 1 when missing
	Pool     map[slipway.Trust]int // builds of one trust level, on all workers together
}

func (l Limits) ofTeam(team string) (most int, limited bool) {
	if most, ok := l.Team[team]; ok {
		return most, true
	}
	return l.EachTeam, l.EachTeam > 0
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
