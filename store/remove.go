package store

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
)

// RemoveConnection takes a connection away: its keys are gone at once, its
// services and their secrets with it; what waits is cancelled, what runs is
// stopped, and what was told and not looked at ends. With services it is
// CodeConflict, which lists them, unless it is forced. Its builds and their
// logs are the team's until they are forgotten. All of it is one transaction.
func (s *Store) RemoveConnection(ctx context.Context, id int64, force bool, who string, at time.Time) (gone slipway.Removed, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		gone = slipway.Removed{}
		if err := t.lockConnection(ctx, id); err != nil {
			return err
		}
		services, err := t.services(ctx, when(true, `s.connection = ?`, id))
		if err != nil {
			return err
		}
		if len(services) > 0 && !force {
			return inTheWay(fmt.Sprintf("connection %d", id), namesOf(services))
		}
		return t.removeConnection(ctx, &gone, id, "connection "+decimal(id)+" was removed by "+who, at)
	})
	return gone, err
}

// RemoveTeam takes a team away with its connections, secrets, policies and
// tokens, as RemoveConnection does each. With connections it is CodeConflict,
// which lists them, unless it is forced. Its builds, their logs and its audit
// log are left under a name of their own, which no token of a team opens, so
// that another team may have the name.
func (s *Store) RemoveTeam(ctx context.Context, name string, force bool, who string, at time.Time) (gone slipway.Removed, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		gone = slipway.Removed{}
		var team int64
		if err := t.row(ctx, `SELECT id FROM teams WHERE name = ? AND removed = 0`+t.dialect.forRemoval(), name).Scan(&team); err != nil {
			return missing(err, "there is no team %s", name)
		}
		connections, err := t.connections(ctx, name)
		if err != nil {
			return err
		}
		if len(connections) > 0 && !force {
			return inTheWay("the team "+name, connectionsOf(connections))
		}
		for _, c := range connections {
			if err := t.lockConnection(ctx, c.ID); err != nil {
				return err
			}
			if err := t.removeConnection(ctx, &gone, c.ID, "the team was removed by "+who, at); err != nil {
				return err
			}
		}
		return t.endTeam(ctx, &gone, team, name)
	})
	return gone, err
}

func inTheWay(what string, list []string) error {
	return slipway.Errorf(slipway.CodeConflict, "%s still has what is listed", what).
		WithHint("remove that first, or all of it at once with --force (?force=true)").WithDetails(list...)
}

func namesOf(services []slipway.Service) (list []string) {
	for _, v := range services {
		list = append(list, "service "+v.Name.String())
	}
	return list
}

func connectionsOf(connections []slipway.Connection) (list []string) {
	for _, c := range connections {
		list = append(list, fmt.Sprintf("connection %d to %s", c.ID, c.URL))
	}
	return list
}

// lockConnection keeps others from adding to a connection that is to go.
func (t tx) lockConnection(ctx context.Context, id int64) error {
	var one int
	err := t.row(ctx, `SELECT 1 FROM connections WHERE id = ? AND removed = 0`+t.dialect.forRemoval(), id).Scan(&one)
	return noConnection(err, id)
}

func (t tx) removeConnection(ctx context.Context, gone *slipway.Removed, id int64, reason string, at time.Time) error {
	services, err := t.services(ctx, when(true, `s.connection = ?`, id))
	if err != nil {
		return err
	}
	gone.Connections = append(gone.Connections, id)
	for _, v := range services {
		gone.Services = append(gone.Services, v.Name)
	}
	if err := t.endAll(ctx, gone, id, reason, at); err != nil {
		return err
	}
	if err := t.postJobs(ctx, "remove", when(true, `b.connection = ? AND b.removed = 0`, id)); err != nil {
		return err
	}
	for _, change := range []struct {
		statement string
		args      []any
	}{
		{`UPDATE events SET state = ?, note = ?, offered = 0, offered_to = '' WHERE connection = ? AND state IN ('pending', 'held')`, []any{string(slipway.EventFailed), reason, id}},
		{`DELETE FROM secrets WHERE EXISTS (SELECT 1 FROM services s WHERE s.connection = ? AND s.removed = 0 AND s.team = secrets.team AND s.name = secrets.service)`, []any{id}},
		{`DELETE FROM downstream WHERE service IN (SELECT id FROM services WHERE connection = ?)`, []any{id}},
		{`UPDATE services SET removed = 1 WHERE connection = ?`, []any{id}},
		{`DELETE FROM heads WHERE connection = ?`, []any{id}},
		{`UPDATE connections SET removed = 1, sealed = ? WHERE id = ?`, []any{[]byte{}, id}},
	} {
		if _, err := t.exec(ctx, change.statement, change.args...); err != nil {
			return err
		}
	}
	return nil
}

// endAll cancels what waits or runs of a connection's services.
func (t tx) endAll(ctx context.Context, gone *slipway.Removed, connection int64, reason string, at time.Time) error {
	builds, err := t.ids(ctx, `SELECT b.id FROM builds b JOIN services s ON s.id = b.service WHERE s.connection = ? AND b.state IN ('queued', 'running') ORDER BY b.id`+t.dialect.forUpdate(), connection)
	if err != nil {
		return err
	}
	for _, id := range builds {
		b, err := scanBuild(t.row(ctx, `SELECT `+buildColumns+buildTables+`WHERE b.id = ?`, id))
		if err != nil {
			return err
		}
		if err := t.end(ctx, id, slipway.BuildCancelled, reason, at); err != nil {
			return err
		}
		gone.Builds = append(gone.Builds, id)
		if b.State == slipway.BuildRunning {
			gone.Stopped = append(gone.Stopped, slipway.Attempt{Build: id, Number: b.Attempt, Worker: b.Worker})
		}
	}
	return nil
}

func (t tx) endTeam(ctx context.Context, gone *slipway.Removed, team int64, name string) error {
	tokens, err := t.exec(ctx, `DELETE FROM tokens WHERE team = ?`, team)
	if err != nil {
		return err
	}
	gone.Tokens = int(tokens)
	for _, table := range []string{"secrets", "policies", "controllers"} {
		if _, err := t.exec(ctx, `DELETE FROM `+table+` WHERE team = ?`, team); err != nil {
			return err
		}
	}
	gone.Name = slipway.RemovedTeam(name, team)
	if _, err := t.exec(ctx, `UPDATE audit SET team = ? WHERE team = ?`, gone.Name, name); err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE teams SET removed = 1, name = ? WHERE id = ?`, gone.Name, team)
	return err
}
