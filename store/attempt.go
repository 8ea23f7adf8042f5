package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
)

// Claim gives a worker the next attempt at a build that waits. Of several that
// claim at once one gets it. A build that does not wait is CodeConflict, and
// the sentence says where it stands.
func (s *Store) Claim(ctx context.Context, build int64, worker string, at, lease time.Time) (a slipway.Attempt, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		a = slipway.Attempt{Build: build, Worker: worker, Lease: lease}
		n, err := t.exec(ctx, `UPDATE builds SET state = ?, attempt = attempt + 1, worker = ?, lease = ?, started = ? WHERE id = ? AND state = ?`,
			string(slipway.BuildRunning), worker, micros(lease), micros(at), build, string(slipway.BuildQueued))
		if err != nil {
			return err
		}
		if n == 0 {
			return t.notNow(ctx, build)
		}
		var service int64
		if err := t.row(ctx, `SELECT attempt, service FROM builds WHERE id = ?`, build).Scan(&a.Number, &service); err != nil {
			return err
		}
		return t.post(ctx, TopicStatus, fmt.Sprint(service), fmt.Sprint(build), at)
	})
	return a, err
}

// notNow says why a build cannot be had.
func (t tx) notNow(ctx context.Context, build int64) error {
	var state, worker string
	if err := t.row(ctx, `SELECT state, worker FROM builds WHERE id = ?`, build).Scan(&state, &worker); err != nil {
		return slipway.Errorf(slipway.CodeNotFound, "there is no build %d", build).Because(err)
	}
	if slipway.BuildState(state) == slipway.BuildRunning {
		return slipway.Errorf(slipway.CodeConflict, "build %d runs on the worker %s", build, worker)
	}
	return slipway.Errorf(slipway.CodeConflict, "build %d is %s", build, state)
}

// current is the condition of a row that an attempt may still report to: the
// number is the fencing token.
const current = `id = ? AND attempt = ? AND state = 'running'`

func stale(a slipway.Attempt) error {
	return slipway.Errorf(slipway.CodeConflict, "attempt %d at build %d is not the current one any more", a.Number, a.Build).
		WithHint("stop: what it does is not wanted, and another worker may be at it")
}

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

// Finish ends an attempt. A stale one is CodeConflict, and so is one of whose
// log not all chunks, 1 to chunks, have arrived: the build is not over before
// its log is whole. What is handed back (BuildQueued) waits again; with the
// class platform that is a strike, and the build fails at the last one.
func (s *Store) Finish(ctx context.Context, a slipway.Attempt, chunks int, o slipway.Outcome, at time.Time) error {
	if !slipway.BuildRunning.CanBecome(o.State) {
		return slipway.Errorf(slipway.CodeUsage, "an attempt cannot end as %q", o.State)
	}
	return s.writer.tx(ctx, func(t tx) error {
		var service int64
		var strikes int
		if err := t.row(ctx, `SELECT service, strikes FROM builds WHERE `+current+t.dialect.forUpdate(), a.Build, a.Number).Scan(&service, &strikes); err != nil {
			return t.staleOr(err, a)
		}
		if err := t.whole(ctx, a, chunks); err != nil {
			return err
		}
		if o.State == slipway.BuildQueued && o.Class == slipway.ClassPlatform {
			if strikes++; strikes >= slipway.MaxStrikes {
				o.State = slipway.BuildFailed
			}
		}
		return t.finish(ctx, a, o, service, strikes, at)
	})
}

func (t tx) finish(ctx context.Context, a slipway.Attempt, o slipway.Outcome, service int64, strikes int, at time.Time) error {
	image, ended := "", int64(0)
	if o.State == slipway.BuildSucceeded {
		b, err := json.Marshal(o.Image)
		if err != nil {
			return err
		}
		image = string(b)
	}
	if o.State.Ended() {
		ended = micros(at)
	}
	known := 0
	if o.Known {
		known = 1
	}
	_, err := t.exec(ctx, `UPDATE builds SET state = ?, strikes = ?, image = ?, known = ?, class = ?, reason = ?, ended = ?, lease = 0 WHERE id = ?`,
		string(o.State), strikes, image, known, string(o.Class), o.Reason, ended, a.Build)
	if err != nil {
		return err
	}
	return t.post(ctx, TopicStatus, fmt.Sprint(service), fmt.Sprint(a.Build), at)
}

// Expire puts builds whose worker has not been heard of since its lease ended
// back into the queue. A lost worker is no strike.
func (s *Store) Expire(ctx context.Context, now time.Time) (n int64, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		n, err = t.exec(ctx, `UPDATE builds SET state = ?, lease = 0, reason = 'its worker was lost' WHERE state = 'running' AND lease < ?`,
			string(slipway.BuildQueued), micros(now))
		return err
	})
	return n, err
}

// Cancel ends a build that waits or runs; whoever runs it learns that its
// attempt is stale. One that has ended is CodeConflict.
func (s *Store) Cancel(ctx context.Context, build int64, reason string, at time.Time) error {
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, `UPDATE builds SET state = ?, reason = ?, ended = ?, lease = 0 WHERE id = ? AND state IN ('queued', 'running')`,
			string(slipway.BuildCancelled), reason, micros(at), build)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.notNow(ctx, build)
		}
		var service int64
		if err := t.row(ctx, `SELECT service FROM builds WHERE id = ?`, build).Scan(&service); err != nil {
			return err
		}
		return t.post(ctx, TopicStatus, fmt.Sprint(service), fmt.Sprint(build), at)
	})
}
