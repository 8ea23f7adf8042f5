package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// look compares a repository with the record. What differs is looked at twice:
// a hook may have moved the record's head since the first look, and then the
// second one sees what the hook told of. What was seen twice is what stands.
func (r *Reconciler) look(ctx context.Context, c slipway.Connection) error {
	limit, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	keys, err := r.Known.Keys(limit, c.ID)
	if err != nil {
		return err
	}
	credential, err := r.Credentials.Credential(limit, c, keys)
	if err != nil {
		return err
	}
	heads, err := r.Remote.Heads(limit, c, credential)
	if err != nil {
		return err
	}
	events, err := r.missed(limit, c, heads)
	if err != nil || len(events) == 0 {
		return err
	}
	seen := r.Now()
	again, err := r.Remote.Heads(limit, c, credential)
	if err != nil {
		return err
	}
	events = slices.DeleteFunc(events, func(e slipway.Event) bool { return again[e.Ref] != e.After })
	if events, err = r.untold(limit, c, events, seen); err != nil {
		return err
	}
	return r.receive(limit, c, events)
}

// missed gives an event for each ref that stands elsewhere than the record
// has it.
func (r *Reconciler) missed(ctx context.Context, c slipway.Connection, heads map[string]string) ([]slipway.Event, error) {
	var events []slipway.Event
	for _, ref := range slices.Sorted(maps.Keys(heads)) {
		commit := heads[ref]
		if !slipway.ValidRef(ref) || !slipway.ValidObjectID(commit) {
			continue
		}
		known, ok, err := r.Known.Head(ctx, c.ID, ref)
		if err != nil {
			return nil, err
		}
		if known == commit || !ok && ref != c.Default {
			continue
		}
		e := slipway.Event{Kind: slipway.EventPush, Repository: c.Repository, Ref: ref, Before: known, After: commit, Actor: "slipway"}
		if strings.HasPrefix(ref, "refs/tags/") {
			e.Kind = slipway.EventTag
		}
		events = append(events, e)
	}
	return events, nil
}

// untold leaves those of which a hook has told, and records that they were
// seen.
func (r *Reconciler) untold(ctx context.Context, c slipway.Connection, events []slipway.Event, seen time.Time) ([]slipway.Event, error) {
	var left []slipway.Event
	for _, e := range events {
		known, err := r.Known.Verify(ctx, c.ID, e.Ref, e.After, seen)
		if err != nil {
			return nil, err
		}
		if !known {
			left = append(left, e)
		}
	}
	if len(left) < len(events) {
		r.Bell.Ring(RingOutbox)
	}
	return left, nil
}

// receive records what was missed. The name has the time in it: a ref may go
// back and forth.
func (r *Reconciler) receive(ctx context.Context, c slipway.Connection, events []slipway.Event) error {
	if len(events) == 0 {
		return nil
	}
	now := r.Now()
	d := slipway.Delivery{Connection: c.ID, ID: fmt.Sprintf("slipway-%d", now.UnixMicro()), At: now, Events: events}
	if _, err := r.Known.Receive(ctx, d); err != nil {
		return err
	}
	for _, e := range events {
		r.Log.WarnContext(ctx, "a push was not told", slog.String("repository", c.Repository), slog.String("ref", e.Ref), slog.String("commit", e.After))
	}
	r.Bell.Ring(RingDispatch)
	return nil
}
