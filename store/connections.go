package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/slipway-ci/slipway"
)

const connectionColumns = `SELECT c.id, t.name, c.forge, c.repository, c.url, c.api, c.forks, c.branch, c.required, c.reads, c.created
	FROM connections c JOIN teams t ON t.id = c.team`

// Connect makes a connection of a team, or changes the one that the team has
// to the same URL at a forge of the same kind. One that was removed comes back
// under its id, unless it is meant by that. A team that is not there is
// CodeNotFound.
func (s *Store) Connect(ctx context.Context, c slipway.Connection, k slipway.Keys) (id int64, err error) {
	if c.Forks == "" {
		c.Forks = slipway.ForksRefuse
	}
	required, err := listed(c.Required)
	if err != nil {
		return 0, err
	}
	reads, err := listed(c.Reads)
	if err != nil {
		return 0, err
	}
	err = s.writer.tx(ctx, func(t tx) error {
		team, err := t.team(ctx, c.Team)
		if err != nil {
			return err
		}
		if err := t.row(ctx, `INSERT INTO connections (team, forge, repository, url, api, forks, branch, required, reads, sealed, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (team, forge, url) DO UPDATE SET repository = excluded.repository, api = excluded.api, forks = excluded.forks,
				branch = excluded.branch, required = excluded.required, reads = excluded.reads, removed = 0,
				created = CASE connections.removed WHEN 0 THEN connections.created ELSE excluded.created END
			WHERE connections.removed = 0 OR connections.id <> ? RETURNING id`,
			team, c.Forge, c.Repository, c.URL, c.API, string(c.Forks), c.Default, required, reads, []byte{}, micros(c.Created), c.ID).Scan(&id); err != nil {
			return noConnection(err, c.ID)
		}
		return s.setKeys(ctx, t, id, k)
	})
	return id, err
}

// SetKeys changes what a connection knows and never tells.
func (s *Store) SetKeys(ctx context.Context, id int64, k slipway.Keys) error {
	return s.writer.tx(ctx, func(t tx) error { return s.setKeys(ctx, t, id, k) })
}

// keysRow is sealed with the keys: the id is known once the row is there.
func keysRow(id int64) string { return "the connection " + decimal(id) }

func (s *Store) setKeys(ctx context.Context, t tx, id int64, k slipway.Keys) error {
	sealed, err := s.seal.closeJSON(k, keysRow(id))
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE connections SET sealed = ? WHERE id = ? AND removed = 0`, sealed, id)
	if err == nil && n == 0 {
		return noConnection(sql.ErrNoRows, id)
	}
	return err
}

// Keys opens what a connection knows.
func (s *Store) Keys(ctx context.Context, id int64) (k slipway.Keys, err error) {
	var sealed []byte
	if err := s.reader().row(ctx, `SELECT sealed FROM connections WHERE id = ? AND removed = 0`, id).Scan(&sealed); err != nil {
		return k, noConnection(err, id)
	}
	err = s.seal.openJSON(sealed, keysRow(id), &k)
	return k, err
}

// Connection gives a connection; CodeNotFound when there is none of that id.
func (s *Store) Connection(ctx context.Context, id int64) (slipway.Connection, error) {
	c, err := scanConnection(s.reader().row(ctx, connectionColumns+` WHERE c.id = ? AND c.removed = 0`, id))
	return c, noConnection(err, id)
}

func noConnection(err error, id int64) error { return missing(err, "there is no connection %d", id) }

// Connections lists those of a team, with "" those of all, oldest first.
func (s *Store) Connections(ctx context.Context, team string) ([]slipway.Connection, error) {
	return s.reader().connections(ctx, team)
}

func (t tx) connections(ctx context.Context, team string) (all []slipway.Connection, err error) {
	query, args := filtered(connectionColumns, when(true, `c.removed = ?`, 0), when(team != "", `t.name = ?`, team))
	err = t.each(ctx, func(rows *sql.Rows) error {
		c, err := scanConnection(rows)
		all = append(all, c)
		return err
	}, query+` ORDER BY c.id`, args...)
	return all, err
}

// scanner is a row.
type scanner interface {
	Scan(dest ...any) error
}

func scanConnection(row scanner) (c slipway.Connection, err error) {
	var created int64
	var required, reads string
	if err := row.Scan(&c.ID, &c.Team, &c.Forge, &c.Repository, &c.URL, &c.API, &c.Forks, &c.Default, &required, &reads, &created); err != nil {
		return c, err
	}
	c.Created = timeOf(created)
	if c.Required, err = words(required); err != nil {
		return c, fmt.Errorf("connection %d: %w", c.ID, err)
	}
	if c.Reads, err = words(reads); err != nil {
		return c, fmt.Errorf("connection %d: %w", c.ID, err)
	}
	return c, nil
}

// SetDefault remembers a connection's default branch, a ref's full name,
// where none is known yet.
func (s *Store) SetDefault(ctx context.Context, id int64, ref string) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `UPDATE connections SET branch = ? WHERE id = ? AND branch = ''`, ref, id)
		return err
	})
}
