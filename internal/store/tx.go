package store

import (
	"context"
	"database/sql"
	"errors"

	"openloop/internal/errs"
)

const outageMessage = "The database is busy or cannot be reached at the moment. Try again."

// fail classes an error of the database, once; op names what was being done. Errors that are classed already, and those of a context,
// are returned as they are.
func (db *base) fail(op string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	if db.closed.Load() {
		return errClosed()
	}
	if db.dialect.fault(err) == outage {
		db.log.Error("the database does not work", "op", op, "error", err)
		return &errs.Error{Reason: errs.DependencyUnavailable, Op: op, Message: outageMessage, Err: err}
	}
	return errs.Wrap(op, err)
}

func errClosed() error { return errs.New(errs.ShuttingDown, "The server is shutting down.") }

// change runs f in a transaction and commits it, unless f fails.
func (db *base) change(ctx context.Context, op string, f func(context.Context, *sql.Tx) error) error {
	within, tx, end, err := db.backend.begin(ctx)
	if err != nil {
		return db.failWrite(op, err)
	}
	ended := false
	defer func() {
		if !ended { // f panicked
			_ = tx.Rollback()
			_ = end(errUnfinished)
		}
	}()
	err = f(within, tx)
	if err == nil {
		err = tx.Commit()
	} else {
		_ = tx.Rollback() // f's error says more
	}
	ended = true
	return db.failWrite(op, end(err))
}

var errUnfinished = errors.New("the transaction was not finished")

// changeShared is change for what others remember: f says what it changed, nil for nothing.
func (db *base) changeShared(ctx context.Context, op string, f func(context.Context, *sql.Tx) ([]Topic, error)) error {
	var changed []Topic
	err := db.change(ctx, op, func(ctx context.Context, tx *sql.Tx) error {
		var err error
		if changed, err = f(ctx, tx); err != nil || len(changed) == 0 {
			return err
		}
		return db.backend.announce(ctx, tx, changed)
	})
	if len(changed) > 0 && err == nil {
		db.topics.changed(changed)
	}
	return err
}

// lockTree locks what lies where, by the row of the root directory.
func (db *base) lockTree(ctx context.Context, tx *sql.Tx) error {
	var root string
	_, err := found(ctx, tx, `SELECT d.id FROM directory d WHERE d.path = ''`+db.dialect.lockRows, nil, &root)
	return err
}

// querying is a pool or a transaction.
type querying interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// each runs a query and calls scan for every row.
func each(ctx context.Context, q querying, text string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// found runs a query for one row; false means that there is none.
func found(ctx context.Context, q querying, text string, args []any, into ...any) (bool, error) {
	err := q.QueryRowContext(ctx, text, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
