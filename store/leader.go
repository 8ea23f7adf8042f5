package store

import (
	"context"
	"database/sql"
	"sync"
)

// leadership is the number of PostgreSQL's advisory lock that whoever
// dispatches holds.
const leadership = 0x736c6970776179 // "slipway"

// Leader tells which one of several control planes dispatches. Of a SQLite
// record there is only one.
type Leader struct {
	store *Store
	mu    sync.Mutex
	conn  *sql.Conn // that holds the lock; nil when this one does not lead
}

// Leader gives a candidate; Close gives the lead away.
func (s *Store) Leader() *Leader { return &Leader{store: s} }

// Lead tells whether this one leads now; one that does not is a candidate at
// each call. The lock is the connection's: when that breaks, another one may
// lead, and this one learns it at its next call.
func (l *Leader) Lead(ctx context.Context) bool {
	if !l.store.dialect.dollar {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		if l.conn.PingContext(ctx) == nil {
			return true
		}
		l.drop()
	}
	conn, err := l.store.read.Conn(ctx)
	if err != nil {
		return false
	}
	l.conn = conn
	var held bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, leadership).Scan(&held); err != nil || !held {
		l.drop()
		return false
	}
	return true
}

// Close gives the lead away.
func (l *Leader) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drop()
	return nil
}

// drop gives the lead away.
func (l *Leader) drop() {
	if l.conn == nil {
		return
	}
	abandon(l.conn)
	l.conn = nil
}
