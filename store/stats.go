package store

import (
	"context"
	"database/sql"
	"time"
)

// Stats are figures for those who watch.
type Stats struct {
	Queued, Running int
	Outbox          map[string]int // messages that wait, by topic
	OldestQueued    time.Time      // when the build that waits longest was made
}

// Stats counts.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	out := Stats{Outbox: map[string]int{}}
	var oldest int64
	err := s.reader().row(ctx, `SELECT (SELECT COUNT(*) FROM builds WHERE state = 'queued'), (SELECT COUNT(*) FROM builds WHERE state = 'running'),
		COALESCE((SELECT MIN(created) FROM builds WHERE state = 'queued'), 0)`).Scan(&out.Queued, &out.Running, &oldest)
	if err != nil {
		return out, err
	}
	out.OldestQueued = timeOf(oldest)
	err = s.reader().each(ctx, func(rows *sql.Rows) error {
		var topic string
		var n int
		err := rows.Scan(&topic, &n)
		out.Outbox[topic] = n
		return err
	}, `SELECT topic, COUNT(*) FROM outbox GROUP BY topic`)
	return out, err
}
