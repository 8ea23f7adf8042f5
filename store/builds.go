package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/slipway-ci/slipway"
)

const buildColumns = `b.id, t.name, s.name, b.event, b.state, b.ref, b.object, b.pull, b.trust, b.priority, b.created, b.started, b.ended,
	b.attempt, b.strikes, b.worker, b.image, b.known, b.class, b.reason`

const buildTables = ` FROM builds b JOIN services s ON s.id = b.service JOIN teams t ON t.id = s.team `

// Build gives a build; CodeNotFound when there is none of that id.
func (s *Store) Build(ctx context.Context, id int64) (slipway.Build, error) {
	b, err := scanBuild(s.reader().row(ctx, `SELECT `+buildColumns+buildTables+`WHERE b.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return b, slipway.Errorf(slipway.CodeNotFound, "there is no build %d", id)
	}
	return b, err
}

// Active gives the builds that wait and those that run, oldest first: what
// dispatch decides about.
func (s *Store) Active(ctx context.Context) (builds []slipway.Build, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		b, err := scanBuild(rows)
		builds = append(builds, b)
		return err
	}, `SELECT `+buildColumns+buildTables+`WHERE b.state IN ('queued', 'running') ORDER BY b.id`)
	return builds, err
}

// Page asks for builds, newest first. A zero field asks for all.
type Page struct {
	Team   string
	Name   string // of the service
	State  slipway.BuildState
	Before int64 // id of the last one of the page before
	Most   int
}

// Builds gives a page.
func (s *Store) Builds(ctx context.Context, p Page) (builds []slipway.Build, err error) {
	query, args := `SELECT `+buildColumns+buildTables+`WHERE 1 = 1`, []any{}
	for _, filter := range []struct {
		set    bool
		clause string
		value  any
	}{
		{p.Team != "", ` AND t.name = ?`, p.Team},
		{p.Name != "", ` AND s.name = ?`, p.Name},
		{p.State != "", ` AND b.state = ?`, string(p.State)},
		{p.Before != 0, ` AND b.id < ?`, p.Before},
	} {
		if filter.set {
			query, args = query+filter.clause, append(args, filter.value)
		}
	}
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		b, err := scanBuild(rows)
		builds = append(builds, b)
		return err
	}, query+` ORDER BY b.id DESC LIMIT ?`, append(args, p.Most)...)
	return builds, err
}

func scanBuild(row interface{ Scan(dest ...any) error }) (slipway.Build, error) {
	var b slipway.Build
	var created, started, ended int64
	var known int
	var image string
	err := row.Scan(&b.ID, &b.Service.Team, &b.Service.Name, &b.Event, &b.State, &b.Ref, &b.Commit, &b.Pull, &b.Trust, &b.Priority, &created, &started, &ended,
		&b.Attempt, &b.Strikes, &b.Worker, &image, &known, &b.Class, &b.Reason)
	if err != nil {
		return b, err
	}
	b.Created, b.Started, b.Ended, b.Known = timeOf(created), timeOf(started), timeOf(ended), known != 0
	if image != "" {
		err = json.Unmarshal([]byte(image), &b.Image)
	}
	return b, err
}
