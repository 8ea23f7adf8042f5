package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
)

func postgres() dialect {
	return dialect{name: goose.DialectPostgres, id: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", blob: "BYTEA", dollar: true}
}

func openPostgres(ctx context.Context, address string) (*Store, error) {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: postgres(), read: db, writer: serial{db, postgres()}}
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, unavailable(err)
	}
	if err := s.dialect.migrate(ctx, db); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

// serial runs each transaction by itself: PostgreSQL groups commits of its
// own. Every statement that decides something locks the row that it decides
// about, so READ COMMITTED is enough.
type serial struct {
	db      *sql.DB
	dialect dialect
}

// again is how often a transaction that lost against another one is run.
const again = 5

// tx implements writer.
func (s serial) tx(ctx context.Context, do func(tx) error) error {
	var err error
	for range again {
		if err = s.once(ctx, do); !lost(err) {
			return err
		}
	}
	return unavailable(err)
}

func (s serial) once(ctx context.Context, do func(tx) error) error {
	t, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return unavailable(err)
	}
	defer t.Rollback() //nolint:errcheck // after the commit it does nothing
	if err := do(tx{s.dialect, t}); err != nil {
		return err
	}
	return t.Commit()
}

// lost tells a deadlock or a serialisation failure, which go away when the
// transaction is run again (PostgreSQL, appendix A).
func lost(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// close implements writer; the pool is the reader's, too, and closed there.
func (serial) close() error { return nil }
