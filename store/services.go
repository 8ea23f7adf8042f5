package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/slipway-ci/slipway"
)

const serviceColumns = `SELECT s.id, t.name, s.name, s.connection, s.path, s.kind, s.needs, s.most FROM services s JOIN teams t ON t.id = s.team`

// AddService makes a service of the connection's team, or changes the one that
// is there. A connection that its team does not have is CodeNotFound, a
// service of that name at another connection CodeConflict.
func (s *Store) AddService(ctx context.Context, v slipway.Service) (id int64, err error) {
	if !slipway.ValidLabel(v.Name.Name) {
		return 0, slipway.Errorf(slipway.CodeUsage, "%q cannot be the name of a service", v.Name.Name).
			WithHint("use lower-case letters, digits and inner hyphens")
	}
	err = s.writer.tx(ctx, func(t tx) error {
		var team int64
		err := t.row(ctx, `SELECT t.id FROM connections c JOIN teams t ON t.id = c.team WHERE c.id = ? AND c.removed = 0 AND t.name = ?`+t.dialect.forShare(), v.Connection, v.Name.Team).Scan(&team)
		if err != nil {
			return missing(err, "the team %s has no connection %d", v.Name.Team, v.Connection)
		}
		id, err = t.addService(ctx, team, v)
		return err
	})
	return id, err
}

func (t tx) addService(ctx context.Context, team int64, v slipway.Service) (id int64, err error) {
	needs, err := listed(v.Needs)
	if err != nil {
		return 0, err
	}
	var there int
	if err := t.row(ctx, `SELECT COUNT(*) FROM services WHERE team = ? AND name = ? AND removed = 0`, team, v.Name.Name).Scan(&there); err != nil {
		return 0, err
	}
	err = t.row(ctx, `INSERT INTO services (team, name, connection, path, kind, needs, most) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (team, name) DO UPDATE SET connection = excluded.connection, path = excluded.path, kind = excluded.kind, needs = excluded.needs,
			most = excluded.most, removed = 0
		WHERE services.connection = excluded.connection OR services.removed = 1 RETURNING id`,
		team, v.Name.Name, v.Connection, v.Path, string(v.Kind), needs, v.Limit).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, slipway.Errorf(slipway.CodeConflict, "the service %s belongs to another repository of the team", v.Name)
	}
	if err != nil || there != 0 {
		return id, err
	}
	return id, t.postJobs(ctx, "provision", when(true, `b.id = ?`, id))
}

// Service gives a service; CodeNotFound when there is none of that name.
func (s *Store) Service(ctx context.Context, name slipway.ServiceName) (slipway.Service, error) {
	v, err := scanService(s.reader().row(ctx, serviceColumns+` WHERE t.name = ? AND s.name = ? AND s.removed = 0`, name.Team, name.Name))
	return v, noService(err, name)
}

func noService(err error, name slipway.ServiceName) error {
	return missing(err, "there is no service %s", name)
}

// Services lists those of a team, with "" those of all, by name.
func (s *Store) Services(ctx context.Context, team string) ([]slipway.Service, error) {
	return s.reader().services(ctx, when(team != "", `t.name = ?`, team))
}

// ServicesOf lists those that are built from a connection's repository.
func (s *Store) ServicesOf(ctx context.Context, connection int64) ([]slipway.Service, error) {
	return s.reader().services(ctx, when(true, `s.connection = ?`, connection))
}

func (t tx) services(ctx context.Context, of filter) (all []slipway.Service, err error) {
	query, args := filtered(serviceColumns, when(true, `s.removed = ?`, 0), of)
	err = t.each(ctx, func(rows *sql.Rows) error {
		v, err := scanService(rows)
		all = append(all, v)
		return err
	}, query+` ORDER BY t.name, s.name`, args...)
	return all, err
}

// RemoveService takes a service away, with its secrets and what comes after it; CodeConflict while a
// build of it waits or runs. Its builds are still shown, and a push that has
// it brings it back.
func (s *Store) RemoveService(ctx context.Context, name slipway.ServiceName) error {
	return s.writer.tx(ctx, func(t tx) error {
		var id, team int64
		err := t.row(ctx, `UPDATE services SET removed = 1 WHERE team = (SELECT id FROM teams WHERE name = ?) AND name = ? AND removed = 0 RETURNING id, team`,
			name.Team, name.Name).Scan(&id, &team)
		if err != nil {
			return noService(err, name)
		}
		if _, err := t.exec(ctx, `DELETE FROM secrets WHERE team = ? AND service = ?`, team, name.Name); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM downstream WHERE service = ?`, id); err != nil {
			return err
		}
		if err := t.postJobs(ctx, "remove", when(true, `b.id = ?`, id)); err != nil {
			return err
		}
		var active int
		if err := t.row(ctx, `SELECT COUNT(*) FROM builds WHERE service = ? AND state IN ('queued', 'running')`, id).Scan(&active); err != nil || active == 0 {
			return err
		}
		return slipway.Errorf(slipway.CodeConflict, "of the service %s %d builds wait or run", name, active).WithHint("cancel them, then remove it")
	})
}

func scanService(row scanner) (v slipway.Service, err error) {
	var needs string
	if err := row.Scan(&v.ID, &v.Name.Team, &v.Name.Name, &v.Connection, &v.Path, &v.Kind, &needs, &v.Limit); err != nil {
		return v, err
	}
	if v.Needs, err = words(needs); err != nil {
		return v, fmt.Errorf("service %s: %w", v.Name, err)
	}
	return v, nil
}
