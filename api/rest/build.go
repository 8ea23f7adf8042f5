package rest

import (
	"github.com/slipway-ci/slipway"
)

// NewBuild asks for a build of a service.
type NewBuild struct {
	Ref    string `json:"ref,omitempty"`    // full name, or a branch's short one; "" is the default branch
	Commit string `json:"commit,omitempty"` // object id; "" is where the ref stands
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
