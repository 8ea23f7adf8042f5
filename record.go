package slipway

import "time"

// EventState says what became of an Event.
type EventState string

// The states.
const (
	EventPending   EventState = "pending"
	EventHeld      EventState = "held"      // a maintainer has to approve it
	EventExpanded  EventState = "expanded"  // builds came of it, or the note says why none did
	EventFailed    EventState = "failed"    // nothing could be made of it; the note says why
	EventDuplicate EventState = "duplicate" // the ref stood there already
)

// EventRecord is an Event and what became of it.
type EventRecord struct {
	ID         int64      `json:"id"`
	Connection int64      `json:"connection"`
	Received   time.Time  `json:"received"`
	State      EventState `json:"state"`
	Note       string     `json:"note,omitempty"`     // a sentence; what to do about it may stand in the next line
	Approved   string     `json:"approved,omitempty"` // by whom
	Event      Event      `json:"event"`
	Offered    time.Time  `json:"offered,omitzero"` // to a worker, while it is pending
	OfferedTo  string     `json:"offeredTo,omitempty"`
}

// Delivery is an authentic delivery of a forge.
type Delivery struct {
	Connection int64
	ID         string // the forge's own name for it
	At         time.Time
	Events     []Event
}

// ExpandPolicy is what is known of an Event before anything of its commit is
// read.
type ExpandPolicy struct {
	Default  string   // full name of the default branch's ref; "" unknown, and then no branch's builds are superseded
	Trust    Trust    // "" is a member's
	Priority int      // within the team; higher first
	Required []string // bare names of services whose status is told also when they are unchanged
}

// Expanded is what came of an Event: ids of Builds, and of the records of
// services that it did not change.
type Expanded struct{ Builds, Unchanged []int64 }

// Unchanged says that an Event did not change a Service: at its commit the
// service is what an earlier Build made.
type Unchanged struct {
	ID       int64       `json:"id"`
	Service  ServiceName `json:"service"`
	Event    int64       `json:"event"`
	Commit   string      `json:"commit"`
	Build    int64       `json:"build"`
	Required bool        `json:"required,omitempty"` // a status says so
}

// ActiveBuild is a Build that waits or runs, as dispatch sees it.
type ActiveBuild struct {
	Build

	Offered   time.Time // to a worker, while it waits; zero never, or not since it waits again
	OfferedTo string
	Due       time.Time // not before, of one that was handed back; zero: at once
	Limit     int       // of its service's builds at once; 0 is one per ref
}

// BuildPage asks for Builds, newest first. A zero field asks for all.
type BuildPage struct {
	Team   string
	Name   string // of the service
	State  BuildState
	Ref    string
	Commit string
	Event  int64
	Before int64 // id of the last one of the page before
	Most   int
}

// Worker is a worker as it last reported.
type Worker struct {
	WorkerReport

	Seen  time.Time `json:"seen"`
	Drain bool      `json:"drain,omitempty"` // an operator wants it to take nothing new
}

// SecretName is what is told of a secret.
type SecretName struct {
	Service string    `json:"service,omitempty"` // bare; "" is every service of the team
	Name    string    `json:"name"`
	Changed time.Time `json:"changed"`
}

// Removed is what went with a team or a connection.
type Removed struct {
	Name        string        `json:"name,omitempty"` // under which what is left of a team is found
	Connections []int64       `json:"connections,omitempty"`
	Services    []ServiceName `json:"services,omitempty"`
	Tokens      int           `json:"tokens,omitempty"`
	Builds      []int64       `json:"builds,omitempty"` // that waited or ran, and are cancelled
	Stopped     []Attempt     `json:"-"`                // of those that ran
}

// Message is something to tell somebody else, kept until it was told.
type Message struct {
	ID    int64
	Key   string // messages of one key are told in order
	Body  string
	Tries int // that failed
}
