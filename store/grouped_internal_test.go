package store

import (
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// A transaction that is lost in the middle takes along what was begun in it,
// and leaves nobody without an answer: what came after it is committed by
// another one.
func TestGrouped_EverybodyIsAnswered(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	g := &grouped{db: db, waiting: make(chan *request, mostTogether), done: make(chan struct{}), closing: make(chan struct{})}
	put := func(n int) func(tx) error {
		return func(in tx) error {
			_, err := in.conn.ExecContext(t.Context(), "INSERT INTO t (n) VALUES (?)", n)
			return err
		}
	}
	lost := func(in tx) error { // as SQLite does by itself when it has to
		_, err := in.conn.ExecContext(t.Context(), "ROLLBACK")
		return errors.Join(errors.New("it fails"), err)
	}
	group := make([]*request, 0, 4)
	for _, do := range []func(tx) error{put(1), lost, put(2), put(3)} {
		group = append(group, &request{ctx: t.Context(), do: do, result: make(chan error, 1)})
	}
	g.commit(group)
	for i, r := range group {
		select {
		case err := <-r.result:
			if failed := err != nil; failed != (i < 2) {
				t.Errorf("request %d is answered %v", i, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("request %d is not answered", i)
		}
	}
	var sum int // by the one connection there is
	if err := g.conn.QueryRowContext(t.Context(), "SELECT SUM(n) FROM t").Scan(&sum); err != nil || sum != 5 {
		t.Errorf("the sum is %d, %v, want 5", sum, err)
	}
	close(g.done) // nothing runs
	if err := g.close(); err != nil {
		t.Error(err)
	}
}
