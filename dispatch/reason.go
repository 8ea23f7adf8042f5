package dispatch

import (
	"fmt"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// The sentences that say why a build waits. Each takes the number of builds
// that are before it, which only the whole order knows.

func offeredTo(worker string) func(int) string {
	return func(int) string { return fmt.Sprintf("the worker %s has been offered it", worker) }
}

func goneSince(worker string) func(int) string {
	return func(int) string {
		return fmt.Sprintf("the worker %s is not heard of since it was offered it, and another one is asked next", worker)
	}
}

func aboutTo(worker string) func(int) string {
	return func(int) string { return fmt.Sprintf("the worker %s is about to be offered it", worker) }
}

func triedAgain(b *slipway.ActiveBuild) func(int) string {
	return func(int) string {
		return fmt.Sprintf("it is tried again at %s, since the last time %s", b.Due.UTC().Format(time.TimeOnly), firstLine(b.Reason))
	}
}

func slotsTaken(before int) string {
	switch before {
	case 0:
		return "every slot is taken, and it is next"
	case 1:
		return "every slot is taken, and 1 build is before it"
	default:
		return fmt.Sprintf("every slot is taken, and %d builds are before it", before)
	}
}

func limitReached(of string, run, limit int) func(int) string {
	return func(int) string {
		if run == 1 {
			return fmt.Sprintf("1 build %s runs, and the limit is %d", of, limit)
		}
		return fmt.Sprintf("%d builds %s run, and the limit is %d", run, of, limit)
	}
}

func sameRef(other int64, service slipway.ServiceName) func(int) string {
	return func(int) string {
		return fmt.Sprintf("build %d of %s runs for the same ref, and they run one after the other", other, service)
	}
}

func whose(t slipway.Trust) string {
	if t == slipway.TrustStranger {
		return "strangers' code"
	}
	return "members' code"
}

// noWorker says why no worker that is there could take a build.
func noWorker(there, trusted bool, t slipway.Trust, platform string, ill []bench) func(int) string {
	return func(int) string {
		switch {
		case !there:
			return "no worker is there"
		case !trusted:
			return "no worker serves " + whose(t)
		case len(ill) == 0:
			return "no worker that serves " + whose(t) + " builds for " + platform
		}
		why := make([]string, len(ill))
		for i, w := range ill {
			why[i] = w.Name + ": " + w.ill
		}
		return "every worker that could build it takes nothing (" + strings.Join(why, "; ") + ")"
	}
}
