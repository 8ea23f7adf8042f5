package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-ci/slipway"
)

// SeeWorker records what a worker said of itself. One that was started anew
// is not at what its predecessor was at: that waits again at once, rather than
// when the leases end.
func (s *Store) SeeWorker(ctx context.Context, r slipway.WorkerReport, at time.Time) error {
	if r.Name == "" {
		return slipway.Errorf(slipway.CodeUsage, "a worker without a name")
	}
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.writer.tx(ctx, func(t tx) error {
		if err := t.startedAnew(ctx, r, at); err != nil {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO workers (name, report, seen) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET report = excluded.report, seen = excluded.seen`,
			r.Name, string(body), micros(at))
		return err
	})
}

// startedAnew gives back what a worker of this name was at before it was
// started.
func (t tx) startedAnew(ctx context.Context, r slipway.WorkerReport, at time.Time) error {
	var body string
	var before slipway.WorkerReport
	err := t.row(ctx, `SELECT report FROM workers WHERE name = ?`+t.dialect.forUpdate(), r.Name).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(body), &before); err != nil || before.Started.Equal(r.Started) {
		return err
	}
	running, err := t.running(ctx, ` AND worker = ?`, r.Name)
	if err != nil {
		return err
	}
	for _, l := range running {
		if slices.ContainsFunc(r.Running, func(a slipway.Attempt) bool { return a.Build == l.build && a.Number == l.attempt }) {
			continue
		}
		if err := t.lost(ctx, l, at); err != nil {
			return err
		}
	}
	return nil
}

// Workers lists the workers by name.
func (s *Store) Workers(ctx context.Context) (all []slipway.Worker, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var w slipway.Worker
		var name, report string
		var seen int64
		if err := rows.Scan(&name, &report, &seen, &w.Drain); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(report), &w.WorkerReport); err != nil {
			return fmt.Errorf("worker %s: %w", name, err)
		}
		w.Seen = timeOf(seen)
		all = append(all, w)
		return nil
	}, `SELECT name, report, seen, drain FROM workers ORDER BY name`)
	return all, err
}

// Drain says whether a worker is to take nothing new; one that was never seen
// is CodeNotFound.
func (s *Store) Drain(ctx context.Context, worker string, drain bool) error {
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, `UPDATE workers SET drain = ? WHERE name = ?`, bit(drain), worker)
		if err == nil && n == 0 {
			return slipway.Errorf(slipway.CodeNotFound, "there is no worker %s", worker)
		}
		return err
	})
}

// ForgetWorkers forgets workers that were last seen before. One that is
// drained is kept: it must not come back from its repair with work to do.
func (s *Store) ForgetWorkers(ctx context.Context, before time.Time) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `DELETE FROM workers WHERE seen < ? AND drain = 0`, micros(before))
		return err
	})
}
