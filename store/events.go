package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
)

const eventColumns = `SELECT id, connection, received, state, note, approved, event, offered, offered_to FROM events`

// Event gives an event; CodeNotFound when there is none of that id.
func (s *Store) Event(ctx context.Context, id int64) (slipway.EventRecord, error) {
	e, err := scanEvent(s.reader().row(ctx, eventColumns+` WHERE id = ?`, id))
	return e, noEvent(err, id)
}

func noEvent(err error, id int64) error { return missing(err, "there is no event %d", id) }

// Events gives a page of a connection's events, of 0 those of all, newest
// first. Before is the id of the last one of the page before, 0 for the first
// page.
func (s *Store) Events(ctx context.Context, connection, before int64, most int) ([]slipway.EventRecord, error) {
	query, args := filtered(eventColumns, when(connection != 0, `connection = ?`, connection), when(before != 0, `id < ?`, before))
	return s.events(ctx, query+` ORDER BY id DESC LIMIT ?`, append(args, most)...)
}

// Pending gives up to most events that were not expanded yet, oldest first.
// When there are more, repositories take turns: one whose events are stuck
// keeps back no other's.
func (s *Store) Pending(ctx context.Context, most int) ([]slipway.EventRecord, error) {
	return s.events(ctx, eventColumns+` WHERE id IN (SELECT id FROM
		(SELECT id, ROW_NUMBER() OVER (PARTITION BY connection ORDER BY id) AS turn FROM events WHERE state = 'pending') AS waiting
		ORDER BY turn, id LIMIT ?) ORDER BY id`, most)
}

func (s *Store) events(ctx context.Context, query string, args ...any) (all []slipway.EventRecord, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		all = append(all, e)
		return err
	}, query, args...)
	return all, err
}

func scanEvent(row scanner) (e slipway.EventRecord, err error) {
	var received, offered int64
	var body string
	if err := row.Scan(&e.ID, &e.Connection, &received, &e.State, &e.Note, &e.Approved, &body, &offered, &e.OfferedTo); err != nil {
		return e, err
	}
	e.Received, e.Offered = timeOf(received), timeOf(offered)
	if err := json.Unmarshal([]byte(body), &e.Event); err != nil {
		return e, fmt.Errorf("event %d: %w", e.ID, err)
	}
	return e, nil
}

// lockEvent reads an event that the transaction is about to change.
func (t tx) lockEvent(ctx context.Context, id int64) (slipway.EventRecord, error) {
	e, err := scanEvent(t.row(ctx, eventColumns+` WHERE id = ?`+t.dialect.forUpdate(), id))
	return e, noEvent(err, id)
}

// Hold keeps a pending event until it is approved. One that is held stays so;
// any other is CodeConflict.
func (s *Store) Hold(ctx context.Context, event int64, note string) error {
	return s.writer.tx(ctx, func(t tx) error {
		e, err := t.lockEvent(ctx, event)
		if err != nil || e.State == slipway.EventHeld {
			return err
		}
		if e.State != slipway.EventPending {
			return slipway.Errorf(slipway.CodeConflict, "event %d is %s", event, e.State)
		}
		return t.endEvent(ctx, e, slipway.EventHeld, note, time.Time{})
	})
}

// endEvent says what became of an event.
func (t tx) endEvent(ctx context.Context, e slipway.EventRecord, state slipway.EventState, note string, at time.Time) error {
	if _, err := t.exec(ctx, `UPDATE events SET state = ?, note = ?, offered = 0, offered_to = '' WHERE id = ?`, string(state), note[:min(len(note), maxReason)], e.ID); err != nil {
		return err
	}
	if err := t.post(ctx, TopicStatus, "connection:"+decimal(e.Connection), "event:"+decimal(e.ID), at); err != nil || e.Event.Notify == "" || state == slipway.EventHeld {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO outbox (topic, key, body, due, posted) SELECT ?, 'event:' || e.id, 'event:' || e.id, ?, ? FROM events e
		WHERE e.id = ? AND NOT EXISTS (SELECT 1 FROM builds b WHERE b.event = e.id)`, TopicNotify, micros(at), micros(at), e.ID)
	return err
}

// Approve lets a held event go on, when commit is what it brought and still
// the head of its pull request: who approves has seen that commit and no
// other. Anything else is CodeConflict.
func (s *Store) Approve(ctx context.Context, event int64, commit, who string, at time.Time) error {
	return s.writer.tx(ctx, func(t tx) error {
		e, err := t.lockEvent(ctx, event)
		if err != nil {
			return err
		}
		if e.State != slipway.EventHeld {
			return slipway.Errorf(slipway.CodeConflict, "event %d is %s and waits for no approval", event, e.State)
		}
		ref, object := headOf(e.Event)
		var head string
		if err := t.row(ctx, `SELECT object FROM heads WHERE connection = ? AND ref = ?`+t.dialect.forUpdate(), e.Connection, ref).Scan(&head); err != nil {
			return missing(err, "%s has no head", ref)
		}
		if commit == "" || object != commit || head != commit {
			return slipway.Errorf(slipway.CodeConflict, "%s is not the commit that %s stands at", commit, ref).WithHint("look at what it has now, and approve that")
		}
		if _, err := t.exec(ctx, `UPDATE events SET state = ?, note = '', approved = ? WHERE id = ?`, string(slipway.EventPending), who, event); err != nil {
			return err
		}
		return t.post(ctx, TopicStatus, "connection:"+decimal(e.Connection), "event:"+decimal(event), at)
	})
}

// Note says of an event that waits why it does; of any other nothing is
// changed.
func (s *Store) Note(ctx context.Context, event int64, note string) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `UPDATE events SET note = ? WHERE id = ? AND state = 'pending'`, note[:min(len(note), maxReason)], event)
		return err
	})
}
