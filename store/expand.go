package store

import (
	"context"
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
func (s *Store) Expand(ctx context.Context, event int64, x slipway.Expansion, p slipway.ExpandPolicy, at time.Time) (out slipway.Expanded, err error) {
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
		case slipway.EventPending:
			w := &expanding{tx: t, event: e, commit: x.Commit, policy: p, at: at}
			err := w.expand(ctx, x)
			out = w.out
			return err
		case slipway.EventExpanded, slipway.EventFailed:
			out, err = t.expanded(ctx, event)
			return err
		default:
			return slipway.Errorf(slipway.CodeConflict, "event %d is %s", event, e.State)
		}
	})
	return out, err
}

// expanded gives what came of an event before.
func (t tx) expanded(ctx context.Context, event int64) (out slipway.Expanded, err error) {
	if out.Builds, err = t.ids(ctx, `SELECT id FROM builds WHERE event = ? ORDER BY id`, event); err != nil {
		return out, err
	}
	out.Unchanged, err = t.ids(ctx, `SELECT id FROM unchanged WHERE event = ? ORDER BY id`, event)
	return out, err
}
