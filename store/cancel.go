package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/slipway-ci/slipway"
)

// Cancel ends a build that waits or runs; whoever runs it learns that its
// attempt is stale. One that has ended is CodeConflict.
func (s *Store) Cancel(ctx context.Context, build int64, reason string, at time.Time) error {
	return s.writer.tx(ctx, func(t tx) error { return t.end(ctx, build, slipway.BuildCancelled, reason, at) })
}

// end ends a build that no worker has ended; CodeConflict when that end cannot
// follow the state it is in.
func (t tx) end(ctx context.Context, build int64, as slipway.BuildState, reason string, at time.Time) error {
	marks, args := "", []any{string(as), reason, micros(at), build}
	for _, from := range slipway.BuildStates() {
		if from.CanBecome(as) {
			marks, args = marks+", ?", append(args, string(from))
		}
	}
	var service int64
	err := t.row(ctx, `UPDATE builds SET state = ?, reason = ?, ended = ?, lease = 0, offered = 0, offered_to = '' WHERE id = ? AND state IN (''`+marks+`) RETURNING service`, args...).Scan(&service)
	if errors.Is(err, sql.ErrNoRows) {
		return t.notNow(ctx, build)
	}
	if err != nil {
		return err
	}
	return t.moved(ctx, build, service, at)
}
