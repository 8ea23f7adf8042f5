package store

import (
	"context"
	"time"
)

// Ages says up to when what is kept. A zero time keeps everything.
type Ages struct {
	Deliveries time.Time // received before: the forge's names for them, by which one that comes again is known
	Logs       time.Time // of builds that ended before
	Builds     time.Time // that ended before, with their logs, and events of before that nothing refers to any more
}

// Forgotten counts what was forgotten.
type Forgotten struct {
	Deliveries, Logs, Unchanged, Builds, Events int64 // Logs are those of so many builds
}

// forgetAtOnce is how many rows one transaction forgets, so that others get
// their turn.
const forgetAtOnce = 500

// disposable are builds b that ended before a time, without the last success
// of a ref that still stands, which tells what has changed since, and those of
// the commit where it stands.
const disposable = ` b.ended > 0 AND b.ended < ? AND (b.state <> 'succeeded'
	OR EXISTS (SELECT 1 FROM builds l WHERE l.service = b.service AND l.ref = b.ref AND l.pull = b.pull AND l.event > b.event AND l.state = 'succeeded')
		AND NOT EXISTS (SELECT 1 FROM heads h JOIN services s ON s.connection = h.connection WHERE s.id = b.service AND h.ref = b.ref AND b.pull = 0 AND h.verified = b.object)
	OR EXISTS (SELECT 1 FROM heads h JOIN services s ON s.connection = h.connection WHERE s.id = b.service AND h.object = ''
		AND h.ref = CASE b.pull WHEN 0 THEN b.ref ELSE 'pull/' || b.pull END)
	OR EXISTS (SELECT 1 FROM services s JOIN connections c ON c.id = s.connection WHERE s.id = b.service AND c.removed = 1))`

// Forget lets go of what is older than it has to be kept: nothing of a build
// that waits or runs, and nothing of the last success of a ref that still
// stands. It works in small transactions; what it had forgotten before an
// error is counted.
func (s *Store) Forget(ctx context.Context, before Ages) (n Forgotten, err error) {
	for _, part := range []struct {
		count *int64
		until time.Time
		do    func(tx, context.Context, int64) (int64, error)
	}{
		{&n.Deliveries, before.Deliveries, tx.forgetDeliveries},
		{&n.Logs, before.Logs, tx.forgetLogs},
		{&n.Unchanged, before.Builds, tx.forgetUnchanged},
		{&n.Builds, before.Builds, tx.forgetBuilds},
		{&n.Events, before.Builds, tx.forgetEvents},
		{new(int64), before.Builds, tx.forgetRemoved},
	} {
		if part.until.IsZero() {
			continue
		}
		for more := true; more; {
			var some int64
			if err := s.writer.tx(ctx, func(t tx) error {
				some, err = part.do(t, ctx, micros(part.until))
				return err
			}); err != nil {
				return n, err
			}
			*part.count += some
			more = some == forgetAtOnce
		}
	}
	return n, nil
}

func (t tx) forgetDeliveries(ctx context.Context, before int64) (int64, error) {
	return t.exec(ctx, `DELETE FROM deliveries WHERE (connection, delivery) IN
		(SELECT connection, delivery FROM deliveries WHERE received < ? ORDER BY received LIMIT ?)`, before, forgetAtOnce)
}

func (t tx) forgetLogs(ctx context.Context, before int64) (int64, error) {
	builds, err := t.ids(ctx, `SELECT b.id FROM builds b WHERE`+disposable+` AND EXISTS (SELECT 1 FROM logs WHERE build = b.id) LIMIT ?`, before, forgetAtOnce)
	return t.without(ctx, builds, err, `DELETE FROM logs WHERE build = ?`)
}

// forgetUnchanged keeps what still waits for its build's end.
func (t tx) forgetUnchanged(ctx context.Context, before int64) (int64, error) {
	all, err := t.ids(ctx, `SELECT u.id FROM unchanged u JOIN events e ON e.id = u.event JOIN builds b ON b.id = u.build
		WHERE e.received < ? AND b.ended > 0 LIMIT ?`, before, forgetAtOnce)
	return t.without(ctx, all, err, `DELETE FROM unchanged WHERE id = ?`)
}

func (t tx) forgetBuilds(ctx context.Context, before int64) (int64, error) {
	builds, err := t.ids(ctx, `SELECT b.id FROM builds b WHERE`+disposable+` LIMIT ?`, before, forgetAtOnce)
	return t.without(ctx, builds, err, `DELETE FROM logs WHERE build = ?`, `DELETE FROM holds WHERE build = ?`,
		`DELETE FROM unchanged WHERE build = ?`, `DELETE FROM builds WHERE id = ?`)
}

func (t tx) forgetEvents(ctx context.Context, before int64) (int64, error) {
	events, err := t.ids(ctx, `SELECT e.id FROM events e WHERE e.received < ? AND e.state <> 'pending' AND NOT EXISTS (SELECT 1 FROM builds WHERE event = e.id)
		AND NOT EXISTS (SELECT 1 FROM heads WHERE event = e.id) AND NOT EXISTS (SELECT 1 FROM unchanged WHERE event = e.id) ORDER BY e.received LIMIT ?`, before, forgetAtOnce)
	return t.without(ctx, events, err, `DELETE FROM events WHERE id = ?`)
}

// forgetRemoved lets go of teams and connections that were removed, once
// nothing is left of what was theirs.
func (t tx) forgetRemoved(ctx context.Context, _ int64) (int64, error) {
	const emptyConnection = `SELECT c.id FROM connections c WHERE c.removed = 1 AND NOT EXISTS (SELECT 1 FROM events WHERE connection = c.id)
		AND NOT EXISTS (SELECT 1 FROM deliveries WHERE connection = c.id)
		AND NOT EXISTS (SELECT 1 FROM services s JOIN builds b ON b.service = s.id WHERE s.connection = c.id)
		AND NOT EXISTS (SELECT 1 FROM services s JOIN unchanged u ON u.service = s.id WHERE s.connection = c.id) LIMIT ?`
	connections, err := t.ids(ctx, emptyConnection, forgetAtOnce)
	n, err := t.without(ctx, connections, err, `DELETE FROM services WHERE connection = ?`, `DELETE FROM connections WHERE id = ?`)
	if err != nil {
		return n, err
	}
	teams, err := t.ids(ctx, `SELECT t.id FROM teams t WHERE t.removed = 1 AND NOT EXISTS (SELECT 1 FROM connections WHERE team = t.id) LIMIT ?`, forgetAtOnce)
	if _, err := t.without(ctx, teams, err, `DELETE FROM teams WHERE id = ?`); err != nil {
		return n, err
	}
	return n, nil
}

// without runs statements for each of some ids, and counts the ids.
func (t tx) without(ctx context.Context, ids []int64, err error, statements ...string) (int64, error) {
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		for _, s := range statements {
			if _, err := t.exec(ctx, s, id); err != nil {
				return 0, err
			}
		}
	}
	return int64(len(ids)), nil
}
