package store

import (
	"context"
	"database/sql"

	"github.com/slipway-ci/slipway"
)

// Audit records who did what.
func (s *Store) Audit(ctx context.Context, e slipway.AuditEntry) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `INSERT INTO audit (at, who, did, target, team) VALUES (?, ?, ?, ?, ?)`, micros(e.At), e.Who, e.Did, e.Target, e.Team)
		return err
	})
}

// AuditLog gives a page of what was done in a team, with "" in all and above
// them, newest first. Before is the id of the last one of the page before, 0
// for the first page.
func (s *Store) AuditLog(ctx context.Context, team string, before int64, most int) (entries []slipway.AuditEntry, err error) {
	query, args := filtered(`SELECT id, at, who, did, target, team FROM audit`, when(team != "", `team = ?`, team), when(before != 0, `id < ?`, before))
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var e slipway.AuditEntry
		var at int64
		err := rows.Scan(&e.ID, &at, &e.Who, &e.Did, &e.Target, &e.Team)
		e.At = timeOf(at)
		entries = append(entries, e)
		return err
	}, query+` ORDER BY id DESC LIMIT ?`, append(args, most)...)
	return entries, err
}
