package sqldb

import (
	"context"
	"database/sql"
	"sync/atomic"
)

// Querier is a [Pool], a [Tx] or a connection.
type Querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// Pool is connections that read.
type Pool struct {
	db         *sql.DB
	statements *atomic.Int64
}

// QueryContext implements [Querier].
func (p *Pool) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	p.statements.Add(1)
	return p.db.QueryContext(ctx, text, args...)
}

// QueryRowContext implements [Querier].
func (p *Pool) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	p.statements.Add(1)
	return p.db.QueryRowContext(ctx, text, args...)
}

// Tx is a transaction.
type Tx struct {
	tx         *sql.Tx
	statements *atomic.Int64

	event  Event
	topics []Topic
}

// QueryContext implements [Querier].
func (tx *Tx) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	tx.statements.Add(1)
	return tx.tx.QueryContext(ctx, text, args...)
}

// QueryRowContext implements [Querier].
func (tx *Tx) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	tx.statements.Add(1)
	return tx.tx.QueryRowContext(ctx, text, args...)
}

// ExecContext is [sql.Tx.ExecContext].
func (tx *Tx) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	tx.statements.Add(1)
	return tx.tx.ExecContext(ctx, text, args...)
}

// Statements is how many statements were executed, but for those of the commits that store Logs.
func (db *DB) Statements() int64 { return db.statements.Load() }

// View runs f in a transaction that reads: all that f reads is of one moment.
func (db *DB) View(ctx context.Context, f func(*Tx) error) error {
	tx, err := db.Read.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	return f(&Tx{tx: tx, statements: &db.statements})
}
