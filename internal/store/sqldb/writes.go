package sqldb

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// writes remembers how the last write ended.
type writes struct {
	failing atomic.Bool
	worked  atomic.Int64 // time of the last successful write in microseconds; 0 for never
	probing sync.Mutex
}

const (
	writeFresh   = 5 * time.Second // how long a successful write proves that writes work
	probeTimeout = 2 * time.Second // a probe that waits longer for other writes proves nothing
	probeBytes   = 32 << 10        // more than the free space in a table's pages, so that a full disk is noticed
)

// wrote records how a write ended. An error that concerns only one caller tells nothing about others.
func (db *DB) wrote(err error) {
	switch {
	case err == nil:
		db.writes.failing.Store(false)
		db.writes.worked.Store(Micros(db.Now()))
	case errs.Is(err, errs.DependencyUnavailable):
		db.writes.failing.Store(true)
	}
}

// FailWrite is [DB.Fail] for the outcome of a write, which it also records for [DB.Ready].
func (db *DB) FailWrite(op string, err error) error {
	err = db.Fail(op, err)
	db.wrote(err)
	return err
}

// Ready fails unless the database can be read and written. A recent successful write proves that writes work. If the last write failed or
// is some seconds old, Ready writes something and takes it back. Errors: dependency_unavailable, shutting_down.
func (db *DB) Ready(ctx context.Context) error {
	if err := db.Ping(ctx); err != nil {
		return err
	}
	db.writes.probing.Lock()
	defer db.writes.probing.Unlock()
	if !db.writes.failing.Load() && Micros(db.Now())-db.writes.worked.Load() < writeFresh.Microseconds() {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	err := db.Change(within, "store.Ready", probe)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && !db.writes.failing.Load() {
		return nil
	}
	if err == nil || errs.Is(err, errs.ShuttingDown) || ctx.Err() != nil {
		return err
	}
	return &errs.Error{
		Reason: errs.DependencyUnavailable, Op: "store.Ready", Err: err,
		Message: "The database can be read, but not written: its disk is full, for example, or it is read-only.",
	}
}

// probe makes a row longer and restores it.
func probe(ctx context.Context, tx *Tx) error {
	const set = `UPDATE migration SET name = CAST($1 AS TEXT) WHERE number = 1`
	var name string
	if _, err := Found(ctx, tx, `SELECT name FROM migration WHERE number = 1`, nil, &name); err != nil {
		return err
	}
	if err := tx.Exec(ctx, set, name+strings.Repeat(" ", probeBytes)); err != nil {
		return err
	}
	return tx.Exec(ctx, set, name)
}
