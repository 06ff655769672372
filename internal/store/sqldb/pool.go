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

// execer is a [Querier] that also executes statements.
type execer interface {
	Querier
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
}

// session is a transaction of a database.
type session interface {
	execer
	Commit() error
	Rollback() error
}

// counted passes statements on and counts them.
type counted struct {
	to         Querier
	statements *atomic.Int64
}

// QueryContext implements [Querier].
func (c counted) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	c.statements.Add(1)
	return c.to.QueryContext(ctx, text, args...)
}

// QueryRowContext implements [Querier].
func (c counted) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	c.statements.Add(1)
	return c.to.QueryRowContext(ctx, text, args...)
}

// Pool is a set of connections for reading.
type Pool struct {
	counted
	db *sql.DB
}

// Tx is a transaction. It must not be used by several goroutines at once.
type Tx struct {
	counted
	tx     session
	event  Event
	topics []Topic
	wakes  bool
}

func newTx(tx session, statements *atomic.Int64) *Tx {
	return &Tx{counted: counted{tx, statements}, tx: tx}
}

// Exec executes a statement.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) error {
	_, err := tx.ExecContext(ctx, text, args...)
	return err
}

// ExecContext executes a statement and returns its result, like [sql.Tx.ExecContext].
func (tx *Tx) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	tx.statements.Add(1)
	return tx.tx.ExecContext(ctx, text, args...)
}

// Statements returns the number of executed statements, without those of the commits that store Logs.
func (db *DB) Statements() int64 { return db.statements.Load() }

// View runs f in a transaction that only reads. Everything that f reads is of one moment.
func (db *DB) View(ctx context.Context, f func(*Tx) error) error {
	if db.frozen != nil {
		return f(newTx(db.frozen, &db.statements))
	}
	tx, err := db.Read.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // it only reads
	return f(newTx(tx, &db.statements))
}
