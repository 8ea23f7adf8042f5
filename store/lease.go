package store

import (
	"context"
	"database/sql"
	"fmt"
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
		all, err := t.running(ctx, ` AND lease < ?`, micros(now))
		n = int64(len(all))
		for _, l := range all {
			if err := t.lost(ctx, l, now); err != nil {
				return err
			}
		}
		return err
	})
	return n, err
}

// runningBuild is a build that a worker is believed to be at.
type runningBuild struct {
	build, service int64
	attempt        int
}

// running gives those for which a further condition holds, and keeps them as
// they are until the transaction ends.
func (t tx) running(ctx context.Context, condition string, args ...any) (all []runningBuild, err error) {
	err = t.each(ctx, func(rows *sql.Rows) error {
		var l runningBuild
		err := rows.Scan(&l.build, &l.service, &l.attempt)
		all = append(all, l)
		return err
	}, `SELECT id, service, attempt FROM builds WHERE state = 'running'`+condition+` ORDER BY id`+t.dialect.forUpdate(), args...)
	return all, err
}

// lost has a build wait again whose worker is lost, unless that has happened
// too often.
func (t tx) lost(ctx context.Context, l runningBuild, at time.Time) error {
	o, ended := slipway.Outcome{State: slipway.BuildQueued, Reason: "its worker was lost"}, int64(0)
	if l.attempt >= slipway.MaxAttempts {
		o = slipway.Outcome{State: slipway.BuildFailed, Class: slipway.ClassPlatform, Reason: fmt.Sprintf("its worker was lost, and it was tried %d times", l.attempt)}
		ended = micros(at)
	}
	if _, err := t.exec(ctx, `UPDATE builds SET state = ?, class = ?, reason = ?, ended = ?, lease = 0, offered = 0, offered_to = '' WHERE id = ?`,
		string(o.State), string(o.Class), o.Reason, ended, l.build); err != nil {
		return err
	}
	return t.moved(ctx, l.build, l.service, at)
}
