package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

const (
	// lookBack is how many of a connection's events are looked at.
	lookBack = 20
	// patience is how long an event may wait before that is worth a word.
	patience = time.Minute
)

// past says what became of the last delivery and of the last build.
func (t *trial) past(ctx context.Context) error {
	events, err := t.Record.Events(ctx, t.connection.ID, 0, lookBack)
	if err != nil {
		return err
	}
	t.delivery(events)
	return t.build(ctx, events)
}

// ofForge tells the events of deliveries from those that a person made, and
// from what the server noticed by itself.
func ofForge(e slipway.EventRecord) bool {
	made := e.Event.Kind == slipway.EventManual || e.Event.Kind == slipway.EventJenkins
	return !made && e.Event.Actor != "slipway"
}

func (t *trial) delivery(events []slipway.EventRecord) {
	noticed := slices.ContainsFunc(events, func(e slipway.EventRecord) bool { return e.Event.Actor == "slipway" })
	i := slices.IndexFunc(events, ofForge)
	refused, was := t.refused.last(t.connection.ID)
	see := fmt.Sprintf("compare the hook with `slipway connection show %d`; `slipway connection rotate %d` makes another secret", t.connection.ID, t.connection.ID)
	switch {
	case was && (i < 0 || refused.After(events[i].Received)):
		t.fail("delivery", see, "the last delivery, at %s, was refused: it is not signed with the connection's secret", at(refused))
	case i >= 0:
		t.became(events[i])
	case noticed:
		t.warn("delivery", see, "no delivery of the forge has arrived; what was pushed was noticed by looking, which takes minutes")
	default:
		t.warn("delivery", see, "no delivery of the forge has arrived yet")
	}
}

// became says what became of an event.
func (t *trial) became(e slipway.EventRecord) {
	note, mend, _ := strings.Cut(e.Note, "\n")
	what := fmt.Sprintf("event %d (%s of %s at %.8s), received at %s", e.ID, e.Event.Kind, e.Event.Ref, e.Event.After, at(e.Received))
	if note != "" {
		note = ": " + plain(note)
	}
	switch {
	case e.State == slipway.EventFailed:
		t.warn("delivery", plain(mend), "%s, came to nothing%s", what, note)
	case e.State == slipway.EventHeld:
		t.warn("delivery", fmt.Sprintf("a maintainer looks at the change; `slipway approve %d` then builds it", e.ID), "%s, waits for approval", what)
	case e.State == slipway.EventPending && t.Now().Sub(e.Received) > patience:
		t.warn("delivery", "see that a worker is there and well", "%s, waits for a worker to read it", what)
	default:
		t.ok("delivery", "%s: %s%s", what, e.State, note)
	}
}

// build says how the last build ended that came of those events.
func (t *trial) build(ctx context.Context, events []slipway.EventRecord) error {
	for _, e := range events {
		builds, err := t.Record.Builds(ctx, slipway.BuildPage{Event: e.ID, Most: 1})
		if err != nil {
			return err
		}
		if len(builds) > 0 {
			t.ended(builds[0])
			return nil
		}
	}
	services, err := t.Record.Services(ctx, t.connection.Team)
	if err != nil {
		return err
	}
	mine := slices.ContainsFunc(services, func(s slipway.Service) bool { return s.Connection == t.connection.ID })
	switch {
	case !mine:
		t.warn("build", "register one with `slipway service add`, or declare them in slipway.yaml and push", "no service is of this repository yet, so there is nothing to build")
	case len(events) == 0:
		t.warn("build", "push, or `slipway start TEAM/NAME`", "nothing was built yet")
	default:
		t.warn("build", fmt.Sprintf("`slipway events %d` says what came of them", t.connection.ID), "no build came of the last %s", count(len(events), "event", "events"))
	}
	return nil
}

func (t *trial) ended(b slipway.Build) {
	what := fmt.Sprintf("build %d of %s", b.ID, b.Service)
	switch b.State {
	case slipway.BuildSucceeded:
		t.ok("build", "%s succeeded at %s: %s:%s", what, at(b.Ended), b.Image.Repository, b.Image.Tag)
	case slipway.BuildFailed:
		t.warn("build", fmt.Sprintf("slipway logs %d", b.ID), "%s failed at %s (%s): %s", what, at(b.Ended), b.Class, plain(b.Reason))
	case slipway.BuildQueued:
		t.ok("build", "%s waits since %s; `slipway queue` says why", what, at(b.Created))
	case slipway.BuildRunning:
		t.ok("build", "%s runs on %s since %s", what, b.Worker, at(b.Started))
	default:
		t.ok("build", "%s was %s: %s", what, b.State, plain(b.Reason))
	}
}

// forks sees that somebody builds what the connection lets in.
func (t *trial) forks(ctx context.Context) error {
	if t.connection.Forks == "" || t.connection.Forks == slipway.ForksRefuse {
		return nil
	}
	workers, err := t.Record.Workers(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(workers, func(w slipway.Worker) bool { return slices.Contains(w.Trust, slipway.TrustStranger) }) {
		t.ok("forks", "pull requests of forks: %s; a worker serves strangers' code", t.connection.Forks)
	} else {
		t.warn("forks", "start one with `slipway worker --trust stranger`, or "+t.set("--forks refuse"), "pull requests of forks are let in (%s), and no worker serves strangers' code", t.connection.Forks)
	}
	return nil
}

func at(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
