package sqldb

import (
	"context"
	"errors"

	"github.com/openloop-server/openloop/internal/errs"
)

// OutageMessage is what callers are told of an outage.
const OutageMessage = "The database is busy or cannot be reached at the moment. Try again."

// Fail classes an error of the database, once; op names what was being done. Errors that are classed already, and those of a context,
// are returned as they are.
func (db *DB) Fail(op string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e
	}
	if db.closed.Load() {
		return ErrClosed()
	}
	if db.Dialect.Fault(err) == outage {
		db.Logger.Error("the database does not work", "op", op, "error", err)
		return &errs.Error{Reason: errs.DependencyUnavailable, Op: op, Message: OutageMessage, Err: err}
	}
	return errs.Wrap(op, err)
}

// Failed is [DB.Fail] for the result err of a method, which defers it.
func (db *DB) Failed(op string, err *error) { *err = db.Fail(op, *err) }

// ErrClosed is the error of what is asked of a database that was closed.
func ErrClosed() error { return errs.New(errs.ShuttingDown, "The server is shutting down.") }

// Change runs f in a transaction and commits it, unless f fails. What f says of it ([Tx.Changed]) is kept as an event, announced to other
// processes, and forgotten by who remembers it. op names the method.
func (db *DB) Change(ctx context.Context, op string, f func(context.Context, *Tx) error) error {
	within, inner, end, err := db.Backend.begin(ctx)
	if err != nil {
		return db.FailWrite(op, err)
	}
	ended := false
	defer func() {
		if !ended { // f panicked
			_ = inner.Rollback()
			_ = end(errUnfinished)
		}
	}()
	tx := newTx(inner, &db.statements)
	err = f(within, tx)
	if err == nil {
		err = db.keepEvent(within, op, tx)
	}
	if err == nil {
		err = inner.Commit()
	} else {
		_ = inner.Rollback() // f's error says more
	}
	ended = true
	if err = end(err); err == nil {
		db.tell(tx)
	}
	return db.FailWrite(op, err)
}

// tell tells of what was committed those who remember it, and those who work on it.
func (db *DB) tell(tx *Tx) {
	if len(tx.topics) > 0 {
		db.topics.changed(tx.topics)
	}
	if tx.wakes {
		db.Wake()
	}
}

var errUnfinished = errors.New("the transaction was not finished")

// LockTree locks what lies where, by the row of the root directory.
func (db *DB) LockTree(ctx context.Context, tx *Tx) error {
	_, err := Found(ctx, tx, `SELECT d.id FROM directory d WHERE d.path = ''`+db.Dialect.LockRows, nil)
	return err
}
