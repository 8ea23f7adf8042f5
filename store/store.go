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

	"github.com/slipway-ci/slipway"
)

// Store is an open record. It is safe for concurrent use.
type Store struct {
	dialect dialect
	read    *sql.DB
	kept    *prepared // statements of read, of SQLite
	writer  writer
	seal    seal
	packer  packer
}

// Options of a record.
type Options struct {
	Key []byte // 32 bytes that seal secrets and keys; another one than before is refused
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
// a later release and one that was sealed with another key are CodeUsage, a
// database that does not answer is CodeUnavailable.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	seal, err := newSeal(o.Key)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, address)
	if err != nil {
		return nil, err
	}
	s.seal = seal
	if s.packer, err = newPacker(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.prove(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func open(ctx context.Context, address string) (*Store, error) {
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
func (s *Store) Close() error { return errors.Join(s.writer.close(), s.kept.close(), s.read.Close()) }

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
