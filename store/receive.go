package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slipway-ci/slipway"
)

// Topics of the outbox.
const (
	TopicExpand = "expand" // key: the connection; body: the event's id
	TopicStatus = "status" // key: the service; body: the build's id
)

// Received is an authentic delivery of a forge.
type Received struct {
	Connection int64
	Delivery   string // the forge's own name for it
	At         time.Time
	Events     []slipway.Event
}

// Receive records a delivery and its events in one transaction, and gives the
// ids of the events that something will come of. The same delivery again is
// nothing at all, and so is a push to where the ref's recorded head stands
// already: whoever sends an old body under a new delivery's name moves
// nothing. A, then B, then A again are three moves.
func (s *Store) Receive(ctx context.Context, r Received) (ids []int64, err error) {
	err = s.writer.tx(ctx, func(t tx) error {
		ids = nil
		n, err := t.exec(ctx, `INSERT INTO deliveries (connection, delivery, received) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, r.Connection, r.Delivery, micros(r.At))
		if err != nil || n == 0 {
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

func (t tx) receive(ctx context.Context, r Received, e slipway.Event) (id int64, moved bool, err error) {
	body, err := json.Marshal(e)
	if err != nil {
		return 0, false, err
	}
	if moved, err = t.moves(ctx, r.Connection, e); err != nil {
		return 0, false, err
	}
	state, note := "pending", ""
	if !moved {
		state, note = "duplicate", "the ref stands there already"
	}
	err = t.row(ctx, `INSERT INTO events (connection, received, state, event, note) VALUES (?, ?, ?, ?, ?) RETURNING id`,
		r.Connection, micros(r.At), state, string(body), note).Scan(&id)
	if err != nil || !moved {
		return id, false, err
	}
	if _, err := t.exec(ctx, `INSERT INTO heads (connection, ref, object, event) VALUES (?, ?, ?, ?)
		ON CONFLICT (connection, ref) DO UPDATE SET object = excluded.object, event = excluded.event`, r.Connection, headOf(e), e.After, id); err != nil {
		return 0, false, err
	}
	return id, true, t.post(ctx, TopicExpand, fmt.Sprint(r.Connection), fmt.Sprint(id), r.At)
}

// moves tells whether an event moves its ref. The head is locked until the
// transaction ends, so that of two equal pushes at once one is second.
func (t tx) moves(ctx context.Context, connection int64, e slipway.Event) (bool, error) {
	if e.Repeatable || e.Kind == slipway.EventPullRequest && e.After == "" {
		return true, nil
	}
	var head string
	err := t.row(ctx, `SELECT object FROM heads WHERE connection = ? AND ref = ?`+t.dialect.forUpdate(), connection, headOf(e)).Scan(&head)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return head != e.After, err
}

// headOf names what an event moves: a ref, or a pull request, whose closing
// moves it to nowhere.
func headOf(e slipway.Event) string {
	if e.Pull == nil {
		return e.Ref
	}
	if e.Pull.Action == slipway.PullClosed {
		return fmt.Sprintf("pull/%d/closed", e.Pull.Number)
	}
	return fmt.Sprintf("pull/%d", e.Pull.Number)
}

// Pending gives up to most events that were not expanded yet, oldest first.
func (s *Store) Pending(ctx context.Context, most int) (events map[int64]slipway.Event, order []int64, err error) {
	events = map[int64]slipway.Event{}
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var id int64
		var body string
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		var e slipway.Event
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return fmt.Errorf("event %d: %w", id, err)
		}
		events[id], order = e, append(order, id)
		return nil
	}, `SELECT id, event FROM events WHERE state = 'pending' ORDER BY id LIMIT ?`, most)
	return events, order, err
}

// Head gives where a ref stood when an event last moved it; ok is false for
// one that no event has moved.
func (s *Store) Head(ctx context.Context, connection int64, ref string) (object string, ok bool, err error) {
	err = s.reader().row(ctx, `SELECT object FROM heads WHERE connection = ? AND ref = ?`, connection, ref).Scan(&object)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return object, err == nil, err
}
