package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/slipway-ci/slipway"
)

// Renew extends the lease of a current attempt; a stale one is CodeConflict.
func (s *Store) Renew(ctx context.Context, a slipway.Attempt, lease time.Time) error {
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, `UPDATE builds SET lease = ? WHERE `+current, micros(lease), a.Build, a.Number)
		if err == nil && n == 0 {
			return stale(a)
		}
		return err
	})
}

// RenewAll extends every lease: leases do not age while no control plane
// runs, since nobody could renew them then.
func (s *Store) RenewAll(ctx context.Context, lease time.Time) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `UPDATE builds SET lease = ? WHERE state = 'running' AND lease < ?`, micros(lease), micros(lease))
		return err
	})
}

// Expire puts builds whose worker has not been heard of since its lease ended
// back into the queue. A lost worker is no strike.
func (s *Store) Expire(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		n = 0
		type lost struct{ build, service int64 }
		var all []lost
		if err := t.each(ctx, func(rows *sql.Rows) error {
			var l lost
			err := rows.Scan(&l.build, &l.service)
			all = append(all, l)
			return err
		}, `SELECT id, service FROM builds WHERE state = 'running' AND lease < ? ORDER BY id`+t.dialect.forUpdate(), micros(now)); err != nil {
			return err
		}
		for _, l := range all {
			if _, err := t.exec(ctx, `UPDATE builds SET state = 'queued', lease = 0, offered = 0, offered_to = '', reason = 'its worker was lost' WHERE id = ?`, l.build); err != nil {
				return err
			}
			if err := t.moved(ctx, l.build, l.service, now); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
