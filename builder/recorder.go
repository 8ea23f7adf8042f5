package builder

import (
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/builder/solve"
)

// StepResult is how one step of a build went.
type StepResult struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Cached  bool    `json:"cached"` // found on the daemon, not run
}

// recorder is a build's log that also keeps how the steps went, and its
// tests' reports that are also counted. Its calls come from one goroutine.
type recorder struct {
	slipway.Log
	steps   []StepResult
	tests   solve.Tests
	reports func(name string, data []byte) error // may be nil
}

// Event implements slipway.Log.
func (r *recorder) Event(e slipway.StepEvent) {
	r.Log.Event(e)
	if e.Internal || e.Ended.IsZero() || e.Error != "" {
		return
	}
	// A build that was tried again ran the step again.
	r.steps = slices.DeleteFunc(r.steps, func(s StepResult) bool { return s.Name == e.Step })
	r.steps = append(r.steps, StepResult{e.Step, e.Ended.Sub(e.Started).Round(time.Millisecond).Seconds(), e.Cached})
}

// report takes a report of the service's tests.
func (r *recorder) report(name string, data []byte) error {
	r.tests = r.tests.Plus(solve.CountTests(data))
	if r.reports == nil {
		return nil
	}
	return r.reports(name, data)
}

// counted is nil when no report was there to count.
func (r *recorder) counted() *solve.Tests {
	if r.tests == (solve.Tests{}) {
		return nil
	}
	return &r.tests
}
