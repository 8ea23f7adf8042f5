package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/slipway-ci/slipway"
)

// Topics of the outbox.
const (
	// TopicStatus tells a forge how things stand. Body: "build:ID",
	// "unchanged:ID" or "event:ID"; key: the service, of an event the
	// connection.
	TopicStatus = "status"
	// TopicTags moves an image's moving tags. Body: the build's id; key: the
	// service.
	TopicTags = "tags"
	// TopicJenkins shows a build in Jenkins. Body: "build:ID", or
	// "provision:TEAM/NAME" and "remove:TEAM/NAME" of a service's job; key: the
	// service.
	TopicJenkins = "jenkins"
	// TopicDownstream has Jenkins do what comes after a build. Body:
	// "build:ID"; key: the service.
	TopicDownstream = "downstream"
	// TopicNotify tells who asked for a build how it ended. Body: "build:ID",
	// or "event:ID" when no build came of the event; key: the event.
	TopicNotify = "notify"
)

// post adds a message; it is there when the transaction is committed.
func (t tx) post(ctx context.Context, topic, key, body string, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO outbox (topic, key, body, due, posted) VALUES (?, ?, ?, ?, ?)`, topic, key, body, micros(at), micros(at))
	return err
}

func serviceKey(service int64) string { return "service:" + decimal(service) }

// moved tells that a build is in another state, and when that is an end it
// tells the same of the services that are still that build.
func (t tx) moved(ctx context.Context, build, service int64, at time.Time) error {
	if err := t.post(ctx, TopicStatus, serviceKey(service), "build:"+decimal(build), at); err != nil {
		return err
	}
	_, err := t.exec(ctx, `INSERT INTO outbox (topic, key, body, due) SELECT ?, ?, 'unchanged:' || u.id, ? FROM unchanged u JOIN builds b ON b.id = u.build
		WHERE u.build = ? AND u.required = 1 AND b.ended > 0 ORDER BY u.id`, TopicStatus, serviceKey(service), micros(at), build)
	if err != nil {
		return err
	}
	return t.movedOutside(ctx, build, service, at)
}

// movedOutside tells Jenkins of a build that runs or has ended, and who asked
// for it that it has ended. What never ran is not shown in Jenkins, as
// Jenkins shows nothing of what left its own queue without being run.
func (t tx) movedOutside(ctx context.Context, build, service int64, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO outbox (topic, key, body, due, posted)
		SELECT '`+TopicJenkins+`', ?, 'build:' || b.id, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM builds b JOIN controllers c ON`+controls+`
			WHERE b.id = ? AND b.attempt > 0 AND (b.ended > 0 AND c.reports <> 'none' OR b.state = 'running' AND c.reports = 'follow')
		UNION ALL SELECT '`+TopicNotify+`', 'event:' || e.id, 'build:' || b.id, CAST(? AS BIGINT), CAST(? AS BIGINT) FROM builds b JOIN events e ON e.id = b.event
			WHERE b.id = ? AND b.ended > 0 AND e.notify <> ''`,
		serviceKey(service), micros(at), micros(at), build, micros(at), micros(at), build)
	return err
}

// Due gives up to most messages of a topic whose time has come, oldest first,
// and of each key only the first that was not delivered: what comes after it
// waits for it.
func (s *Store) Due(ctx context.Context, topic string, now time.Time, most int) (messages []slipway.Message, err error) {
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var m slipway.Message
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
