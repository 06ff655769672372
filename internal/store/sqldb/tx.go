package sqldb

import (
	"context"
	"errors"

	"github.com/openloop-server/openloop/internal/errs"
)

// OutageMessage is the message that callers get in an outage.
const OutageMessage = "The database is busy or cannot be reached at the moment. Try again."

// Fail classifies an error of the database, once. op names what was being done. Errors that are already classified, and
// those of a context, are returned unchanged.
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

// Failed applies [DB.Fail] to the result err of a method. The method defers it.
func (db *DB) Failed(op string, err *error) { *err = db.Fail(op, *err) }

// ErrClosed returns the error of calls to a closed database: shutting_down.
func ErrClosed() error { return errs.New(errs.ShuttingDown, "The server is shutting down.") }

// Change runs f in a transaction and commits it, unless f fails. What f declares with [Tx.Changed] becomes an event, is announced to other
// processes, and is forgotten by caches. op names the method.
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
		_ = inner.Rollback() // the error of f says more
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

// LockTree locks the tree of Files and directories, by the row of the root directory, until the transaction ends.
func (db *DB) LockTree(ctx context.Context, tx *Tx) error {
	_, err := Found(ctx, tx, `SELECT d.id FROM directory d WHERE d.path = ''`+db.Dialect.LockRows, nil)
	return err
}
