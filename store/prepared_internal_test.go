package store

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"
)

func TestPrepared(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", dsn(t.TempDir()+"/x.db", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(4)
	p := &prepared{on: db}
	if _, err := p.ExecContext(t.Context(), `INSERT INTO x VALUES (?)`, 1); err == nil {
		t.Error("a statement ran without its table")
	}
	var all sync.WaitGroup
	for i := range 4 * mostPrepared { // each text twice at once, and more than are kept
		all.Go(func() {
			var got int
			if err := p.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT %d + ?`, i/2), 1).Scan(&got); err != nil || got != i/2+1 {
				t.Errorf("%d, %v, want %d", got, err, i/2+1)
			}
		})
	}
	all.Wait()
	if len(p.kept) != mostPrepared {
		t.Errorf("%d statements are kept, want %d", len(p.kept), mostPrepared)
	}
	if err := p.close(); err != nil || len(p.kept) != 0 {
		t.Errorf("%d statements are left, %v", len(p.kept), err)
	}
}

func TestPrepared_AfterItsTableChanged(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", dsn(t.TempDir()+"/x.db", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p := &prepared{on: db}
	defer p.close() //nolint:errcheck // of a test
	for i, change := range []string{`CREATE TABLE x AS SELECT 0 AS b`, `DROP TABLE x`, `CREATE TABLE x AS SELECT 1 AS a, 2 AS b`} {
		if _, err := db.ExecContext(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		var b int
		err := p.QueryRowContext(t.Context(), `SELECT b FROM x`).Scan(&b)
		if gone := i == 1; gone != (err != nil) || !gone && b != i {
			t.Errorf("after %s: %d, %v", change, b, err)
		}
	}
}
