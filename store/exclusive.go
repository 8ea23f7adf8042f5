package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// exclusion is the first of the two numbers of the advisory locks that
// Exclusively takes; the second is of the name.
const exclusion = 0x736c6970 // "slip"

// Exclusively does something that no other control plane on the same record
// does under that name meanwhile; it waits for its turn until ctx ends. Of a
// SQLite record there is one control plane, so nothing is to be waited for:
// within one process callers have locks of their own.
func (s *Store) Exclusively(ctx context.Context, name string, do func(context.Context) error) error {
	if !s.dialect.dollar {
		return do(ctx)
	}
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return unavailable(err)
	}
	defer conn.Close() //nolint:errcheck // it goes back to the pool, or has ended
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1, hashtext($2))`, exclusion, name); err != nil {
		abandon(conn)
		return unavailable(err)
	}
	err = do(ctx)
	if _, unlock := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1, hashtext($2))`, exclusion, name); unlock != nil {
		abandon(conn)
	}
	return err
}

// abandon ends a connection for good: the locks that it may have are the
// session's, and would go back to the pool with it.
func abandon(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}
