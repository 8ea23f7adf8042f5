package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
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
		var service int64
		err := t.row(ctx, `UPDATE builds SET state = 'running', attempt = attempt + 1, worker = ?, lease = ?, started = ?, offered = 0, offered_to = ''
			WHERE id = ? AND state = 'queued' RETURNING attempt, service`, worker, micros(lease), micros(at), build).Scan(&a.Number, &service)
		if errors.Is(err, sql.ErrNoRows) {
			return t.notNow(ctx, build)
		}
		if err != nil {
			return err
		}
		return t.moved(ctx, build, service, at)
	})
	return a, err
}

// notNow says why a build cannot be had.
func (t tx) notNow(ctx context.Context, build int64) error {
	var state, worker string
	if err := t.row(ctx, `SELECT state, worker FROM builds WHERE id = ?`, build).Scan(&state, &worker); err != nil {
		return noBuild(err, build)
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
		if o.State == slipway.BuildQueued && a.Number >= slipway.MaxAttempts {
			o.State, o.Class = slipway.BuildFailed, slipway.ClassPlatform
			o.Reason = fmt.Sprintf("it was tried %d times; the last time: %s", a.Number, o.Reason)
		}
		return t.finish(ctx, a, o, service, strikes, at)
	})
}

// longestDelay is how long a build that was handed back waits at most before
// it is tried again.
const longestDelay = 2 * time.Minute

// due is when a build that was handed back may be tried again: later each
// time, as long as what kept it from being built is there.
func due(a slipway.Attempt, o slipway.Outcome, at time.Time) int64 {
	if o.State != slipway.BuildQueued || !o.Later {
		return 0
	}
	return micros(at.Add(min(time.Second<<min(a.Number, 10), longestDelay)))
}

// maxReason is the longest reason or note that is kept, in bytes: it is a
// sentence, and the log has the rest.
const maxReason = 4 << 10

func (t tx) finish(ctx context.Context, a slipway.Attempt, o slipway.Outcome, service int64, strikes int, at time.Time) error {
	image, content, ended := "", "", int64(0)
	if o.State == slipway.BuildSucceeded {
		b, err := json.Marshal(o.Image)
		if err != nil {
			return err
		}
		image, content = string(b), string(o.Image.Key)
		if err := t.post(ctx, TopicTags, serviceKey(service), decimal(a.Build), at); err != nil {
			return err
		}
		if err := t.postDownstream(ctx, a.Build, service, at); err != nil {
			return err
		}
	}
	if o.State.Ended() {
		ended = micros(at)
	}
	_, err := t.exec(ctx, `UPDATE builds SET state = ?, strikes = ?, image = ?, content = ?, known = ?, breaches = ?, class = ?, reason = ?, ended = ?, due = ?, lease = 0, offered = 0, offered_to = '' WHERE id = ?`,
		string(o.State), strikes, image, content, bit(o.Known), o.Breaches, string(o.Class), o.Reason[:min(len(o.Reason), maxReason)], ended, due(a, o, at), a.Build)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM holds WHERE build = ?`, a.Build); err != nil {
		return err
	}
	return t.moved(ctx, a.Build, service, at)
}
