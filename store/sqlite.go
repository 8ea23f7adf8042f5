package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/slipway-ci/slipway"
)

func sqlite() dialect {
	return dialect{name: goose.DialectSQLite3, id: "INTEGER PRIMARY KEY AUTOINCREMENT", blob: "BLOB"}
}

// pragmas of every connection. WAL lets readers read while one writes, FULL
// makes a commit durable before it is answered.
func pragmas() [][2]string {
	return [][2]string{{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"busy_timeout", "10000"}}
}

func openSQLite(ctx context.Context, path string) (*Store, error) {
	// SQLite would make it everybody's to read; its other files get the mode of
	// this one.
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600); err == nil {
		_ = f.Close()
	}
	write, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	s := &Store{dialect: sqlite(), writer: newGrouped(write, sqlite())} //nolint:contextcheck // it outlives the opening
	if err := prepareSQLite(ctx, write, path); err != nil {
		_ = s.writer.close()
		return nil, err
	}
	if s.read, err = sql.Open("sqlite", dsn(path, "_pragma=query_only(1)")); err != nil {
		_ = s.writer.close()
		return nil, err
	}
	readers := max(4, runtime.NumCPU())
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers) // with each that is closed its statements are lost
	s.kept = &prepared{on: s.read}
	return s, nil
}

func prepareSQLite(ctx context.Context, db *sql.DB, path string) error {
	for _, p := range pragmas() {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+p[0]).Scan(&got); err != nil {
			return slipway.Errorf(slipway.CodeUnavailable, "the record %s cannot be opened", path).
				WithHint("is its directory there, and may this user write to it?").Because(err)
		}
		// The driver passes over what it does not know: a record that is not
		// durable must not look as if it were.
		if !strings.EqualFold(got, p[1]) {
			return fmt.Errorf("the record %s has %s %s, want %s", path, p[0], got, p[1])
		}
	}
	return sqlite().migrate(ctx, db)
}

func dsn(path, more string) string {
	var b strings.Builder
	b.WriteString("file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + more)
	for _, p := range pragmas() {
		b.WriteString("&_pragma=" + p[0] + "(" + p[1] + ")")
	}
	return b.String()
}

// Backup writes a copy of the SQLite record at an address, as it is at one
// moment, to a file that is not there yet, while others, also other
// processes, read and write. A record that is not there is CodeNotFound;
// PostgreSQL has tools of its own (pg_dump), and this is CodeUsage for it.
func Backup(ctx context.Context, address, path string) error {
	file, ok := strings.CutPrefix(address, "sqlite:")
	if !ok {
		return slipway.Errorf(slipway.CodeUsage, "a PostgreSQL record is not backed up from here").WithHint("use pg_dump")
	}
	if _, err := os.Stat(file); err != nil {
		return slipway.Errorf(slipway.CodeNotFound, "there is no record %s", file).WithHint("`slipway up` makes it").Because(err)
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite's own would be everybody's
	if err == nil {
		err = to.Close()
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return slipway.Errorf(slipway.CodeUsage, "there is a file %s already", path).WithHint("name one that is not there yet: no copy is written over").Because(err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return slipway.Errorf(slipway.CodeUsage, "there is no directory %s", filepath.Dir(path)).WithHint("make it, or name a file elsewhere").Because(err)
	case err != nil:
		return notCopied(path, err)
	}
	// It reads, and keeps no writer waiting.
	db, err := sql.Open("sqlite", dsn(file, "_txlock=deferred"))
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it only read
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(notCopied(path, err), os.Remove(path))
	}
	return nil
}

func notCopied(path string, err error) error {
	return slipway.Errorf(slipway.CodeUnavailable, "the record cannot be copied to %s", path).
		WithHint("see that there is room, and that this user may write there").Because(err)
}
