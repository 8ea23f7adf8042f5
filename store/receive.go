package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Receive records a delivery and its events in one transaction, and gives the
// ids of the events that something will come of. The same delivery again is
// nothing at all, and so is a push to where the ref's recorded head stands
// already, or one that was told before and does not begin where the ref stands:
// whoever sends an old body under a new delivery's name moves nothing. A, then
// B, then A again are three moves.
func (s *Store) Receive(ctx context.Context, r slipway.Delivery) (ids []int64, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		ids = nil
		n, err := t.exec(ctx, `INSERT INTO deliveries (connection, delivery, received) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, r.Connection, r.ID, micros(r.At))
		if err != nil || n == 0 {
			return err
		}
		if err := t.connected(ctx, r.Connection, t.dialect.forShare()); err != nil { // what goes now waited for the delivery
			return err
		}
		for _, e := range r.Events {
			id, moved, err := t.receive(ctx, r, e)
			if err != nil {
				return err
			}
			if moved {
				ids = append(ids, id)
			}
		}
		return nil
	})
	return ids, err
}

// Start records an event that a person or Jenkins made; asked again, it is
// another event, unless it has the asker's own name (Once) and the service
// that is meant was asked for by that name before: then it is that event. It
// moves no head: that is a forge's to say.
func (s *Store) Start(ctx context.Context, connection int64, e slipway.Event, at time.Time) (event int64, err error) {
	e.Repeatable = true
	err = s.writer.tx(ctx, func(t tx) error {
		lock := t.dialect.forShare()
		if e.Once != "" {
			lock = t.dialect.forUpdate() // of two who ask at once one is second
		}
		if err := t.connected(ctx, connection, lock); err != nil {
			return err
		}
		if event, err = t.askedBefore(ctx, connection, e); err != nil || event != 0 {
			return err
		}
		if event, err = t.event(ctx, connection, e, slipway.EventPending, at); err != nil || e.Once == "" {
			return err
		}
		_, err := t.exec(ctx, `INSERT INTO asked (connection, service, once, event) VALUES (?, ?, ?, ?)`, connection, meant(e), e.Once, event)
		return err
	})
	return event, err
}

// askedBefore gives the event that the same asking has made, 0 for none. The
// connection is locked.
func (t tx) askedBefore(ctx context.Context, connection int64, e slipway.Event) (event int64, err error) {
	if e.Once == "" {
		return 0, nil
	}
	err = t.row(ctx, `SELECT event FROM asked WHERE connection = ? AND service = ? AND once = ?`, connection, meant(e), e.Once).Scan(&event)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return event, err
}

func meant(e slipway.Event) string { return strings.Join(e.Only, " ") }

// connected sees that a connection is there, and stays.
func (t tx) connected(ctx context.Context, id int64, lock string) error {
	var one int
	err := t.row(ctx, `SELECT 1 FROM connections WHERE id = ? AND removed = 0`+lock, id).Scan(&one)
	return noConnection(err, id)
}

func (t tx) event(ctx context.Context, connection int64, e slipway.Event, state slipway.EventState, at time.Time) (id int64, err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return 0, err
	}
	ref, object := "", ""
	if e.Kind == slipway.EventPush && e.After != "" {
		ref, object = e.Ref, e.After
	}
	err = t.row(ctx, `INSERT INTO events (connection, received, state, event, ref, object, notify) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		connection, micros(at), string(state), string(body), ref, object, e.Notify).Scan(&id)
	return id, err
}

func (t tx) receive(ctx context.Context, r slipway.Delivery, e slipway.Event) (id int64, moved bool, err error) {
	if id, err = t.event(ctx, r.Connection, e, slipway.EventPending, r.At); err != nil {
		return 0, false, err
	}
	note := "the ref stands there already"
	old, err := t.replayed(ctx, r, id, e)
	switch {
	case err != nil:
		return 0, false, err
	case old != 0:
		note = fmt.Sprintf("it is the push of event %d over again, and the ref has moved on since", old)
	default:
		if moved, err = t.move(ctx, r, id, e); err != nil || moved {
			return id, moved, err
		}
	}
	_, err = t.exec(ctx, `UPDATE events SET state = ?, note = ?, ref = '', object = '' WHERE id = ?`, string(slipway.EventDuplicate), note, id)
	return id, false, err
}

// mostMoves is how many moves of a ref to one commit are compared with.
const mostMoves = 100

// replayed gives the event that told of the very same move of a branch before,
// when the ref does not stand where the move begins: then nothing moved, and
// somebody sends an old body under a new delivery's name. A move that begins
// where the ref stands happens again; of one that does not say where it begins
// nobody knows, and it is believed.
func (t tx) replayed(ctx context.Context, r slipway.Delivery, event int64, e slipway.Event) (old int64, err error) {
	if e.Kind != slipway.EventPush || e.Before == "" || e.After == "" || e.Repeatable {
		return 0, nil
	}
	h, err := t.lockHead(ctx, r.Connection, e.Ref)
	if err != nil || e.Before == h.object || e.Before == h.stands() || e.After == h.object {
		return 0, err
	}
	err = t.each(ctx, func(rows *sql.Rows) error {
		before, err := scanEvent(rows)
		if before.Event.Before == e.Before {
			old = before.ID
		}
		return err
	}, eventColumns+` WHERE `+movedTo+` AND id <> ? ORDER BY id DESC LIMIT ?`, r.Connection, e.Ref, e.After, event, mostMoves)
	return old, err
}

// move moves an event's ref, and tells whether it moved. One statement reads
// and writes, so that of two equal pushes at once one is second. Of a ref that
// is gone nothing counts any more that was seen of it before.
func (t tx) move(ctx context.Context, r slipway.Delivery, event int64, e slipway.Event) (bool, error) {
	if e.Kind == slipway.EventManual || e.Kind == slipway.EventJenkins {
		return true, nil
	}
	ref, object := headOf(e)
	always := e.Repeatable || e.Kind == slipway.EventPullRequest && e.After == "" && !e.Deleted()
	var gone time.Time
	if object == "" {
		gone = r.At
	}
	n, err := t.exec(ctx, `INSERT INTO heads (connection, ref, object, event, seen) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (connection, ref) DO UPDATE SET object = excluded.object, event = excluded.event,
			verified = CASE excluded.object WHEN '' THEN '' ELSE heads.verified END, seen = CASE excluded.object WHEN '' THEN excluded.seen ELSE heads.seen END
		WHERE heads.object <> excluded.object OR 1 = ?`,
		r.Connection, ref, object, event, micros(gone), bit(always))
	return n > 0, err
}

// headOf says what an event moves, and where to: a ref, or a pull request,
// whose closing moves it to nowhere.
func headOf(e slipway.Event) (ref, object string) {
	switch {
	case e.Pull == nil:
		return e.Ref, e.After
	case e.Pull.Action == slipway.PullClosed:
		return pullRef(e.Pull.Number), ""
	default:
		return pullRef(e.Pull.Number), e.After
	}
}

func pullRef(number int) string { return fmt.Sprintf("pull/%d", number) }
