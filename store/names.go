package store

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// Connection is a team's link to a repository.
type Connection struct {
	ID         int64
	Team       string
	Forge      string
	Repository string // full name at the forge
	URL        string // to clone from
}

// AddTeam makes a team; one that is there stays as it is.
func (s *Store) AddTeam(ctx context.Context, name string) error {
	if !slipway.ValidLabel(name) {
		return slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a team", name)
	}
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `INSERT INTO teams (name) VALUES (?) ON CONFLICT DO NOTHING`, name)
		return err
	})
}

// Connect makes a connection of a team, or gives the one that is there. A
// team that is not there is CodeNotFound.
func (s *Store) Connect(ctx context.Context, c Connection, at time.Time) (id int64, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		team, err := t.team(ctx, c.Team)
		if err != nil {
			return err
		}
		return t.row(ctx, `INSERT INTO connections (team, forge, repository, url, created) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (team, forge, url) DO UPDATE SET repository = excluded.repository RETURNING id`,
			team, c.Forge, c.Repository, c.URL, micros(at)).Scan(&id)
	})
	return id, err
}

// AddService makes a service of the connection's team, or gives the one that
// is there. One of that name at another connection is CodeConflict.
func (s *Store) AddService(ctx context.Context, connection int64, name string) (id int64, err error) {
	if !slipway.ValidLabel(name) {
		return 0, slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a service", name)
	}
	err = s.writer.tx(ctx, func(t tx) error {
		var team int64
		if err := t.row(ctx, `SELECT team FROM connections WHERE id = ?`, connection).Scan(&team); err != nil {
			return slipway.Errorf(slipway.CodeNotFound, "there is no connection %d", connection).Because(err)
		}
		var owner int64
		if err := t.row(ctx, `INSERT INTO services (team, name, connection) VALUES (?, ?, ?)
			ON CONFLICT (team, name) DO UPDATE SET name = excluded.name RETURNING id, connection`, team, name, connection).Scan(&id, &owner); err != nil {
			return err
		}
		if owner != connection {
			return slipway.Errorf(slipway.CodeConflict, "the service %s belongs to another repository of the team", name)
		}
		return nil
	})
	return id, err
}

func (t tx) team(ctx context.Context, name string) (id int64, err error) {
	if err := t.row(ctx, `SELECT id FROM teams WHERE name = ?`, name).Scan(&id); err != nil {
		return 0, slipway.Errorf(slipway.CodeNotFound, "there is no team %s", name).Because(err)
	}
	return id, nil
}
