package rest

import (
	"github.com/slipway-ci/slipway"
)

// NewBuild asks for a build of a service.
type NewBuild struct {
	Ref    string `json:"ref,omitempty"`    // full name, or a branch's short one; "" is the default branch
	Commit string `json:"commit,omitempty"` // object id; "" is where the ref stands
	Once   string `json:"once,omitempty"`   // the asker's own name for this asking; asked again with it for the same service, it is the event of the first time
	From   string `json:"from,omitempty"`   // URL of the Jenkins build that asks
	Notify string `json:"notify,omitempty"` // URL below the team's Jenkins controller that gets a Notice when the build has ended
}

// MostOnce is the longest name of an asking, in bytes.
const MostOnce = 200

// EventView is an event and what came of it.
type EventView struct {
	slipway.EventRecord

	Builds    []EventBuild     `json:"builds"`
	Unchanged []EventUnchanged `json:"unchanged"`
}

// EventBuild is a build that came of an event.
type EventBuild struct {
	ID      int64               `json:"id"`
	Service slipway.ServiceName `json:"service"`
	State   slipway.BuildState  `json:"state"`
}

// EventUnchanged is a service that an event did not change.
type EventUnchanged struct {
	Service slipway.ServiceName `json:"service"`
	Build   int64               `json:"build"` // that it still is
}

// Started says which Event the asking made; its builds follow when it is
// expanded.
type Started struct {
	Event int64 `json:"event"`
}

// Cancel says why a build is cancelled.
type Cancel struct {
	Reason string `json:"reason,omitempty"`
}

// Rebuild asks for the same commit again. Force builds what is known, too.
type Rebuild struct {
	Force bool `json:"force,omitempty"`
}

// Approval lets an event of a fork be built, as it stands at this commit.
type Approval struct {
	Commit string `json:"commit"`
}

// Waiting is a Build that waits.
type Waiting struct {
	Build    int64               `json:"build"`
	Service  slipway.ServiceName `json:"service"`
	Position int                 `json:"position"` // 1 is next
	Reason   string              `json:"reason"`
	Estimate int64               `json:"estimateSeconds,omitempty"` // until it starts; 0 unknown
}

// Delivered is the answer to a forge.
type Delivered struct {
	Events    []int64 `json:"events"`
	Duplicate bool    `json:"duplicate,omitempty"` // everything it tells was known
	Ignored   string  `json:"ignored,omitempty"`   // why nothing will come of it
}
