// Package store is the record: what was received, what was decided, what came
// of it and what it printed. SQLite keeps it in one file beside the program,
// PostgreSQL for several control planes; both pass one suite (store_test.go).
// It decides nothing: every rule that depends on more than one row is a method
// that runs in one transaction, and every report of a worker carries the
// number of its attempt, which the record compares.
package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/slipway-ci/slipway"
)

// Store is an open record. It is safe for concurrent use.
type Store struct {
	dialect dialect
	file    string // of SQLite
	read    *sql.DB
	writer  writer
}

// writer runs transactions that change something.
type writer interface {
	// tx runs do in a transaction and returns when that is durable. do may run
	// again when the database asks for it.
	tx(ctx context.Context, do func(tx) error) error
	close() error
}

// Open opens the record at an address, sqlite:FILE or postgres://…, makes it
// when it is not there, and brings its form up to this release's. A record of
// a later release is CodeUsage, a database that does not answer
// CodeUnavailable.
func Open(ctx context.Context, address string) (*Store, error) {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		return openSQLite(ctx, path)
	}
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return openPostgres(ctx, address)
	}
	return nil, slipway.Errorf(slipway.CodeUsage, "%q is not the address of a record", address).
		WithHint("write sqlite:FILE or postgres://USER@HOST/DATABASE")
}

// Close ends what waits and closes the database.
func (s *Store) Close() error { return errors.Join(s.writer.close(), s.read.Close()) }

// Ping asks the database.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return unavailable(err)
	}
	return nil
}

func unavailable(err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "the record does not answer").WithClass(slipway.ClassPlatform).Because(err)
}

// tx is a transaction, or a reader outside of one, in the dialect of its
// database: statements are written with ? for each argument.
type tx struct {
	dialect dialect
	conn    interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
}

// exec gives how many rows a statement changed.
func (t tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.conn.ExecContext(ctx, t.dialect.rebind(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (t tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.conn.QueryRowContext(ctx, t.dialect.rebind(query), args...)
}

// each calls scan for every row.
func (t tx) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.conn.QueryContext(ctx, t.dialect.rebind(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // Err says it
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// reader reads outside of a transaction: what it sees is committed.
func (s *Store) reader() tx { return tx{s.dialect, s.read} }

// micros is how times are stored: microseconds since 1970 in UTC, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOf(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
