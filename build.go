package slipway

import (
	"slices"
	"time"
)

// BuildState says where a Build is on its way.
type BuildState string

// The states. The last four are ends.
const (
	BuildQueued     BuildState = "queued"
	BuildRunning    BuildState = "running"
	BuildSucceeded  BuildState = "succeeded"
	BuildFailed     BuildState = "failed"
	BuildCancelled  BuildState = "cancelled"
	BuildSuperseded BuildState = "superseded" // a later head of the same ref is built instead
)

// BuildStates lists them.
func BuildStates() []BuildState {
	return []BuildState{BuildQueued, BuildRunning, BuildSucceeded, BuildFailed, BuildCancelled, BuildSuperseded}
}

// Next lists the states that may follow. A running build goes back to the
// queue when its worker is lost or hands it back.
func (s BuildState) Next() []BuildState {
	switch s {
	case BuildQueued:
		return []BuildState{BuildRunning, BuildCancelled, BuildSuperseded}
	case BuildRunning:
		return []BuildState{BuildSucceeded, BuildFailed, BuildCancelled, BuildQueued}
	default:
		return nil
	}
}

// CanBecome tells whether to may follow.
func (s BuildState) CanBecome(to BuildState) bool { return slices.Contains(s.Next(), to) }

// Ended tells that nothing follows.
func (s BuildState) Ended() bool { return len(s.Next()) == 0 }

// MaxStrikes is how often a Build is given up by the platform before it fails
// with the class platform. A worker that is lost or drained is no strike.
const MaxStrikes = 3

// MaxAttempts is how often a Build is tried at most, also when it was never
// its own fault: one that takes its workers down must not go round for ever.
const MaxAttempts = 50

// Build is the record of turning one Event into one Image of one Service.
type Build struct {
	ID       int64       `json:"id"`
	Service  ServiceName `json:"service"`
	Event    int64       `json:"event"`
	State    BuildState  `json:"state"`
	Ref      string      `json:"ref"`             // full name; of a pull request its target branch's
	Commit   string      `json:"commit"`          // object id
	Pull     int         `json:"pull,omitempty"`  // number of the pull request, 0 for none
	Path     string      `json:"path,omitempty"`  // directory in the repository; "" is the root, or what slipway.yaml says
	Needs    []string    `json:"needs,omitempty"` // bare names of services that it relies on
	Trust    Trust       `json:"trust"`
	Priority int         `json:"priority"`        // within the team; higher first
	Force    bool        `json:"force,omitempty"` // it is built also when it is known
	Created  time.Time   `json:"created"`
	Started  time.Time   `json:"started,omitzero"` // of the last attempt
	Ended    time.Time   `json:"ended,omitzero"`
	Attempt  int         `json:"attempt"`            // number of the last attempt, the fencing token; 0 before the first
	Strikes  int         `json:"strikes,omitempty"`  // attempts that the platform failed
	Worker   string      `json:"worker,omitempty"`   // of the last attempt
	Image    Image       `json:"image,omitzero"`     // of a success
	Known    bool        `json:"known,omitempty"`    // of a success: nothing was built
	Breaches int         `json:"breaches,omitempty"` // of the image contract, of which the log warns
	Class    Class       `json:"class,omitempty"`    // of a failure
	Reason   string      `json:"reason,omitempty"`   // why it failed, was cancelled or superseded: a sentence
}

// Attempt is one worker's try at a Build.
type Attempt struct {
	Build  int64     `json:"build"`
	Number int       `json:"number"` // from 1
	Worker string    `json:"worker"`
	Lease  time.Time `json:"lease"` // until then the worker is believed to be at work
}

// Outcome is what a worker reports at the end of an attempt.
type Outcome struct {
	State    BuildState // succeeded, failed, cancelled, or queued for one that is handed back
	Image    Image
	Known    bool
	Breaches int // of the image contract, of which the log warns
	Class    Class
	Reason   string
	Later    bool // of one that is handed back: what kept it from being built may take a while
}
