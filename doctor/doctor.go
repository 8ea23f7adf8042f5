// Package doctor looks at a host and says what stands in the way of building
// there, and how to mend it. It changes nothing. What needs a running engine
// (what build steps reach) is looked at by cmd, in the same words: a Check.
package doctor

import (
	"context"
	"time"
)

// Status of a Finding.
type Status string

// The statuses.
const (
	StatusOK   Status = "ok"
	StatusWarn Status = "warn" // builds work, something about them does not
	StatusFail Status = "fail" // builds do not work, or are not safe
)

// Finding is what one Check found.
type Finding struct {
	Check  string `json:"check"`          // the Check's name
	Status Status `json:"status"`         // how bad it is
	Found  string `json:"found"`          // what is there, in a sentence with the figures
	Mend   string `json:"mend,omitempty"` // one command or sentence; empty when Status is ok
}

// Check is one thing to look at. Look must honour its context, change
// nothing that outlives it, and may leave Finding.Check empty.
type Check struct {
	Name string
	Look func(context.Context) Finding
}

// checkTime is how long one Check may take: the longest starts an engine and
// runs a step on it, on a machine that has other work as well.
const checkTime = 90 * time.Second

// Run looks at everything in order and hands each finding to found (which may
// be nil) as soon as there is one. A Check that takes more than 90 seconds is
// given up and fails.
func Run(ctx context.Context, checks []Check, found func(Finding)) []Finding {
	findings := make([]Finding, 0, len(checks))
	for _, c := range checks {
		f := look(ctx, c)
		findings = append(findings, f)
		if found != nil {
			found(f)
		}
	}
	return findings
}

func look(ctx context.Context, c Check) Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	f := c.Look(ctx)
	f.Check = c.Name
	if ctx.Err() != nil && f.Status == StatusOK {
		f.Status, f.Mend = StatusFail, "run it again, and look at what makes this machine slow"
	}
	return f
}

// Worst gives the worst status among the findings, StatusOK for none.
func Worst(findings []Finding) Status {
	worst := StatusOK
	for _, f := range findings {
		if f.Status == StatusFail {
			return StatusFail
		}
		if f.Status == StatusWarn {
			worst = StatusWarn
		}
	}
	return worst
}
