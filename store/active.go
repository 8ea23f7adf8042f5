package store

import (
	"context"
	"database/sql"

	"github.com/slipway-ci/slipway"
)

// Active gives the builds that wait and those that run, oldest first: what
// dispatch decides about, many times a second and when ten thousand wait. So
// it reads one table row by row, and services once, and leaves path, needs and
// class to Build.
func (s *Store) Active(ctx context.Context) (builds []slipway.ActiveBuild, err error) {
	t := s.reader()
	const active = ` FROM builds WHERE state IN ('queued', 'running')`
	var n int
	if err := t.row(ctx, `SELECT COUNT(*)`+active).Scan(&n); err != nil || n == 0 {
		return nil, err
	}
	builds = make([]slipway.ActiveBuild, 0, n)
	services := make([]int64, 0, n)
	if err := t.each(ctx, func(rows *sql.Rows) error {
		builds = append(builds, slipway.ActiveBuild{})
		service, err := scanActive(rows, &builds[len(builds)-1])
		services = append(services, service)
		return err
	}, `SELECT id, service, event, state, ref, object, pull, trust, priority, forced, created, started, attempt, strikes, worker, reason, offered, offered_to, due`+active+` ORDER BY id`); err != nil {
		return nil, err
	}
	byID, err := t.limits(ctx) // after the builds: it has every service of theirs
	for i, id := range services {
		builds[i].Service, builds[i].Limit = byID[id].Name, byID[id].Limit
	}
	return builds, err
}

func scanActive(row scanner, a *slipway.ActiveBuild) (service int64, err error) {
	var created, started, offered, due int64
	err = row.Scan(&a.ID, &service, &a.Event, &a.State, &a.Ref, &a.Commit, &a.Pull, &a.Trust, &a.Priority, &a.Force,
		&created, &started, &a.Attempt, &a.Strikes, &a.Worker, &a.Reason, &offered, &a.OfferedTo, &due)
	a.Created, a.Started, a.Offered, a.Due = timeOf(created), timeOf(started), timeOf(offered), timeOf(due)
	return service, err
}

// limits gives the names and limits of all services.
func (t tx) limits(ctx context.Context) (map[int64]slipway.Service, error) {
	all := map[int64]slipway.Service{}
	err := t.each(ctx, func(rows *sql.Rows) error {
		var v slipway.Service
		err := rows.Scan(&v.ID, &v.Name.Team, &v.Name.Name, &v.Limit)
		all[v.ID] = v
		return err
	}, `SELECT s.id, t.name, s.name, s.most FROM services s JOIN teams t ON t.id = s.team`)
	return all, err
}
