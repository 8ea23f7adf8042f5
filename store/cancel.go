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
	return s.writer.tx(ctx, func(t tx) error {
		return t.end(ctx, build, slipway.BuildCancelled, reason, at, slipway.BuildQueued, slipway.BuildRunning)
	})
}

// end ends a build that is in one of two states; in another it is
// CodeConflict.
func (t tx) end(ctx context.Context, build int64, as slipway.BuildState, reason string, at time.Time, from ...slipway.BuildState) error {
	var service int64
	err := t.row(ctx, `UPDATE builds SET state = ?, reason = ?, ended = ?, lease = 0, offered = 0, offered_to = '' WHERE id = ? AND state IN (?, ?) RETURNING service`,
		string(as), reason, micros(at), build, string(from[0]), string(from[len(from)-1])).Scan(&service)
	if errors.Is(err, sql.ErrNoRows) {
		return t.notNow(ctx, build)
	}
	if err != nil {
		return err
	}
	return t.moved(ctx, build, service, at)
}
