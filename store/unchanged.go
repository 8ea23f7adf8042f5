package store

import (
	"context"
	"database/sql"

	"github.com/slipway-ci/slipway"
)

const unchangedColumns = `SELECT u.id, t.name, s.name, u.event, u.object, u.build, u.required FROM unchanged u JOIN services s ON s.id = u.service JOIN teams t ON t.id = s.team`

// Unchanged gives one; CodeNotFound when there is none of that id.
func (s *Store) Unchanged(ctx context.Context, id int64) (slipway.Unchanged, error) {
	u, err := scanUnchanged(s.reader().row(ctx, unchangedColumns+` WHERE u.id = ?`, id))
	return u, missing(err, "there is no unchanged service %d", id)
}

// UnchangedBy lists the services that an event did not change.
func (s *Store) UnchangedBy(ctx context.Context, event int64) (all []slipway.Unchanged, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		u, err := scanUnchanged(rows)
		all = append(all, u)
		return err
	}, unchangedColumns+` WHERE u.event = ? ORDER BY u.id`, event)
	return all, err
}

func scanUnchanged(row scanner) (u slipway.Unchanged, err error) {
	err = row.Scan(&u.ID, &u.Service.Team, &u.Service.Name, &u.Event, &u.Commit, &u.Build, &u.Required)
	return u, err
}
