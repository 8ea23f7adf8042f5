package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/slipway-ci/slipway"
)

const controllerColumns = `SELECT c.id, COALESCE(t.name, ''), c.url, c.username, c.folder, c.ca, c.reports, c.created FROM controllers c LEFT JOIN teams t ON t.id = c.team`

// controls joins a controller c with what has a team, b: the team's own, else
// the platform's.
const controls = ` (c.team = b.team OR c.team IS NULL AND NOT EXISTS (SELECT 1 FROM controllers o WHERE o.team = b.team)) `

// SetController makes a team's controller, or the platform's, or changes the
// one that is there; without a token it keeps the one it has. The jobs of the
// services that are shown there are provisioned. A team that is not there is
// CodeNotFound.
func (s *Store) SetController(ctx context.Context, c slipway.Controller, k slipway.ControllerKeys) (id int64, err error) {
	if c.Reports == "" {
		c.Reports = slipway.ReportsFollow
	}
	err = s.writer.tx(ctx, func(t tx) error {
		if id, err = t.controllerRow(ctx, c); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `UPDATE controllers SET url = ?, username = ?, folder = ?, ca = ?, reports = ? WHERE id = ?`,
			c.URL, c.User, c.Folder, c.CA, string(c.Reports), id); err != nil {
			return err
		}
		if k != (slipway.ControllerKeys{}) {
			if err := s.setControllerKeys(ctx, t, id, k); err != nil {
				return err
			}
		}
		return t.postJobs(ctx, "provision", when(true, `c.id = ?`, id))
	})
	return id, err
}

// controllerRow gives the row of a team's controller, which it makes when it
// is not there yet.
func (t tx) controllerRow(ctx context.Context, c slipway.Controller) (id int64, err error) {
	var team any
	if c.Team != "" {
		if team, err = t.team(ctx, c.Team); err != nil {
			return 0, err
		}
	}
	err = t.row(ctx, `SELECT id FROM controllers WHERE COALESCE(team, 0) = COALESCE(CAST(? AS BIGINT), 0)`+t.dialect.forUpdate(), team).Scan(&id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	err = t.row(ctx, `INSERT INTO controllers (team, url, username, folder, ca, reports, sealed, created) VALUES (?, '', '', '', '', '', ?, ?) RETURNING id`,
		team, []byte{}, micros(c.Created)).Scan(&id)
	return id, err
}

func controllerKeysRow(id int64) string { return "the Jenkins controller " + decimal(id) }

func (s *Store) setControllerKeys(ctx context.Context, t tx, id int64, k slipway.ControllerKeys) error {
	sealed, err := s.seal.closeJSON(k, controllerKeysRow(id))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE controllers SET sealed = ? WHERE id = ?`, sealed, id)
	return err
}

// ControllerKeys opens what a controller knows.
func (s *Store) ControllerKeys(ctx context.Context, id int64) (k slipway.ControllerKeys, err error) {
	var sealed []byte
	if err := s.reader().row(ctx, `SELECT sealed FROM controllers WHERE id = ?`, id).Scan(&sealed); err != nil {
		return k, noController(err, id)
	}
	if len(sealed) == 0 {
		return k, nil
	}
	err = s.seal.openJSON(sealed, controllerKeysRow(id), &k)
	return k, err
}

// Controller gives a controller; CodeNotFound when there is none of that id.
func (s *Store) Controller(ctx context.Context, id int64) (slipway.Controller, error) {
	c, err := scanController(s.reader().row(ctx, controllerColumns+` WHERE c.id = ?`, id))
	return c, noController(err, id)
}

func noController(err error, id int64) error {
	return missing(err, "there is no Jenkins controller %d", id)
}

// ControllerOf gives the controller that a team's builds are shown in: its
// own, else the platform's; CodeNotFound when there is neither.
func (s *Store) ControllerOf(ctx context.Context, team string) (slipway.Controller, error) {
	c, err := scanController(s.reader().row(ctx, controllerColumns+` WHERE t.name = ? OR c.team IS NULL ORDER BY CASE WHEN c.team IS NULL THEN 1 ELSE 0 END LIMIT 1`, team))
	return c, missing(err, "the team %s has no Jenkins controller, and neither has the platform", team)
}

// Controllers lists a team's own, with "" those of all and the platform's.
func (s *Store) Controllers(ctx context.Context, team string) (all []slipway.Controller, err error) {
	query, args := filtered(controllerColumns, when(team != "", `t.name = ?`, team))
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		c, err := scanController(rows)
		all = append(all, c)
		return err
	}, query+` ORDER BY c.id`, args...)
	return all, err
}

// RemoveController forgets a controller and its keys. What is there stays
// there: who would take the jobs away has no token any more. Its runs are
// followed no longer.
func (s *Store) RemoveController(ctx context.Context, id int64) error {
	return s.writer.tx(ctx, func(t tx) error {
		n, err := t.exec(ctx, `DELETE FROM controllers WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return noController(sql.ErrNoRows, id)
		}
		_, err = t.exec(ctx, `UPDATE jenkins_runs SET state = ?, note = 'the controller was removed here' WHERE controller = ? AND state IN ('waits', 'asked', 'queued', 'runs')`,
			string(slipway.RunLost), id)
		return err
	})
}

func scanController(row scanner) (c slipway.Controller, err error) {
	var created int64
	err = row.Scan(&c.ID, &c.Team, &c.URL, &c.User, &c.Folder, &c.CA, &c.Reports, &created)
	c.Created = timeOf(created)
	return c, err
}
