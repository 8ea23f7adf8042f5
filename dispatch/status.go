package dispatch

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Status is what a forge shows at a commit.
type Status struct {
	State   slipway.BuildState
	Context string // a later one of the same context replaces it
	Title   string
	URL     string
}

// summaryContext is the context of what a commit is all together; those of
// its services have their names behind it.
const summaryContext = "slipway"

func contextOf(name slipway.ServiceName) string { return summaryContext + "/" + name.Name }

// statusOf says how a build stands.
func statusOf(b slipway.Build, base string) Status {
	return Status{State: b.State, Context: contextOf(b.Service), Title: titleOf(b), URL: fmt.Sprintf("%s/builds/%d", base, b.ID)}
}

func titleOf(b slipway.Build) string {
	because := func(what string) string {
		if b.Reason == "" {
			return what
		}
		return what + ": " + firstLine(b.Reason)
	}
	switch b.State {
	case slipway.BuildQueued:
		if b.Attempt > 0 {
			return because("it waits again")
		}
		return "it waits"
	case slipway.BuildRunning:
		return "it is being built"
	case slipway.BuildSucceeded:
		if b.Known {
			return "nothing to build: the image is there"
		}
		return "built in " + b.Ended.Sub(b.Started).Round(time.Second).String()
	case slipway.BuildFailed:
		return because(cmp.Or(string(b.Class), "it failed"))
	default:
		return because(string(b.State))
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// latest gives of each of the services the build that was made last.
func latest(builds []slipway.Build, services map[slipway.ServiceName]bool) []slipway.Build {
	last := map[slipway.ServiceName]slipway.Build{}
	for _, b := range builds {
		if services[b.Service] && b.ID > last[b.Service].ID {
			last[b.Service] = b
		}
	}
	var all []slipway.Build
	for _, b := range last {
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b slipway.Build) int { return cmp.Compare(a.Service.Name, b.Service.Name) })
	return all
}

// summaryOf says in one status how a commit's builds stand. A failure is told
// at once, whatever else still runs.
func summaryOf(builds []slipway.Build, unchanged int, event int64, base string) Status {
	s := Status{Context: summaryContext, URL: fmt.Sprintf("%s/events/%d", base, event)}
	if len(builds) == 1 {
		s.URL = fmt.Sprintf("%s/builds/%d", base, builds[0].ID)
	}
	by := map[slipway.BuildState][]string{}
	for _, b := range builds {
		by[b.State] = append(by[b.State], b.Service.Name)
	}
	ended := len(builds) - len(by[slipway.BuildQueued]) - len(by[slipway.BuildRunning])
	stopped := slices.Concat(by[slipway.BuildCancelled], by[slipway.BuildSuperseded])
	switch {
	case len(by[slipway.BuildFailed]) > 0:
		s.State, s.Title = slipway.BuildFailed, fmt.Sprintf("%d of %s failed: %s", len(by[slipway.BuildFailed]), services(len(builds)), strings.Join(by[slipway.BuildFailed], ", "))
	case ended == 0 && len(by[slipway.BuildRunning]) == 0 && len(builds) > 0:
		s.State, s.Title = slipway.BuildQueued, services(len(builds))+" to build"
	case ended < len(builds):
		s.State, s.Title = slipway.BuildRunning, fmt.Sprintf("%d of %s built", ended, services(len(builds)))
	case len(stopped) > 0:
		s.State, s.Title = slipway.BuildCancelled, "not built: "+strings.Join(stopped, ", ")
	case len(builds) == 0:
		s.State, s.Title = slipway.BuildSucceeded, "nothing to build"
	default:
		s.State, s.Title = slipway.BuildSucceeded, services(len(builds))+" built"
	}
	if unchanged > 0 {
		s.Title += fmt.Sprintf(", %d unchanged", unchanged)
	}
	return s
}

func services(n int) string {
	if n == 1 {
		return "1 service"
	}
	return fmt.Sprintf("%d services", n)
}

// unchangedStatus says of a service that a commit did not touch how the build
// stands that it is.
func unchangedStatus(u slipway.Unchanged, b slipway.Build, base string) Status {
	s := statusOf(b, base)
	s.Context = contextOf(u.Service)
	s.Title = fmt.Sprintf("unchanged since %.8s", b.Commit)
	if b.State != slipway.BuildSucceeded {
		s.Title += ": " + titleOf(b)
	}
	return s
}

// eventStatus says of an event that no build came of why; false when there is
// nothing to say.
func eventStatus(e slipway.EventRecord, base string) (Status, bool) {
	s := Status{Context: summaryContext, Title: firstLine(e.Note), URL: fmt.Sprintf("%s/events/%d", base, e.ID)}
	switch e.State {
	case slipway.EventFailed:
		s.State = slipway.BuildFailed
	case slipway.EventHeld:
		s.State = slipway.BuildQueued
	default:
		return s, false
	}
	return s, e.Event.After != ""
}
