package store

import (
	"context"
	"time"

	"github.com/slipway-ci/slipway"
)

// Rebuild makes a new build of an ended one's commit, by an event of its own.
// With force it builds also what is known. It takes nobody's turn, and nobody
// takes its. One that still waits or runs is CodeConflict.
func (s *Store) Rebuild(ctx context.Context, build int64, force bool, who string, at time.Time) (id int64, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		b, err := scanBuild(t.row(ctx, `SELECT `+buildColumns+buildTables+`WHERE b.id = ?`, build))
		if err != nil {
			return noBuild(err, build)
		}
		if !b.State.Ended() {
			return t.notNow(ctx, build)
		}
		of, err := scanEvent(t.row(ctx, eventColumns+` WHERE id = ?`, b.Event))
		if err != nil {
			return err
		}
		e := slipway.Event{
			Kind: slipway.EventManual, Repository: of.Event.Repository, Ref: b.Ref, After: b.Commit, Pull: of.Event.Pull, Actor: who, Repeatable: true,
		}
		event, err := t.event(ctx, of.Connection, e, slipway.EventExpanded, at)
		if err != nil {
			return err
		}
		if err := t.present(ctx, b, of.Connection); err != nil { // what goes now waited for the event
			return err
		}
		id, err = t.again(ctx, build, event, force, at)
		return err
	})
	return id, err
}

// present sees that a build's service is still one, and of the repository that
// the build was of: from one that was removed no worker could fetch.
func (t tx) present(ctx context.Context, b slipway.Build, connection int64) error {
	var removed int
	var now int64
	if err := t.row(ctx, `SELECT s.removed, s.connection FROM services s JOIN builds b ON b.service = s.id WHERE b.id = ?`, b.ID).Scan(&removed, &now); err != nil {
		return err
	}
	if removed != 0 {
		return slipway.Errorf(slipway.CodeConflict, "the service %s was removed", b.Service)
	}
	if now != connection {
		return slipway.Errorf(slipway.CodeConflict, "the service %s is of another repository than when build %d was made", b.Service, b.ID).
			WithHint("`slipway start %s` builds what is there now", b.Service)
	}
	return nil
}

// again copies what a build is to be made of.
func (t tx) again(ctx context.Context, build, event int64, force bool, at time.Time) (id int64, err error) {
	var service int64
	err = t.row(ctx, `INSERT INTO builds (team, service, event, state, ref, object, pull, path, needs, inputs, trust, priority, forced, supersede, created)
		SELECT team, service, ?, 'queued', ref, object, pull, path, needs, inputs, trust, priority, ?, 0, ? FROM builds WHERE id = ? RETURNING id, service`,
		event, bit(force), micros(at), build).Scan(&id, &service)
	if err != nil {
		return 0, err
	}
	return id, t.moved(ctx, id, service, at)
}
