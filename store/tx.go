package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slipway-ci/slipway"
)

// tx is a transaction, or a reader outside of one, in the dialect of its
// database: statements are written with ? for each argument.
type tx struct {
	dialect dialect
	conn    queries
}

// queries runs statements: a transaction, a connection or a pool of them.
type queries interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// exec gives how many rows a statement changed.
func (t tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.conn.ExecContext(ctx, t.dialect.rebind(query), storable(args)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (t tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.conn.QueryRowContext(ctx, t.dialect.rebind(query), storable(args)...)
}

// each calls scan for every row.
func (t tx) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.conn.QueryContext(ctx, t.dialect.rebind(query), storable(args)...)
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
func (s *Store) reader() tx {
	if s.kept != nil {
		return tx{s.dialect, s.kept}
	}
	return tx{s.dialect, s.read}
}

// storable makes texts of what others sent such as both databases take:
// PostgreSQL refuses a NUL and what is not UTF-8, and whoever sent that would
// be told to try again for ever.
func storable(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok && (strings.ContainsRune(s, 0) || !utf8.ValidString(s)) {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

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

// bit is how a truth is stored.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// listed is how a list of words is stored.
func listed(words []string) (string, error) {
	if len(words) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(words)
	return string(b), err
}

// words reads what listed wrote; of none it gives nil.
func words(list string) (w []string, err error) {
	if list == "[]" {
		return nil, nil
	}
	return w, json.Unmarshal([]byte(list), &w)
}

// missing turns "no row" into CodeNotFound with a sentence.
func missing(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return slipway.Errorf(slipway.CodeNotFound, format, args...)
	}
	return err
}

// ids reads a column of ids.
func (t tx) ids(ctx context.Context, query string, args ...any) (ids []int64, err error) {
	err = t.each(ctx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}, query, args...)
	return ids, err
}

func decimal(id int64) string { return strconv.FormatInt(id, 10) }

// filter is one condition of a listing, which counts when it is set.
type filter struct {
	set    bool
	clause string
	values []any
}

func when(set bool, clause string, values ...any) filter { return filter{set, clause, values} }

// filtered adds the conditions that are set to a statement.
func filtered(query string, filters ...filter) (with string, args []any) {
	join := " WHERE "
	for _, f := range filters {
		if f.set {
			query, args, join = query+join+f.clause, append(args, f.values...), " AND "
		}
	}
	return query, args
}
