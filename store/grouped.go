package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// mostTogether is how many transactions are committed with one fsync.
const mostTogether = 256

// grouped is the one writer of a SQLite record. What waits while it commits is
// committed together next: with FULL synchronisation the fsync is nearly all
// that a small transaction costs, and 32 that wait share one.
type grouped struct {
	db      *sql.DB
	dialect dialect
	conn    *sql.Conn // the only one of db, from the first transaction on
	kept    *prepared // its statements
	waiting chan *request
	done    chan struct{}
	once    sync.Once
	closing chan struct{}
}

// request is a transaction that somebody waits for.
type request struct {
	ctx    context.Context //nolint:containedctx // of whoever waits
	do     func(tx) error
	result chan error
}

var errClosed = errors.New("the record is closed")

func newGrouped(db *sql.DB, d dialect) *grouped {
	g := &grouped{db: db, dialect: d, waiting: make(chan *request, mostTogether), done: make(chan struct{}), closing: make(chan struct{})}
	go g.run()
	return g
}

// tx implements writer.
func (g *grouped) tx(ctx context.Context, do func(tx) error) error {
	r := &request{ctx: ctx, do: do, result: make(chan error, 1)}
	select {
	case <-g.closing:
		return errClosed
	case g.waiting <- r:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-r.result: // also of a context that ended: it may be committed
		return err
	case <-g.done:
		select {
		case err := <-r.result:
			return err
		default:
			return errClosed
		}
	}
}

func (g *grouped) close() error {
	g.once.Do(func() { close(g.closing) })
	<-g.done
	if g.conn == nil {
		return g.db.Close()
	}
	return errors.Join(g.kept.close(), g.conn.Close(), g.db.Close())
}

func (g *grouped) run() {
	defer close(g.done)
	for {
		select {
		case <-g.closing:
			return
		case first := <-g.waiting:
			g.commit(g.gather(first))
		}
	}
}

// gather takes what waits already; it waits for nobody.
func (g *grouped) gather(first *request) []*request {
	group := []*request{first}
	for len(group) < mostTogether {
		select {
		case r := <-g.waiting:
			group = append(group, r)
		default:
			return group
		}
	}
	return group
}

// commit commits the group. What had not begun when a transaction was lost
// gets another one: everybody who waits is answered.
func (g *grouped) commit(group []*request) {
	for len(group) > 0 {
		group = g.together(group)
	}
}

// together runs the group in one transaction, each in a savepoint of its own,
// so that one that fails takes nothing of the others along, and gives those
// that were not begun.
func (g *grouped) together(group []*request) (left []*request) {
	ctx := context.Background() // one caller that gave up must not undo its neighbours
	all, err := g.begin(ctx)
	if err != nil {
		answer(group, unavailable(err))
		return nil
	}
	defer all.Rollback() //nolint:errcheck // after the commit it does nothing
	var kept []*request
	for i, r := range group {
		switch err := g.one(ctx, r); {
		case err == nil:
			kept = append(kept, r)
		case errors.Is(err, errUndo):
			answer(kept, unavailable(err))
			answer([]*request{r}, unavailable(err))
			return group[i+1:]
		default:
			r.result <- err
		}
	}
	if err := all.Commit(); err != nil {
		answer(kept, unavailable(err))
		return nil
	}
	answer(kept, nil)
	return nil
}

// errUndo is a savepoint that could not be undone: the whole transaction is
// lost.
var errUndo = errors.New("a transaction could not be undone")

// begin begins a transaction of the one connection. Statements of the
// connection are the transaction's: those of the latter would be compiled
// anew for each. A connection that has gone bad is replaced.
func (g *grouped) begin(ctx context.Context) (*sql.Tx, error) {
	if g.conn != nil {
		all, err := g.conn.BeginTx(ctx, nil)
		if err == nil {
			return all, nil
		}
		_ = errors.Join(g.kept.close(), g.conn.Close()) // it is given up
		g.conn = nil
	}
	conn, err := g.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	g.conn, g.kept = conn, &prepared{on: conn}
	return conn.BeginTx(ctx, nil)
}

func (g *grouped) one(ctx context.Context, r *request) error {
	if cause := context.Cause(r.ctx); cause != nil { //nolint:contextcheck // the caller's, which may have given up
		return cause
	}
	if _, err := g.kept.ExecContext(ctx, "SAVEPOINT one"); err != nil {
		return errors.Join(errUndo, err)
	}
	err := r.do(tx{g.dialect, steady{g.kept}})
	if err != nil {
		if _, undo := g.kept.ExecContext(ctx, "ROLLBACK TO one"); undo != nil {
			return errors.Join(errUndo, undo)
		}
	}
	if _, release := g.kept.ExecContext(ctx, "RELEASE one"); release != nil {
		return errors.Join(errUndo, release)
	}
	return err
}

// steady runs statements to their end. SQLite undoes the whole transaction when
// a statement that writes is interrupted, and with it what others have written
// in it; a caller that gives up is answered when its transaction is through.
type steady struct{ on queries }

// ExecContext implements queries.
func (s steady) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return s.on.ExecContext(context.WithoutCancel(ctx), query, args...)
}

// QueryContext implements queries.
func (s steady) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.on.QueryContext(context.WithoutCancel(ctx), query, args...)
}

// QueryRowContext implements queries.
func (s steady) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return s.on.QueryRowContext(context.WithoutCancel(ctx), query, args...)
}

func answer(group []*request, err error) {
	for _, r := range group {
		r.result <- err
	}
}
