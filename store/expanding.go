package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// expanding is one expansion in its transaction.
type expanding struct {
	tx

	event    slipway.EventRecord
	commit   string
	head     string // where its ref was seen to stand, as an event has told
	policy   slipway.ExpandPolicy
	at       time.Time
	team     int64
	teamName string
	services map[string]slipway.Service // of the team, by bare name
	notes    []string
	out      slipway.Expanded
}

func (w *expanding) expand(ctx context.Context, x slipway.Expansion) error {
	if err := w.load(ctx); err != nil {
		return err
	}
	var err error
	if w.head, err = w.told(ctx, x.Head); err != nil {
		return err
	}
	problem := x.Problem
	if problem == nil {
		problem = checkFound(x.Services, w.services, w.event.Connection)
	}
	if problem != nil {
		if err := w.endEvent(ctx, w.event, slipway.EventFailed, sentence(problem), w.at); err != nil {
			return err
		}
		return w.follow(ctx, x)
	}
	if w.event.Event.Deleted() {
		if err := w.withdraw(ctx); err != nil {
			return err
		}
	}
	if err := w.all(ctx, x.Services, w.event.Event.Only); err != nil {
		return err
	}
	if err := w.endEvent(ctx, w.event, slipway.EventExpanded, w.note(), w.at); err != nil {
		return err
	}
	return w.follow(ctx, x)
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

// all decides about the services that were found, or those of them that are
// meant.
func (w *expanding) all(ctx context.Context, there []slipway.Found, only []string) error {
	for _, f := range there {
		if len(only) > 0 && !slices.Contains(only, f.Name) {
			continue
		}
		if err := w.one(ctx, f); err != nil {
			return err
		}
	}
	if len(only) == 0 && len(there) > 0 {
		w.notes = append(w.notes, w.missing(there)...)
	}
	for _, name := range only {
		if !slices.ContainsFunc(there, func(f slipway.Found) bool { return f.Name == name }) {
			w.notes = append(w.notes, fmt.Sprintf("the repository has no service %s at this commit", name))
		}
	}
	return nil
}

// missing tells of services that are registered for the repository and that
// its commit does not have: somebody waits for them.
func (w *expanding) missing(there []slipway.Found) (notes []string) {
	for _, name := range slices.Sorted(maps.Keys(w.services)) {
		if w.services[name].Connection != w.event.Connection || slices.ContainsFunc(there, func(f slipway.Found) bool { return f.Name == name }) {
			continue
		}
		notes = append(notes, fmt.Sprintf("the repository has no service %s at this commit, which is registered: its slipway.yaml names others", name))
	}
	return notes
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
