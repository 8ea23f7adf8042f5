package slipway

import "time"

// JobKind says what there is to do.
type JobKind string

// The kinds.
const (
	JobExpand JobKind = "expand" // find out what an Event asks for
	JobBuild  JobKind = "build"
)

// Job is what lies in a worker's queue: a hint that there is something to do.
// What it is the worker learns when it claims it, and the record decides.
type Job struct {
	Kind JobKind `json:"kind"`
	ID   int64   `json:"id"` // of the Event or the Build
}

// Origin is where a commit is fetched from.
type Origin struct {
	Connection int64      `json:"connection"` // whose mirror it is fetched into: what one may read is not for another
	URL        string     `json:"url"`
	Ref        string     `json:"ref,omitempty"`    // full name, for the image's tag
	Commit     string     `json:"commit,omitempty"` // "" is where Ref stands now
	Reads      []string   `json:"reads,omitempty"`  // as the connection has them
	Credential Credential `json:"credential,omitzero"`
}

// Assignment is all that a worker is told of a Build: enough for this one
// attempt and nothing else.
type Assignment struct {
	Attempt Attempt           `json:"attempt"`
	Lease   time.Duration     `json:"lease"` // how long the worker is believed to be at work unless it renews
	Service ServiceName       `json:"service"`
	Path    string            `json:"path,omitempty"`
	Origin  Origin            `json:"origin"`
	Trust   Trust             `json:"trust"`
	Force   bool              `json:"force,omitempty"`
	Policy  Policy            `json:"policy,omitempty"`  // of the service's team
	Secrets map[string]string `json:"secrets,omitempty"` // of the service, for its steps
	Mask    []string          `json:"mask,omitempty"`    // further values that no log may show
	Push    Credential        `json:"push,omitzero"`     // opens the service's repository of the registry, until a little after Wall
	Wall    time.Duration     `json:"wall"`              // limit of the whole attempt
	Silence time.Duration     `json:"silence"`           // limit of time without output or progress
	Trace   string            `json:"trace,omitempty"`   // what the attempt is a part of (traceparent of W3C Trace Context); "" nobody watches
}

// Task is all that a worker is told of an Event to expand.
type Task struct {
	Event    int64     `json:"event"`
	Team     string    `json:"team"`
	Origin   Origin    `json:"origin"`
	Services []Service `json:"services"`        // that are registered for the repository
	Trace    string    `json:"trace,omitempty"` // as an Assignment's
}

// Expansion is what a worker found at an Event's commit.
type Expansion struct {
	Commit   string    `json:"commit"`         // where the ref stood when it was read
	Head     string    `json:"head,omitempty"` // where the ref of a push stands in the repository, read after the commit was; "" unknown
	Services []Found   `json:"services,omitempty"`
	Problem  *Problem  `json:"problem,omitempty"` // why nothing could be found: the repository's developers mend it
	Read     time.Time `json:"read"`              // when Head was asked for
}

// Found is a service of a repository at one commit.
type Found struct {
	Name      string   `json:"name"` // bare
	Path      string   `json:"path,omitempty"`
	Kind      Kind     `json:"kind,omitempty"`
	Needs     []string `json:"needs,omitempty"`  // bare names
	Inputs    string   `json:"inputs,omitempty"` // hash of the files that its plan reads; "" when it has no plan, and then it is built, to say why
	Supersede *bool    `json:"supersede,omitempty"`
}

// WorkerReport is what a worker says of itself every few seconds.
type WorkerReport struct {
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	Protocol int       `json:"protocol"` // Protocol of its release
	Platform string    `json:"platform"` // "linux/amd64"
	Trust    []Trust   `json:"trust"`    // levels that its daemons serve
	Slots    int       `json:"slots"`    // builds at once
	Running  []Attempt `json:"running,omitempty"`
	Draining bool      `json:"draining,omitempty"` // it takes nothing new
	Sick     string    `json:"sick,omitempty"`     // why it can take nothing; "" it is well
	Started  time.Time `json:"started"`
}

// Protocol counts changes of what workers and control planes tell each other.
// One that is one behind is understood.
const Protocol = 1

// Chunk is a part of an attempt's log: lines of LogEntry as JSON. Chunks are
// numbered from 1, without a gap.
type Chunk struct {
	Attempt int    `json:"attempt"`
	Number  int    `json:"number"`
	Data    []byte `json:"data"` // at most 64 KiB
}

// LogEntry is a line of a stored log, or a step's begin and end. Secrets are
// masked before it is made.
type LogEntry struct {
	Time    time.Time `json:"t"`
	Step    string    `json:"s,omitempty"`
	Text    string    `json:"x,omitempty"`
	Request bool      `json:"r,omitempty"` // a request that the recording proxy saw
	Begun   bool      `json:"b,omitempty"` // the step began
	Ended   bool      `json:"e,omitempty"` // the step ended
	Cached  bool      `json:"c,omitempty"` // … because it was found
	Failed  string    `json:"f,omitempty"` // … because of this
	Left    int64     `json:"l,omitempty"` // so many bytes before this line were not kept
}

// Waiting is a Build that waits, as its people see it.
type Waiting struct {
	Build    int64         `json:"build"`
	Position int           `json:"position"`           // 1 is next
	Reason   string        `json:"reason"`             // why it waits: a sentence
	Estimate time.Duration `json:"estimate,omitempty"` // until it starts; 0 unknown
}
