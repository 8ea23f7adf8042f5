package store

import (
	"context"
	"database/sql"
	"time"
)

// Message is something to tell somebody else.
type Message struct {
	ID    int64
	Key   string // messages of one key are delivered in order
	Body  string
	Tries int // that failed
}

// post adds a message; it is there when the transaction is committed.
func (t tx) post(ctx context.Context, topic, key, body string, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO outbox (topic, key, body, due) VALUES (?, ?, ?, ?)`, topic, key, body, micros(at))
	return err
}

// Due gives up to most messages of a topic whose time has come, oldest first,
// and of each key only the first that was not delivered: what comes after it
// waits for it.
func (s *Store) Due(ctx context.Context, topic string, now time.Time, most int) (messages []Message, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var m Message
		err := rows.Scan(&m.ID, &m.Key, &m.Body, &m.Tries)
		messages = append(messages, m)
		return err
	}, `SELECT id, key, body, tries FROM outbox WHERE topic = ? AND due <= ?
		AND id IN (SELECT MIN(id) FROM outbox WHERE topic = ? GROUP BY key) ORDER BY id LIMIT ?`, topic, micros(now), topic, most)
	return messages, err
}

// Delivered forgets a message.
func (s *Store) Delivered(ctx context.Context, id int64) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `DELETE FROM outbox WHERE id = ?`, id)
		return err
	})
}

// Postpone has a message tried again later.
func (s *Store) Postpone(ctx context.Context, id int64, due time.Time) error {
	return s.writer.tx(ctx, func(t tx) error {
		_, err := t.exec(ctx, `UPDATE outbox SET due = ?, tries = tries + 1 WHERE id = ?`, micros(due), id)
		return err
	})
}

// Waiting counts the messages of a topic.
func (s *Store) Waiting(ctx context.Context, topic string) (n int, err error) {
	err = s.reader().row(ctx, `SELECT COUNT(*) FROM outbox WHERE topic = ?`, topic).Scan(&n)
	return n, err
}
