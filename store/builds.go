package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/slipway-ci/slipway"
)

const buildColumns = `b.id, t.name, s.name, b.event, b.state, b.ref, b.object, b.pull, b.path, b.needs, b.trust, b.priority, b.forced, b.created, b.started, b.ended,
	b.attempt, b.strikes, b.worker, b.image, b.known, b.breaches, b.class, b.reason`

const buildTables = ` FROM builds b JOIN services s ON s.id = b.service JOIN teams t ON t.id = b.team `

// Build gives a build; CodeNotFound when there is none of that id.
func (s *Store) Build(ctx context.Context, id int64) (slipway.Build, error) {
	b, err := scanBuild(s.reader().row(ctx, `SELECT `+buildColumns+buildTables+`WHERE b.id = ?`, id))
	return b, noBuild(err, id)
}

func noBuild(err error, id int64) error { return missing(err, "there is no build %d", id) }

// Builds gives a page.
func (s *Store) Builds(ctx context.Context, p slipway.BuildPage) (builds []slipway.Build, err error) {
	// What is rarest comes by its index: a plus keeps the team's out.
	team := `b.team`
	if p.Name != "" || p.Commit != "" || p.Event != 0 {
		team = `+b.team`
	}
	query, args := filtered(`SELECT `+buildColumns+buildTables,
		when(p.Team != "", team+` = (SELECT id FROM teams WHERE name = ?)`, p.Team),
		when(p.Name != "" && p.Team == "", `s.name = ?`, p.Name),
		when(p.Name != "" && p.Team != "", `b.service = (SELECT x.id FROM services x JOIN teams y ON y.id = x.team WHERE y.name = ? AND x.name = ?)`, p.Team, p.Name),
		when(p.State != "", `b.state = ?`, string(p.State)),
		when(p.Ref != "", `b.ref = ?`, p.Ref),
		when(p.Commit != "", `b.object = ?`, p.Commit),
		when(p.Event != 0, `b.event = ?`, p.Event),
		when(p.Before != 0, `b.id < ?`, p.Before),
	)
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		b, err := scanBuild(rows)
		builds = append(builds, b)
		return err
	}, query+` ORDER BY b.id DESC LIMIT ?`, append(args, p.Most)...)
	return builds, err
}

// scanBuild reads buildColumns.
func scanBuild(row scanner) (slipway.Build, error) {
	var b slipway.Build
	var created, started, ended int64
	var needs, image string
	err := row.Scan(
		&b.ID, &b.Service.Team, &b.Service.Name, &b.Event, &b.State, &b.Ref, &b.Commit, &b.Pull, &b.Path, &needs, &b.Trust, &b.Priority, &b.Force,
		&created, &started, &ended, &b.Attempt, &b.Strikes, &b.Worker, &image, &b.Known, &b.Breaches, &b.Class, &b.Reason,
	)
	if err != nil {
		return b, err
	}
	b.Created, b.Started, b.Ended = timeOf(created), timeOf(started), timeOf(ended)
	if b.Needs, err = words(needs); err == nil && image != "" {
		err = json.Unmarshal([]byte(image), &b.Image)
	}
	if err != nil {
		return b, fmt.Errorf("build %d: %w", b.ID, err)
	}
	return b, nil
}
