package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/slipway-ci/slipway"
)

// pull is the number of the event's pull request, 0 for none.
func (w *expanding) pull() int {
	if w.event.Event.Pull == nil {
		return 0
	}
	return w.event.Event.Pull.Number
}

// last gives the build that a service still is when it has these inputs: the
// last one of the ref that succeeded, runs or waits, and 0 when that was made
// of others.
func (w *expanding) last(ctx context.Context, service int64, inputs string) (id int64, err error) {
	var of string
	err = w.row(ctx, `SELECT id, inputs FROM builds WHERE service = ? AND ref = ? AND pull = ? AND event < ? AND state IN ('succeeded', 'running', 'queued')
		ORDER BY event DESC LIMIT 1`, service, w.event.Event.Ref, w.pull(), w.event.ID).Scan(&id, &of)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (inputs == "" || of != inputs) {
		return 0, nil
	}
	return id, err
}

func (w *expanding) unchanged(ctx context.Context, service, build int64, required bool) error {
	var id int64
	err := w.row(ctx, `INSERT INTO unchanged (service, event, object, build, required) VALUES (?, ?, ?, ?, ?) RETURNING id`,
		service, w.event.ID, w.commit, build, bit(required)).Scan(&id)
	if err != nil {
		return err
	}
	w.out.Unchanged = append(w.out.Unchanged, id)
	if !required {
		return nil
	}
	return w.post(ctx, TopicStatus, serviceKey(service), "unchanged:"+decimal(id), w.at)
}

// supersedes tells whether a later head of the ref takes a build's turn: not
// that of the default branch, of a tag, and of a branch that may be the
// default one.
func (w *expanding) supersedes(f slipway.Found) bool {
	e := w.event.Event
	switch {
	case f.Supersede != nil:
		return *f.Supersede
	case e.Pull != nil:
		return true
	default:
		return e.Branch() != "" && w.policy.Default != "" && e.Ref != w.policy.Default
	}
}

func (w *expanding) queue(ctx context.Context, service int64, f slipway.Found) error {
	state, ended, reason := slipway.BuildQueued, time.Time{}, ""
	supersede := w.supersedes(f)
	if supersede {
		later, err := w.supersede(ctx, service)
		if err != nil {
			return err
		}
		if later != "" { // events need not be expanded in their order
			state, ended, reason = slipway.BuildSuperseded, w.at, supersededBy(later)
		}
	}
	needs, err := listed(f.Needs)
	if err != nil {
		return err
	}
	var id int64
	err = w.row(ctx, `INSERT INTO builds (team, service, event, state, ref, object, pull, path, needs, inputs, trust, priority, forced, supersede, created, ended, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?) RETURNING id`,
		w.team, service, w.event.ID, string(state), w.event.Event.Ref, w.commit, w.pull(), f.Path, needs, f.Inputs,
		string(w.policy.Trust), w.policy.Priority, bit(supersede), micros(w.at), micros(ended), reason).Scan(&id)
	if err != nil {
		return err
	}
	w.out.Builds = append(w.out.Builds, id)
	return w.moved(ctx, id, service, w.at)
}

func supersededBy(commit string) string { return "commit " + commit + " came before this build's turn" }

// supersede ends the builds of earlier events of the ref that wait, and gives
// the commit of a later event's, "" when there is none. An event that was late
// takes nobody's turn: the head may be among those before it.
func (w *expanding) supersede(ctx context.Context, service int64) (later string, err error) {
	const same = ` FROM builds WHERE service = ? AND ref = ? AND pull = ? AND supersede = 1`
	err = w.row(ctx, `SELECT object`+same+` AND event > ? ORDER BY event DESC LIMIT 1`, service, w.event.Event.Ref, w.pull(), w.event.ID).Scan(&later)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return later, err
	}
	if w.late() {
		return "", nil
	}
	waiting, err := w.ids(ctx, `SELECT id`+same+` AND event < ? AND state = 'queued' ORDER BY id`, service, w.event.Event.Ref, w.pull(), w.event.ID)
	if err != nil {
		return "", err
	}
	return "", w.letGo(ctx, waiting, supersededBy(w.commit))
}

// withdraw ends builds that wait for a ref that is gone.
func (w *expanding) withdraw(ctx context.Context) error {
	waiting, err := w.ids(ctx, `SELECT id FROM builds WHERE service IN (SELECT id FROM services WHERE connection = ?) AND ref = ? AND pull = ?
		AND supersede = 1 AND event < ? AND state = 'queued' ORDER BY id`, w.event.Connection, w.event.Event.Ref, w.pull(), w.event.ID)
	if err != nil {
		return err
	}
	ref, _ := headOf(w.event.Event)
	return w.letGo(ctx, waiting, ref+" is gone")
}

// letGo ends builds that wait. One that a worker was quicker to claim runs on.
func (w *expanding) letGo(ctx context.Context, waiting []int64, reason string) error {
	for _, id := range waiting {
		if err := w.end(ctx, id, slipway.BuildSuperseded, reason, w.at); err != nil && slipway.ErrorCode(err) != slipway.CodeConflict {
			return err
		}
	}
	return nil
}
