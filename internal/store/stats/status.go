package stats

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Status is how large a database is, and what waits in it.
type Status struct {
	Kind   string // sqlite or postgresql
	Bytes  int64  // on disk
	Logs   int64
	Oldest time.Time // when the oldest Log was created; zero without Logs
	Tasks  TaskTotals
}

// TaskTotals counts the tasks of all pools.
type TaskTotals struct {
	Waiting int64 // not begun
	Held    int64 // being done
	Tried   int64 // of both, those that failed before
}

// Status reads the state of the database. No Log is read for it.
func (db *Store) Status(ctx context.Context) (s *Status, err error) {
	defer db.Failed("store.Status", &err)
	s = &Status{Kind: db.Kind()}
	if _, err := sqldb.Found(ctx, db.Read, db.Dialect.Bytes, nil, &s.Bytes); err != nil {
		return nil, err
	}
	const logs = `SELECT CAST(COALESCE(SUM(logs_count), 0) AS BIGINT) FROM usage`
	if _, err := sqldb.Found(ctx, db.Read, logs, nil, &s.Logs); err != nil {
		return nil, err
	}
	var oldest sql.NullInt64 // of each File the first entry of its index
	const first = `SELECT MIN((SELECT MIN(l.created_us) FROM log l WHERE l.file = u.file)) FROM (SELECT DISTINCT file FROM usage WHERE logs_count > 0) u`
	if _, err := sqldb.Found(ctx, db.Read, first, nil, &oldest); err != nil {
		return nil, err
	}
	s.Oldest = sqldb.FromMicros(oldest.Int64)
	const tasks = `SELECT CAST(COALESCE(SUM(CASE lease_us WHEN 0 THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(*), CAST(COALESCE(SUM(CASE attempts WHEN 0 THEN 0 ELSE 1 END), 0) AS BIGINT) FROM task`
	_, err = sqldb.Found(ctx, db.Read, tasks, nil, &s.Tasks.Waiting, &s.Tasks.Held, &s.Tasks.Tried)
	s.Tasks.Held -= s.Tasks.Waiting
	return s, err
}
