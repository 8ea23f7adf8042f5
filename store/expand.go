package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Expand records what follows from a pending event, once: asked again, it
// gives what the first call made. Services of the repository that are new are
// registered. One whose inputs are those of the last build of the same ref
// that succeeded, runs or waits is recorded as unchanged, every other is
// built. What the repository's developers have to mend ends the event as
// failed. An event that is held or a duplicate is CodeConflict, one that is
// not there CodeNotFound.
func (s *Store) Expand(ctx context.Context, event int64, x slipway.Expansion, p Policy, at time.Time) (out Expanded, err error) {
	if len(x.Services) > 0 && x.Commit == "" {
		return out, slipway.Errorf(slipway.CodeUsage, "the services of event %d are of no commit", event)
	}
	if p.Trust == "" {
		p.Trust = slipway.TrustMember
	}
	err = s.writer.tx(ctx, func(t tx) error {
		e, err := t.lockEvent(ctx, event)
		if err != nil {
			return err
		}
		switch e.State {
		case EventPending:
			w := &expanding{tx: t, event: e, commit: x.Commit, policy: p, at: at}
			err := w.expand(ctx, x)
			out = w.out
			return err
		case EventExpanded, EventFailed:
			out, err = t.expanded(ctx, event)
			return err
		default:
			return slipway.Errorf(slipway.CodeConflict, "event %d is %s", event, e.State)
		}
	})
	return out, err
}

// expanded gives what came of an event before.
func (t tx) expanded(ctx context.Context, event int64) (out Expanded, err error) {
	if out.Builds, err = t.ids(ctx, `SELECT id FROM builds WHERE event = ? ORDER BY id`, event); err != nil {
		return out, err
	}
	out.Unchanged, err = t.ids(ctx, `SELECT id FROM unchanged WHERE event = ? ORDER BY id`, event)
	return out, err
}

// expanding is one expansion in its transaction.
type expanding struct {
	tx

	event    EventRecord
	commit   string
	policy   Policy
	at       time.Time
	team     int64
	teamName string
	services map[string]slipway.Service // of the team, by bare name
	notes    []string
	out      Expanded
}

func (w *expanding) expand(ctx context.Context, x slipway.Expansion) error {
	if err := w.load(ctx); err != nil {
		return err
	}
	problem := x.Problem
	if problem == nil {
		problem = checkFound(x.Services, w.services, w.event.Connection)
	}
	if problem != nil {
		return w.endEvent(ctx, w.event, EventFailed, sentence(problem), w.at)
	}
	if w.event.Event.Deleted() {
		if err := w.withdraw(ctx); err != nil {
			return err
		}
	}
	for _, f := range x.Services {
		if err := w.one(ctx, f); err != nil {
			return err
		}
	}
	return w.endEvent(ctx, w.event, EventExpanded, w.note(), w.at)
}

// load reads what the expansion is about. The connection is locked, so that
// two events of one repository compare with each other's builds.
func (w *expanding) load(ctx context.Context) error {
	if err := w.row(ctx, `SELECT team FROM connections WHERE id = ?`+w.dialect.forUpdate(), w.event.Connection).Scan(&w.team); err != nil {
		return err
	}
	if err := w.row(ctx, `SELECT name FROM teams WHERE id = ?`, w.team).Scan(&w.teamName); err != nil {
		return err
	}
	all, err := w.tx.services(ctx, when(true, `s.team = ?`, w.team))
	w.services = make(map[string]slipway.Service, len(all))
	for _, v := range all {
		w.services[v.Name.Name] = v
	}
	return err
}

// one decides about a service that was found.
func (w *expanding) one(ctx context.Context, f slipway.Found) error {
	service, err := w.register(ctx, f)
	if err != nil || service == 0 {
		return err
	}
	last, err := w.last(ctx, service, f.Inputs)
	if err != nil {
		return err
	}
	if last != 0 && !w.event.Event.Repeatable {
		return w.unchanged(ctx, service, last, slices.Contains(w.policy.Required, f.Name))
	}
	return w.queue(ctx, service, f)
}

// note says why no build came of the event.
func (w *expanding) note() string {
	switch {
	case w.event.Event.Deleted():
		w.notes = append(w.notes, "there is nothing to build any more")
	case len(w.out.Builds) == 0 && len(w.out.Unchanged) > 0:
		w.notes = append(w.notes, "nothing that its services are made of has changed")
	case len(w.out.Builds) == 0 && len(w.notes) == 0:
		w.notes = append(w.notes, "it has no services")
	}
	return strings.Join(w.notes, "; ")
}

// sentence is a problem as a note: what to do about it in the next line.
func sentence(p *slipway.Problem) string {
	if p.Hint == "" {
		return p.Message
	}
	return fmt.Sprintf("%s\n%s", p.Message, p.Hint)
}
