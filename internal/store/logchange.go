package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"openloop/internal/trace"
)

const (
	updateLog  = `UPDATE log SET error_reason = $2, record = $3 WHERE seq = $1`
	setPayload = `INSERT INTO log_payload (log, payload) VALUES ($1, $2) ON CONFLICT (log) DO UPDATE SET payload = excluded.payload`
	noPayload  = `DELETE FROM log_payload WHERE log = $1`
)

// UpdateLog applies change to the Log with the given id in one transaction and returns the result. Its ids, times of creation and
// place in a trace cannot change. An error of change is returned, and nothing is stored. Errors: log_not_found.
func (db *DB) UpdateLog(ctx context.Context, id string, change func(*trace.Log) error) (*trace.Log, error) {
	var updated *trace.Log
	err := db.change(ctx, "store.UpdateLog", func(ctx context.Context, tx *sql.Tx) error {
		l, seq, err := readLog(ctx, tx, logByID+db.dialect.lockLog, id)
		if err != nil {
			return err
		}
		fixed := *l
		if err := change(l); err != nil {
			return err
		}
		l.ID, l.Kind, l.FileID, l.VersionID, l.CreatedAt = fixed.ID, fixed.Kind, fixed.FileID, fixed.VersionID, fixed.CreatedAt
		l.TraceID, l.TraceParentID, l.ParentID = fixed.TraceID, fixed.TraceParentID, fixed.ParentID
		l.UpdatedAt, l.Payload = db.now().UTC().Truncate(time.Microsecond), *kept(l)
		updated = l
		return rewriteLog(ctx, tx, seq, l)
	})
	if err != nil {
		return nil, err
	}
	return updated, nil
}

func rewriteLog(ctx context.Context, tx *sql.Tx, seq int64, l *trace.Log) error {
	record, err := appendRecord(nil, l)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, updateLog, seq, reasonOf(l), record); err != nil {
		return err
	}
	payload := appendPayload(nil, kept(l))
	if len(payload) == 0 {
		_, err = tx.ExecContext(ctx, noPayload, seq)
		return err
	}
	_, err = tx.ExecContext(ctx, setPayload, seq, payload)
	return err
}

// DeleteLogs deletes the Logs with these ids and returns how many there were.
func (db *DB) DeleteLogs(ctx context.Context, ids []string) (int, error) {
	deleted := 0
	err := db.change(ctx, "store.DeleteLogs", func(ctx context.Context, tx *sql.Tx) error {
		for chunk := range slices.Chunk(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return checkLogID(id) != nil }), maxList) {
			n, err := deleteLogs(ctx, tx, chunk, db.dialect.lockLog)
			if err != nil {
				return err
			}
			deleted += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}

// deleteLogs deletes a few Logs. It locks them in the order of their ids, as insertions do.
func deleteLogs(ctx context.Context, tx *sql.Tx, ids []string, lock string) (int, error) {
	var w where
	in(&w, "l.id", ids)
	text := `DELETE FROM log WHERE seq IN (SELECT l.seq FROM log l` + w.String() + ` ORDER BY l.id` + lock + `) RETURNING seq, file, version`
	var seqs []int64
	counts := map[versionRef]int64{}
	err := each(ctx, tx, text, w.args, func(rows *sql.Rows) error {
		var seq int64
		var ref versionRef
		err := rows.Scan(&seq, &ref.file, &ref.version)
		seqs = append(seqs, seq)
		counts[ref]++
		return err
	})
	if err != nil || len(seqs) == 0 {
		return 0, err
	}
	var p where
	in(&p, "log", seqs)
	if _, err := tx.ExecContext(ctx, `DELETE FROM log_payload`+p.String(), p.args...); err != nil { //nolint:gosec // values are bound
		return 0, err
	}
	return len(seqs), uncount(ctx, tx, counts)
}

// uncount takes deleted Logs off the rollups, always in the same order, so that transactions do not wait for each other in a circle.
func uncount(ctx context.Context, tx *sql.Tx, counts map[versionRef]int64) error {
	versions := make([]versionRef, 0, len(counts))
	for ref := range counts {
		versions = append(versions, ref)
	}
	slices.SortFunc(versions, func(a, b versionRef) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.version, b.version))
	})
	for _, ref := range versions {
		_, err := tx.ExecContext(ctx, `UPDATE usage SET logs_count = logs_count - $3 WHERE file = $1 AND version = $2`, ref.file, ref.version, counts[ref])
		if err != nil {
			return err
		}
	}
	return nil
}
