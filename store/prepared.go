package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// mostPrepared bounds the statements that are kept. The program has fewer;
// only listings put theirs together of conditions.
const mostPrepared = 512

// prepared keeps the statements of a SQLite record compiled, by their text: to
// compile one costs more than to run it. (PostgreSQL's driver does that by
// itself.) It is safe for concurrent use when what it runs them on is.
type prepared struct {
	on interface {
		queries
		PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	}

	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

// statement gives a statement; nil for one that cannot be compiled, which says
// why when it is run, and for one too many.
func (p *prepared) statement(ctx context.Context, query string) *sql.Stmt {
	s, full := p.known(query)
	if s != nil || full {
		return s
	}
	s, err := p.on.PrepareContext(ctx, query) // it may wait for a connection, and keeps nobody else waiting
	if err != nil {
		return nil
	}
	return p.keep(query, s)
}

func (p *prepared) known(query string) (s *sql.Stmt, full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept[query], len(p.kept) >= mostPrepared
}

// keep keeps a statement. What others kept meanwhile counts.
func (p *prepared) keep(query string, s *sql.Stmt) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.kept[query]; first != nil || len(p.kept) >= mostPrepared {
		_ = s.Close() // nobody has used it
		return first
	}
	if p.kept == nil {
		p.kept = map[string]*sql.Stmt{}
	}
	p.kept[query] = s
	return s
}

// close lets go of what is kept; nothing may run any more. A connection that
// is closed with statements leaves its write-ahead log behind.
func (p *prepared) close() error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var err error
	for _, s := range p.kept {
		err = errors.Join(err, s.Close())
	}
	p.kept = nil
	return err
}

// ExecContext implements queries.
func (p *prepared) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s := p.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, args...)
	}
	return p.on.ExecContext(ctx, query, args...)
}

// QueryContext implements queries.
func (p *prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s := p.statement(ctx, query); s != nil {
		return s.QueryContext(ctx, args...)
	}
	return p.on.QueryContext(ctx, query, args...)
}

// QueryRowContext implements queries.
func (p *prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s := p.statement(ctx, query); s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return p.on.QueryRowContext(ctx, query, args...)
}
