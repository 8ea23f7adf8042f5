package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-ci/slipway"
	"github.com/slipway-ci/slipway/store"
)

func TestOpen_refusesAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "record.db", "mysql://x/y", "sqlite3:x"} {
		_, err := store.Open(t.Context(), address, store.Options{Key: key})
		wants(t, err, slipway.CodeUsage)
	}
	_, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "missing", "record.db"), store.Options{Key: key})
	wants(t, err, slipway.CodeUnavailable)
	_, err = store.Open(t.Context(), "postgres:///x?host="+t.TempDir(), store.Options{Key: key})
	wants(t, err, slipway.CodeUnavailable)
}

func TestOpen_refusesALaterForm(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "record.db")
	newRecord(t, "sqlite:"+file)
	_, err := openFile(t, file).ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	must(t, err)
	_, err = store.Open(t.Context(), "sqlite:"+file, store.Options{Key: key})
	wants(t, err, slipway.CodeUsage)
	if err == nil || !strings.Contains(err.Error(), "9999") {
		t.Errorf("%v does not say which form", err)
	}
}

// A backup is made while others write, and is a record of its own.
func TestStore_Backup(t *testing.T) {
	t.Parallel()
	r := newRecord(t, newFile(t))
	build := r.build(t, "a")
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				e := slipway.Event{Kind: slipway.EventPush, Repository: "shop/cart", Ref: fmt.Sprint("refs/heads/b", i), After: "a"}
				if _, err := r.Receive(t.Context(), slipway.Delivery{Connection: r.connection, ID: fmt.Sprint("b", i), At: noon, Events: []slipway.Event{e}}); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	file := filepath.Join(t.TempDir(), "copy.db")
	must(t, store.Backup(t.Context(), r.address, file))
	close(stop)
	writing.Wait()
	wants(t, store.Backup(t.Context(), r.address, file), slipway.CodeUsage)
	wants(t, store.Backup(t.Context(), r.address, filepath.Join(filepath.Dir(file), "none", "copy.db")), slipway.CodeUsage)
	wants(t, store.Backup(t.Context(), r.address, filepath.Join(file, "copy.db")), slipway.CodeUsage)
	wants(t, store.Backup(t.Context(), r.address+"x", file+"x"), slipway.CodeNotFound)
	wants(t, store.Backup(t.Context(), "postgres://db/slipway", file+"x"), slipway.CodeUsage)
	restored := open(t, "sqlite:"+file)
	if b, err := restored.Build(t.Context(), build); err != nil || b.State != slipway.BuildQueued {
		t.Errorf("%+v, %v", b, err)
	}
	a, err := restored.Claim(t.Context(), build, "w", noon, noon.Add(time.Minute))
	if err != nil || a.Number != 1 {
		t.Errorf("the copy cannot be gone on with: %+v, %v", a, err)
	}
}

func TestStore_Close(t *testing.T) {
	t.Parallel()
	r := newRecord(t, newFile(t))
	must(t, r.Close())
	if err := r.AddTeam(t.Context(), "late"); err == nil {
		t.Error("a closed record takes a team")
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(strings.TrimPrefix(r.address, "sqlite:")), "record.db-wal")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the write-ahead log is left after an orderly end: %v", err)
	}
}

// openFile opens the file of a record behind its back.
func openFile(tb testing.TB, file string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

// Callers that give up at any moment take nothing of the others along: all
// share one connection and its statements.
func TestStore_CallersThatGiveUp(t *testing.T) {
	t.Parallel()
	r := newRecord(t, newFile(t))
	const callers, calls = 8, 40
	var all sync.WaitGroup
	for c := range callers {
		all.Go(func() {
			for i := range calls {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*50)*time.Microsecond)
				_ = r.AddTeam(ctx, fmt.Sprintf("left-%d-%d", c, i)) // it may be there or not
				_, _ = r.Builds(ctx, slipway.BuildPage{Most: 50})
				cancel()
			}
		})
		all.Go(func() {
			for i := range calls {
				if err := r.AddTeam(t.Context(), fmt.Sprintf("stays-%d-%d", c, i)); err != nil {
					t.Error(err)
				}
				if _, err := r.Builds(t.Context(), slipway.BuildPage{Most: 50}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	teams, err := r.Teams(t.Context())
	must(t, err)
	stay := slices.DeleteFunc(teams, func(name string) bool { return !strings.HasPrefix(name, "stays-") })
	if len(stay) != callers*calls {
		t.Errorf("%d teams of callers that stayed are there, want %d", len(stay), callers*calls)
	}
}
