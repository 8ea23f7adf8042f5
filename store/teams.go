package store

import (
	"context"
	"database/sql"

	"github.com/slipway-ci/slipway"
)

// stacksTeam is whose repositories the stack images are in: every worker may
// read those, and none write them.
const stacksTeam = "stacks"

// AddTeam makes a team; one that is there stays as it is.
func (s *Store) AddTeam(ctx context.Context, name string) error {
	if !slipway.ValidLabel(name) || slipway.IsRemovedTeam(name) {
		return slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a team", name).
			WithHint("use lower-case letters, digits and inner hyphens")
	}
	if name == stacksTeam {
		return slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a team: in the registry the stack images are there", name).WithHint("choose another one")
	}
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `INSERT INTO teams (name) VALUES (?) ON CONFLICT DO NOTHING`, name)
		return err
	})
}

// Teams lists the teams by name.
func (s *Store) Teams(ctx context.Context) (names []string, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT name FROM teams WHERE removed = 0 ORDER BY name`)
	return names, err
}

// team gives a team's id, and keeps it from going while the transaction lasts.
func (t tx) team(ctx context.Context, name string) (id int64, err error) {
	err = t.row(ctx, `SELECT id FROM teams WHERE name = ? AND removed = 0`+t.dialect.forShare(), name).Scan(&id)
	return id, missing(err, "there is no team %s", name)
}
