package store

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// Offer remembers to whom and when a job was offered. Of one that does not
// wait any more it is CodeConflict.
func (s *Store) Offer(ctx context.Context, job slipway.Job, worker string, at time.Time) error {
	statement := `UPDATE builds SET offered = ?, offered_to = ? WHERE id = ? AND state = 'queued'`
	if job.Kind == slipway.JobExpand {
		statement = `UPDATE events SET offered = ?, offered_to = ? WHERE id = ? AND state = 'pending'`
	}
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, statement, micros(at), worker, job.ID)
		if err == nil && n == 0 {
			return slipway.Errorf(slipway.CodeConflict, "%s %d does not wait", job.Kind, job.ID)
		}
		return err
	})
}
