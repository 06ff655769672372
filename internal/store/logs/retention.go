package logs

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// Retention returns how long the Logs of a File are kept: nil for the time that the server keeps Logs of other
// Files, 0 for ever. Errors: file_not_found.
func (db *Store) Retention(ctx context.Context, fileID string) (*time.Duration, error) {
	var keep sql.NullInt64
	const text = `SELECT r.keep_us FROM file f LEFT JOIN log_retention r ON r.file = f.seq WHERE f.id = $1 AND f.deleted_us IS NULL`
	err := sqldb.Must(ctx, db.Read, versions.NotFound(fileID), text, []any{sqldb.Storable(fileID)}, &keep)
	if err != nil || !keep.Valid { // no rule of its own
		return nil, db.Fail("store.Retention", err)
	}
	return new(time.Duration(keep.Int64) * time.Microsecond), nil
}

// SetRetention sets what [Store.Retention] returns. [Store.Sweep] deletes what is too old. Errors: file_not_found,
// and validation_failed for a negative time.
func (db *Store) SetRetention(ctx context.Context, fileID string, keep *time.Duration) error {
	if keep != nil && *keep < 0 {
		return errs.Invalid("Logs cannot be kept for less than no time.", "keep")
	}
	return db.Change(ctx, "store.SetRetention", func(ctx context.Context, tx *sqldb.Tx) error {
		seq, err := versions.Seq(ctx, tx, fileID)
		if err != nil {
			return err
		}
		tx.Changed(sqldb.FileKind, fileID)
		if keep == nil {
			return tx.Exec(ctx, `DELETE FROM log_retention WHERE file = $1`, seq)
		}
		return tx.Exec(ctx, `INSERT INTO log_retention (file, keep_us) VALUES ($1, $2) ON CONFLICT (file) DO UPDATE SET keep_us = excluded.keep_us`,
			seq, keep.Microseconds())
	})
}

// sweepBatch is how many old Logs a transaction looks for. maxSweep is how many it deletes, including those below them. They are few enough
// that nobody waits long for the transaction.
const (
	sweepBatch = 200
	maxSweep   = 500
)

// Sweep deletes Logs that are older than their File keeps them, or older than keep if their File has no rule of its own. A keep of 0 means
// for ever. Logs below a deleted Log in its trace, and Logs that judge it, are deleted with it. Sweep returns the number of deleted Logs,
// even if ctx ends early. It also deletes events that are older than 90 days. Each transaction deletes a few hundred Logs, so that others
// can write in between. Several processes may sweep at the same time.
func (db *Store) Sweep(ctx context.Context, keep time.Duration) (int, error) {
	now := sqldb.Micros(db.Clock())
	before := map[int64]int64{}
	err := sqldb.Each(ctx, db.Read, `SELECT u.file, MAX(r.keep_us) FROM usage u LEFT JOIN log_retention r ON r.file = u.file WHERE u.logs_count > 0 GROUP BY u.file`, nil,
		func(rows *sql.Rows) error {
			var seq int64
			var own sql.NullInt64
			err := rows.Scan(&seq, &own)
			kept := keep.Microseconds()
			if own.Valid {
				kept = own.Int64
			}
			if kept > 0 {
				before[seq] = now - kept
			}
			return err
		})
	deleted := 0
	for seq, end := range before {
		for err == nil {
			var n int
			if n, err = db.sweepFile(ctx, seq, end); n == 0 {
				break
			}
			deleted += n
		}
	}
	if err == nil {
		err = db.SweepEvents(ctx)
	}
	return deleted, db.Fail("store.Sweep", err)
}

// sweepFile deletes a few Logs of a File that were created before end, the oldest first.
func (db *Store) sweepFile(ctx context.Context, seq, end int64) (int, error) {
	const oldest = `SELECT id FROM log WHERE file = $1 AND created_us < $2 ORDER BY created_us LIMIT $3`
	if some, err := sqldb.Found(ctx, db.Read, `SELECT 1 FROM log WHERE file = $1 AND created_us < $2 LIMIT 1`, []any{seq, end}); err != nil || !some {
		return 0, err // does not wait for the writer
	}
	deleted := 0
	err := db.Change(ctx, "store.Sweep", func(ctx context.Context, tx *sqldb.Tx) error {
		ids, err := sqldb.Column[string](ctx, tx, oldest, seq, end, sweepBatch)
		if err != nil {
			return err
		}
		deleted, err = db.deleteLogs(ctx, tx, ids, maxSweep, true)
		return err
	})
	return deleted, err
}
