package slipway

import "time"

// LogLine is a line of a Build's output.
type LogLine struct {
	Time time.Time
	Step string // the step that wrote it; "" for Slipway itself
	Text string // without the newline
	// Request is a request that the recording proxy saw, rather than output:
	// it belongs in the log, and nobody wants to watch hundreds of them.
	Request bool
}

// StepEvent tells that a step began or ended.
type StepEvent struct {
	Step     string
	Started  time.Time
	Ended    time.Time // zero while it runs
	Cached   bool      // found, not run
	Error    string
	Internal bool // plumbing (source, layer, export) rather than a Step of the Plan
}

// Log receives what happens in a build, as it happens. Calls come from one
// goroutine; a slow receiver slows the build down, it never loses a line.
type Log interface {
	Line(LogLine)
	Event(StepEvent)
}
