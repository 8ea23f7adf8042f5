package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/slipway-ci/slipway"
)

// Head gives where a ref stands: where its repository was last seen to have
// it, once that is known, else where an event last moved it. It is "" when the
// ref is gone; ok is false for one that no event has moved. The head of a pull
// request is pull/NUMBER.
func (s *Store) Head(ctx context.Context, connection int64, ref string) (commit string, ok bool, err error) {
	err = s.reader().row(ctx, `SELECT CASE WHEN object = '' OR verified = '' THEN object ELSE verified END FROM heads WHERE connection = ? AND ref = ?`,
		connection, ref).Scan(&commit)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return commit, err == nil, err
}

// movedTo is the condition of an event that moved a branch to a commit.
const movedTo = `connection = ? AND ref = ? AND object = ? AND object <> ''`

// Moved gives the last event that moved a branch to a commit; CodeNotFound
// when none did.
func (s *Store) Moved(ctx context.Context, connection int64, ref, commit string) (slipway.EventRecord, error) {
	e, err := scanEvent(s.reader().row(ctx, eventColumns+` WHERE `+movedTo+` ORDER BY id DESC LIMIT 1`, connection, ref, commit))
	return e, missing(err, "no event moved %s to %s", ref, commit)
}

// Verify records that a repository was seen to have a branch at a commit. When
// that is not where an event last moved it, there is an event to be made
// first: nothing is recorded, and known is false.
func (s *Store) Verify(ctx context.Context, connection int64, ref, commit string, seen time.Time) (known bool, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		known = false
		var team int64
		if err := t.row(ctx, `SELECT team FROM connections WHERE id = ? AND removed = 0`+t.dialect.forUpdate(), connection).Scan(&team); err != nil {
			return noConnection(err, connection)
		}
		h, err := t.lockHead(ctx, connection, ref)
		if err != nil || commit == "" || h.object != commit {
			return err
		}
		known = true
		before := h.verified
		if err := t.verify(ctx, &h, commit, seen); err != nil || h.verified == before {
			return err
		}
		return t.stand(ctx, h, before, seen)
	})
	return known, err
}

// head is a ref's row.
type head struct {
	connection            int64
	ref, object, verified string
	seen                  int64
}

// stands is where it stands, as Head has it.
func (h head) stands() string {
	if h.object == "" || h.verified == "" {
		return h.object
	}
	return h.verified
}

// lockHead reads a ref that the transaction is about to change. One that no
// event has moved is one that is gone.
func (t tx) lockHead(ctx context.Context, connection int64, ref string) (head, error) {
	h := head{connection: connection, ref: ref}
	err := t.row(ctx, `SELECT object, verified, seen FROM heads WHERE connection = ? AND ref = ?`+t.dialect.forUpdate(), connection, ref).Scan(&h.object, &h.verified, &h.seen)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return h, err
}

// verify takes over where a repository was seen to have a ref, unless it is
// gone, or somebody looked later.
func (t tx) verify(ctx context.Context, h *head, commit string, seen time.Time) error {
	if h.object == "" || micros(seen) < h.seen {
		return nil
	}
	h.verified, h.seen = commit, micros(seen)
	_, err := t.exec(ctx, `UPDATE heads SET verified = ?, seen = ? WHERE connection = ? AND ref = ?`, h.verified, h.seen, h.connection, h.ref)
	return err
}

// follow takes over where an expansion found the ref of a push to stand, and
// has tags follow. The worker's clock may be wrong: it saw nothing later than
// now.
func (w *expanding) follow(ctx context.Context, x slipway.Expansion) error {
	e := w.event.Event
	if e.Kind != slipway.EventPush || e.Deleted() {
		return nil
	}
	h, err := w.lockHead(ctx, w.event.Connection, e.Ref)
	if err != nil {
		return err
	}
	before := h.verified
	if w.head != "" {
		seen := x.Read
		if seen.After(w.at) {
			seen = w.at
		}
		if err := w.verify(ctx, &h, w.head, seen); err != nil {
			return err
		}
	}
	switch {
	case h.verified != before:
		return w.stand(ctx, h, before, w.at)
	case h.stands() == e.After: // what it left unchanged is known only now
		return w.stand(ctx, h, "", w.at)
	default:
		return nil
	}
}

// told gives where the ref of a push was seen to stand, "" when neither this
// event nor another one has told of that.
func (w *expanding) told(ctx context.Context, head string) (string, error) {
	e := w.event.Event
	if e.Kind != slipway.EventPush || e.Deleted() || head == "" {
		return "", nil
	}
	if head == e.After {
		return head, nil
	}
	var there bool
	err := w.row(ctx, `SELECT EXISTS (SELECT 1 FROM events WHERE `+movedTo+`)`, w.event.Connection, e.Ref, head).Scan(&there)
	if !there {
		return "", err
	}
	return head, err
}

// late tells whether the event's push was not the last one.
func (w *expanding) late() bool { return w.head != "" && w.head != w.event.Event.After }

// standing selects the builds that services may be at a commit of a branch:
// those of the commit itself, and those that the events which moved the branch
// there left as they were.
const standing = `SELECT b.id FROM builds b JOIN services s ON s.id = b.service WHERE s.connection = ? AND b.ref = ? AND b.object = ?
	UNION SELECT build FROM unchanged WHERE event IN (SELECT id FROM events WHERE ` + movedTo + `)`

// stand has the tags of what succeeded before its commit became the head moved
// now, without what was there at the head before, too. What has not ended yet
// moves them when it does: it is locked, so that it does so after this.
func (t tx) stand(ctx context.Context, h head, before string, at time.Time) error {
	var args []any
	for _, commit := range []string{h.stands(), before} {
		for range 2 {
			args = append(args, h.connection, h.ref, commit)
		}
	}
	type made struct{ build, service int64 }
	var all []made
	err := t.each(ctx, func(rows *sql.Rows) error {
		var m made
		var state string
		err := rows.Scan(&m.build, &m.service, &state)
		if slipway.BuildState(state) == slipway.BuildSucceeded {
			all = append(all, m)
		}
		return err
	}, `SELECT id, service, state FROM builds WHERE pull = 0 AND state IN ('queued', 'running', 'succeeded')
		AND id IN (`+standing+`) AND id NOT IN (`+standing+`) ORDER BY id`+t.dialect.forUpdate(), args...)
	if err != nil {
		return err
	}
	for _, m := range all {
		if err := t.post(ctx, TopicTags, serviceKey(m.service), decimal(m.build), at); err != nil {
			return err
		}
	}
	return nil
}
