package logs

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

const (
	updateLog  = `UPDATE log SET error_reason = $2, record = $3 WHERE seq = $1`
	setPayload = `INSERT INTO log_payload (log, payload) VALUES ($1, $2) ON CONFLICT (log) DO UPDATE SET payload = excluded.payload`
	noPayload  = `DELETE FROM log_payload WHERE log = $1`

	// noteChanged records that a Log changed in a way that search may have to know.
	noteChanged = `INSERT INTO log_changed (log, times) VALUES ($1, 1) ON CONFLICT (log) DO UPDATE SET times = log_changed.times + 1`
)

// UpdateLog applies change to the Log with the given id in one transaction and returns the result. The Log's ids, its time of creation and
// its place in a trace cannot change. If its times widen, the times of the Logs above that have a status widen too. If change fails,
// UpdateLog returns that error and stores nothing. Errors: log_not_found.
func (db *Store) UpdateLog(ctx context.Context, id string, change func(*trace.Log) error) (*trace.Log, error) {
	return db.updateLog(ctx, "store.UpdateLog", id, func(tx *sqldb.Tx, l *trace.Log) error {
		tx.Changed(sqldb.LogKind, id)
		return change(l)
	})
}

// AdvanceLog is [Store.UpdateLog] for a Log that this server makes in several steps. A step is no change of somebody's: it leaves no event.
func (db *Store) AdvanceLog(ctx context.Context, id string, change func(*trace.Log) error) (*trace.Log, error) {
	return db.updateLog(ctx, "store.AdvanceLog", id, func(_ *sqldb.Tx, l *trace.Log) error { return change(l) })
}

func (db *Store) updateLog(ctx context.Context, op, id string, change func(*sqldb.Tx, *trace.Log) error) (*trace.Log, error) {
	var updated *trace.Log
	if err := db.committer.await(ctx, id); err != nil {
		return nil, err
	}
	err := db.Change(ctx, op, func(ctx context.Context, tx *sqldb.Tx) error {
		if err := db.lockTraces(ctx, tx, []string{id}); err != nil {
			return err
		}
		s, err := db.readLog(ctx, tx, logByID+db.Dialect.LockLog, id)
		if err != nil {
			return err
		}
		l, seq := s.log, s.seq
		fixed := *l
		if err := change(tx, l); err != nil {
			return err
		}
		l.ID, l.Kind, l.FileID, l.VersionID, l.CreatedAt = fixed.ID, fixed.Kind, fixed.FileID, fixed.VersionID, fixed.CreatedAt
		l.TraceID, l.TraceParentID, l.ParentID = fixed.TraceID, fixed.TraceParentID, fixed.ParentID
		l.UpdatedAt, l.Payload = db.Now().UTC().Truncate(time.Microsecond), *kept(l)
		updated = l
		if err := db.rewriteLog(ctx, tx, &s); err != nil {
			return err
		}
		if err := db.links.Updated(ctx, tx, &fixed, l); err != nil {
			return err
		}
		ref, err := db.ref(ctx, tx, l.FileID, l.VersionID)
		if err != nil {
			return err
		}
		if err := db.journal.Updated(ctx, tx, seq, ref, &fixed, l); err != nil {
			return err
		}
		if l.TraceParentID == "" || l.StartTime.Equal(fixed.StartTime) && l.EndTime.Equal(fixed.EndTime) {
			return nil
		}
		return db.coverAbove(ctx, tx, l)
	})
	return updated, err
}

// lockTraces locks the roots of the traces of Logs. Everything that changes several Logs of a trace does this first. For a Log in no trace
// it locks the Log itself.
func (db *Store) lockTraces(ctx context.Context, tx *sqldb.Tx, ids []string) error {
	if db.Dialect.LockLog == "" { // nobody else writes
		return nil
	}
	const roots = `SELECT l.id FROM log l WHERE l.id IN (SELECT COALESCE(trace_id, id) FROM log WHERE id`
	_, err := sqldb.ColumnIn[string](ctx, tx, roots, ids, `) ORDER BY l.id`+db.Dialect.LockLog)
	return err
}

func (db *Store) coverAbove(ctx context.Context, tx *sqldb.Tx, l *trace.Log) error {
	above, err := db.readLineage(ctx, tx, l.TraceParentID, l.TraceID)
	if err != nil {
		return err
	}
	above.cover(l.TraceParentID, l.TraceID, l.StartTime, l.EndTime)
	for _, a := range above {
		if !a.changed {
			continue
		}
		if err := tx.Exec(ctx, setAncestor, a.seq, a.log.TraceID, a.record); err != nil {
			return err
		}
	}
	return nil
}

// rewriteLog stores a Log that has changed. Its part stays if what was asked is the same.
func (db *Store) rewriteLog(ctx context.Context, tx *sqldb.Tx, s *storedLog) error {
	record, err := blobs.AppendRecord(nil, s.log)
	if err != nil {
		return err
	}
	if err := tx.Exec(ctx, updateLog, s.seq, reasonOf(s.log), record); err != nil {
		return err
	}
	if err := tx.Exec(ctx, noteChanged, s.seq); err != nil {
		return err
	}
	var payload []byte
	if is := kept(s.log); s.asked != nil && bytes.Equal(s.asked, blobs.Asked(is)) {
		payload = blobs.AppendWithoutAsked(nil, is)
	} else {
		if payload = blobs.AppendPayload(nil, is); s.asked != nil {
			err = leaveParts(ctx, tx, db.Dialect, []int64{s.seq})
		}
		if err != nil {
			return err
		}
	}
	if len(payload) > 0 {
		return tx.Exec(ctx, setPayload, s.seq, payload)
	}
	return tx.Exec(ctx, noPayload, s.seq)
}

// DeleteLogs deletes the Logs with these ids, all Logs below them in their traces, and the Evaluator Logs that judge any of these. It
// returns the number of deleted Logs. Unknown ids are ignored.
func (db *Store) DeleteLogs(ctx context.Context, ids []string) (int, error) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return checkLogID(id) != nil })
	deleted := 0
	for _, id := range ids {
		if err := db.committer.await(ctx, id); err != nil {
			return 0, err
		}
	}
	err := db.Change(ctx, "store.DeleteLogs", func(ctx context.Context, tx *sqldb.Tx) (err error) {
		deleted, err = db.deleteLogs(ctx, tx, ids, math.MaxInt, false)
		if deleted > 0 {
			tx.Changed(sqldb.LogKind, onlyOne(ids))
			tx.Detail(strconv.Itoa(deleted))
		}
		return err
	})
	return deleted, err
}

// onlyOne returns the text in texts if there is exactly one, else "".
func onlyOne(texts []string) string {
	if len(texts) != 1 {
		return ""
	}
	return texts[0]
}

// deleteLogs deletes Logs and what depends on them, but no more than limit. If there are more, it leaves those that others depend on.
func (db *Store) deleteLogs(ctx context.Context, tx *sqldb.Tx, ids []string, limit int, expired bool) (int, error) {
	if err := db.lockTraces(ctx, tx, ids); err != nil {
		return 0, err
	}
	all, err := withDependents(ctx, tx, ids)
	if err != nil {
		return 0, err
	}
	var gone []int64
	counts := map[Ref]int64{}
	const rows = `DELETE FROM log WHERE seq IN (SELECT l.seq FROM log l WHERE l.id`
	locked := ` ORDER BY l.id` + db.Dialect.LockLog + `) RETURNING seq, file, version` // in the order of their ids, as insertions do
	err = sqldb.EachIn(ctx, tx, rows, all[max(0, len(all)-limit):], locked, func(rows *sql.Rows) error {
		var seq int64
		var ref Ref
		err := rows.Scan(&seq, &ref.File, &ref.Version)
		gone = append(gone, seq)
		counts[ref]++
		return err
	})
	if err != nil || len(gone) == 0 {
		return 0, err
	}
	return len(gone), db.forget(ctx, tx, gone, counts, expired)
}

// withDependents returns ids together with the ids of the Logs below them and of the Evaluator Logs that judge any of these.
func withDependents(ctx context.Context, tx *sqldb.Tx, ids []string) ([]string, error) {
	seen := map[string]bool{}
	var all []string
	for level := ids; len(level) > 0; {
		fresh := len(all)
		for _, id := range level {
			if !seen[id] {
				seen[id] = true
				all = append(all, id)
			}
		}
		var err error
		if level, err = dependents(ctx, tx, all[fresh:]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// dependents returns the ids of the Logs directly below the given ones, and of the Evaluator Logs that judge them.
func dependents(ctx context.Context, tx *sqldb.Tx, ids []string) ([]string, error) {
	below, err := sqldb.ColumnIn[string](ctx, tx, `SELECT id FROM log WHERE trace_parent`, ids, ``)
	if err != nil {
		return nil, err
	}
	judges, err := sqldb.ColumnIn[string](ctx, tx, `SELECT id FROM log WHERE parent`, ids, ``)
	return append(below, judges...), err
}

// forget deletes everything else that is kept of the deleted Logs, and finishes the work of the transaction.
func (db *Store) forget(ctx context.Context, tx *sqldb.Tx, seqs []int64, counts map[Ref]int64, expired bool) error {
	for _, table := range []string{"log_payload", "log_changed"} {
		if err := sqldb.ExecIn(ctx, tx, `DELETE FROM `+table+` WHERE log`, seqs, ``); err != nil {
			return err
		}
	}
	if err := leaveParts(ctx, tx, db.Dialect, seqs); err != nil {
		return err
	}
	if err := db.links.Deleted(ctx, tx, seqs, expired); err != nil {
		return err
	}
	if err := db.index.Deleted(ctx, tx, seqs); err != nil {
		return err
	}
	if err := db.journal.Deleted(ctx, tx); err != nil {
		return err
	}
	return uncount(ctx, tx, counts)
}

// uncount subtracts deleted Logs from the rollups. It always uses the same order, so that transactions cannot deadlock.
func uncount(ctx context.Context, tx *sqldb.Tx, counts map[Ref]int64) error {
	versions := slices.SortedFunc(maps.Keys(counts), func(a, b Ref) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Version, b.Version))
	})
	for _, ref := range versions {
		err := tx.Exec(ctx, `UPDATE usage SET logs_count = logs_count - $3 WHERE file = $1 AND version = $2`, ref.File, ref.Version, counts[ref])
		if err != nil {
			return err
		}
	}
	return nil
}
