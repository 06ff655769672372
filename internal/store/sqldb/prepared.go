package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// prepared runs statements on a pool of connections, or on one, and keeps those prepared that are run often: SQLite parses and plans each text anew,
// which takes longer than most statements do. (pgx keeps statements of PostgreSQL prepared by itself.) It is safe for concurrent use if to is.
type prepared struct {
	to preparer

	mu         sync.Mutex
	uses       map[string]int // of texts that are not prepared
	statements map[string]*sql.Stmt
}

// preparer is a [sql.DB] or a [sql.Conn].
type preparer interface {
	execer
	PrepareContext(ctx context.Context, text string) (*sql.Stmt, error)
}

const (
	maxPrepared = 128 // statements; the others are parsed each time
	oftenUsed   = 4   // times that a text is used before it is prepared
)

func newPrepared(to preparer) *prepared {
	return &prepared{to: to, uses: map[string]int{}, statements: map[string]*sql.Stmt{}}
}

// QueryContext implements [Querier].
func (p *prepared) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if s := p.statement(ctx, text); s != nil { //nolint:sqlclosecheck // it is kept as long as the pool
		return s.QueryContext(ctx, args...)
	}
	return p.to.QueryContext(ctx, text, args...)
}

// QueryRowContext implements [Querier].
func (p *prepared) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	if s := p.statement(ctx, text); s != nil { //nolint:sqlclosecheck // it is kept as long as the pool
		return s.QueryRowContext(ctx, args...)
	}
	return p.to.QueryRowContext(ctx, text, args...)
}

// ExecContext executes a statement.
func (p *prepared) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if s := p.statement(ctx, text); s != nil { //nolint:sqlclosecheck // it is kept as long as the pool
		return s.ExecContext(ctx, args...)
	}
	return p.to.ExecContext(ctx, text, args...)
}

// statement returns the prepared statement of text, or nil if there is none. A pool prepares it on each of its connections when it is first used
// there, and closes it with them.
func (p *prepared) statement(ctx context.Context, text string) *sql.Stmt {
	p.mu.Lock()
	s := p.statements[text]
	wanted := s == nil && p.often(text)
	p.mu.Unlock()
	if !wanted {
		return s
	}
	s, err := p.to.PrepareContext(ctx, text)
	if err != nil {
		return nil // the query itself will say what is wrong
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.statements[text]; other != nil {
		_ = s.Close() //nolint:sqlclosecheck // another goroutine was faster
		return other
	}
	p.statements[text] = s
	delete(p.uses, text)
	return s
}

// close closes all statements. Those of a [sql.Conn] are closed by nothing else, and keep the file open; a pool closes its own.
func (p *prepared) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []error
	for _, s := range p.statements {
		all = append(all, s.Close())
	}
	clear(p.statements)
	return errors.Join(all...)
}

// often notes a use of text, and reports whether it is to be prepared.
func (p *prepared) often(text string) bool {
	if len(p.statements) >= maxPrepared {
		return false
	}
	if len(p.uses) >= 8*maxPrepared { // texts that are used once or twice, as long lists make them
		clear(p.uses)
	}
	p.uses[text]++
	return p.uses[text] >= oftenUsed
}
