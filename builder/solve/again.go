package solve

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// transient lists the faults of a healthy daemon that go away when tried
// again, each with the upstream report.
func transient(err error) bool {
	if noFile.MatchString(err.Error()) {
		return false // a file that is not in the tree stays away
	}
	for _, s := range []string{
		"inconsistent graph state",      // moby/buildkit#2303
		"no active session",             // moby/buildkit#6422
		"failed to calculate checksum",  // cache pruned under a running build
		"failed to get state for index", // same race
	} {
		if strings.Contains(err.Error(), s) {
			return true
		}
	}
	return false
}

// unanswered tells the status of a host that may be well a moment later.
// BuildKit's proxy says 502 of one that it cannot connect to.
func unanswered(status string) bool {
	return status == "502" || status == "503" || status == "504"
}

// The go command and git ask a host once, and give up within patience. Package
// managers that ask again by themselves take longer, and have asked enough.
const (
	patience = 30 * time.Second
	breath   = 2 * time.Second
)

// waited tells that a step failed because a package host did not answer, and
// lets it breathe before it is asked once more; false when trying again would
// change nothing, or ctx ended.
func (f *follower) waited(ctx context.Context, p slipway.Plan) bool {
	for _, v := range f.steps {
		if v.internal || v.exit == "" || v.took > patience || !reachesPackages(p, v.name) {
			continue
		}
		host, status := lastRefused(v.tail)
		if !unanswered(status) {
			continue
		}
		f.log.Line(slipway.LogLine{Time: time.Now(), Step: v.name, Text: fmt.Sprintf("slipway: %s answers %s; it is asked once more", host, status)})
		select {
		case <-time.After(breath):
			return true
		case <-ctx.Done():
			return false
		}
	}
	return false
}
