package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
)

// Wanted is a build that follows from an event.
type Wanted struct {
	Service   int64
	Ref       string
	Commit    string
	Pull      int
	Trust     slipway.Trust
	Priority  int
	Supersede bool // builds of the same ref that still wait are not wanted any more
}

// Expand records what follows from an event, once: asked again, it gives the
// builds that the first call made. Note says why there are none. An event that
// is not there is CodeNotFound.
func (s *Store) Expand(ctx context.Context, event int64, wanted []Wanted, note string, at time.Time) (ids []int64, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		ids = nil
		n, err := t.exec(ctx, `UPDATE events SET state = 'expanded', note = ? WHERE id = ? AND state = 'pending'`, note, event)
		if err != nil {
			return err
		}
		if n == 0 {
			ids, err = t.expanded(ctx, event)
			return err
		}
		for _, w := range wanted {
			id, err := t.queue(ctx, event, w, at)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}

func (t tx) expanded(ctx context.Context, event int64) (ids []int64, err error) {
	var state string
	if err := t.row(ctx, `SELECT state FROM events WHERE id = ?`, event).Scan(&state); err != nil {
		return nil, slipway.Errorf(slipway.CodeNotFound, "there is no event %d", event).Because(err)
	}
	err = t.each(ctx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, `SELECT id FROM builds WHERE event = ? ORDER BY id`, event)
	return ids, err
}

func (t tx) queue(ctx context.Context, event int64, w Wanted, at time.Time) (id int64, err error) {
	if w.Supersede {
		if err := t.supersede(ctx, w, at); err != nil {
			return 0, err
		}
	}
	err = t.row(ctx, `INSERT INTO builds (service, event, state, ref, object, pull, trust, priority, created)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		w.Service, event, string(slipway.BuildQueued), w.Ref, w.Commit, w.Pull, string(w.Trust), w.Priority, micros(at)).Scan(&id)
	if err != nil {
		return 0, err
	}
	return id, t.post(ctx, TopicStatus, fmt.Sprint(w.Service), fmt.Sprint(id), at)
}

func (t tx) supersede(ctx context.Context, w Wanted, at time.Time) error {
	var waiting []int64
	err := t.each(ctx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		waiting = append(waiting, id)
		return err
	}, `SELECT id FROM builds WHERE service = ? AND ref = ? AND pull = ? AND state = ?`, w.Service, w.Ref, w.Pull, string(slipway.BuildQueued))
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(slices.Values(waiting)) {
		n, err := t.exec(ctx, `UPDATE builds SET state = ?, ended = ?, reason = ? WHERE id = ? AND state = ?`,
			string(slipway.BuildSuperseded), micros(at), "commit "+w.Commit+" came before this build's turn", id, string(slipway.BuildQueued))
		if err != nil {
			return err
		}
		if n == 0 {
			continue // a worker was quicker
		}
		if err := t.post(ctx, TopicStatus, fmt.Sprint(w.Service), fmt.Sprint(id), at); err != nil {
			return err
		}
	}
	return nil
}
