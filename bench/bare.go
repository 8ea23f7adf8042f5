package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

// bare commits what a push leaves in the record, without Slipway: the same
// statements by the same driver with the same durability, each push in a
// transaction of its own.
type bare struct {
	db   *sql.DB
	sent atomic.Int64
}

// sealKey seals the records of this run; nobody keeps anything in them.
func sealKey() []byte { return make([]byte, 32) }

// newRecord makes an empty record with a team and a connection.
func newRecord(ctx context.Context, path string) (s *store.Store, connection int64, err error) {
	if s, err = store.Open(ctx, "sqlite:"+path, store.Options{Key: sealKey()}); err != nil {
		return nil, 0, err
	}
	if err = s.AddTeam(ctx, "bench"); err == nil {
		connection, err = s.Connect(ctx, slipway.Connection{Team: "bench", Forge: "gitea"}, slipway.Keys{})
	}
	return s, connection, err
}

func openBare(ctx context.Context, dir string) (*bare, error) {
	path := filepath.Join(dir, "bare.db")
	s, _, err := newRecord(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	db, err := openFile(path)
	return &bare{db: db}, err
}

// openFile opens a record's file as the store does.
func openFile(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(2)&_pragma=foreign_keys(1)&_pragma=busy_timeout(10000)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// push commits one.
func (b *bare) push(ctx context.Context) error {
	n := b.sent.Add(1)
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return errors.Join(b.rows(ctx, tx, n), tx.Commit())
}

func (b *bare) rows(ctx context.Context, tx *sql.Tx, n int64) error {
	now, ref, object := time.Now().UnixMicro(), fmt.Sprintf("refs/heads/b%d", n%50), fmt.Sprintf("%040x", n)
	if _, err := tx.ExecContext(ctx, `INSERT INTO deliveries (connection, delivery, received) VALUES (1, ?, ?) ON CONFLICT DO NOTHING`, fmt.Sprint(n), now); err != nil {
		return err
	}
	var id int64
	event := fmt.Sprintf(`{"kind":"push","repository":"bench/bare","ref":%q,"before":"%040x","after":%q,"actor":"somebody"}`, ref, n-1, object)
	if err := tx.QueryRowContext(ctx, `INSERT INTO events (connection, received, state, event) VALUES (1, ?, 'pending', ?) RETURNING id`, now, event).Scan(&id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO heads (connection, ref, object, event) VALUES (1, ?, ?, ?)
		ON CONFLICT (connection, ref) DO UPDATE SET object = excluded.object, event = excluded.event WHERE heads.object <> excluded.object`, ref, object, id)
	return err
}

// received is the store's own Receive, in this process.
type received struct {
	record     *store.Store
	connection int64
	sent       atomic.Int64
}

func openReceived(ctx context.Context, dir string) (*received, error) {
	s, connection, err := newRecord(ctx, filepath.Join(dir, "received.db"))
	return &received{record: s, connection: connection}, err
}

func (r *received) push(ctx context.Context) error {
	n := r.sent.Add(1)
	ids, err := r.record.Receive(ctx, slipway.Delivery{Connection: r.connection, ID: fmt.Sprint(n), At: time.Now(), Events: []slipway.Event{{
		Kind: slipway.EventPush, Repository: "bench/received", Ref: fmt.Sprintf("refs/heads/b%d", n%50),
		Before: fmt.Sprintf("%040x", n-1), After: fmt.Sprintf("%040x", n), Actor: "somebody",
	}}})
	if err == nil && len(ids) != 1 {
		err = fmt.Errorf("push %d is a duplicate", n)
	}
	return err
}
