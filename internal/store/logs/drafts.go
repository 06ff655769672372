package logs

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// How long a draft stays that no Log uses, and how long after that its content does: longer than any call that began with it.
const (
	keepDrafts  = 7 * 24 * time.Hour
	keepContent = 24 * time.Hour
)

const unusedDraft = `version.draft = 1 AND version.created_us < $1
	AND NOT EXISTS (SELECT 1 FROM usage u WHERE u.file = version.file AND u.version = version.seq AND u.logs_count > 0)
	AND NOT EXISTS (SELECT 1 FROM run r WHERE r.version = version.seq)`

// SweepDrafts deletes the drafts that are older than a week and that neither a Log nor a Run uses. A day later it empties them: only their rows
// stay, which others may know by number. It returns the number of Files with such drafts.
func (db *Store) SweepDrafts(ctx context.Context) (int, error) {
	now := db.Now()
	old, gone := sqldb.Micros(now.Add(-keepDrafts)), sqldb.Micros(now.Add(-keepContent))
	const stale = `SELECT DISTINCT f.id FROM version JOIN file f ON f.seq = version.file WHERE ` + unusedDraft + ` AND (version.deleted_us IS NULL OR version.deleted_us < $2)`
	ids, err := sqldb.Column[string](ctx, db.Read, stale, old, gone)
	for _, id := range ids {
		if err == nil {
			err = db.sweepDrafts(ctx, id, old, gone)
		}
	}
	return len(ids), db.Fail("store.SweepDrafts", err)
}

func (db *Store) sweepDrafts(ctx context.Context, fileID string, old, gone int64) error {
	const of = ` WHERE file = (SELECT seq FROM file WHERE id = $2) AND ` + unusedDraft
	return db.Change(ctx, "store.SweepDrafts", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.FileKind, fileID, sqldb.FileTopic(fileID))
		err := tx.Exec(ctx, `UPDATE version SET content = $3, hash = id, draft = 0`+of+` AND version.deleted_us < $4`, old, fileID, []byte("{}"), gone)
		if err != nil {
			return err
		}
		return tx.Exec(ctx, `UPDATE version SET deleted_us = $3`+of+` AND version.deleted_us IS NULL`, old, fileID, sqldb.Micros(db.Now()))
	})
}
