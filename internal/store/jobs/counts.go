package jobs

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// TaskCount is how many tasks of a pool and lane there are.
type TaskCount struct {
	Pool    string
	Lane    Lane
	Waiting int
	Held    int
	Oldest  time.Time // since when one of those that wait is due; zero for none, and in the future when all were put back
}

// TaskCounts counts all tasks, by pool and lane.
func (db *Store) TaskCounts(ctx context.Context) ([]TaskCount, error) {
	const text = `SELECT pool, lane, CAST(SUM(CASE lease_us WHEN 0 THEN 1 ELSE 0 END) AS BIGINT), COUNT(*), COALESCE(MIN(CASE lease_us WHEN 0 THEN due_us END), 0)
		FROM task GROUP BY pool, lane ORDER BY pool, lane`
	list, err := sqldb.List(ctx, db.Read, text, nil, func(rows *sql.Rows) (c TaskCount, err error) {
		var all int
		var oldest int64
		err = rows.Scan(&c.Pool, &c.Lane, &c.Waiting, &all, &oldest)
		c.Held, c.Oldest = all-c.Waiting, sqldb.FromMicros(oldest)
		return c, err
	})
	return list, db.Fail("store.TaskCounts", err)
}

// MonitorCount is how an Evaluator that monitors a File keeps up.
type MonitorCount struct {
	EvaluatorID   string
	EvaluatorPath string
	VersionID     string // or
	EnvironmentID string
	Active        bool
	Waiting       int
	Oldest        time.Time // since when the Log waits that waits longest; zero for none
	Judged        int       // Logs in the last day, to ten minutes
	Failed        int       // likewise, where the Evaluator failed
	FailedLog     string    // likewise, the id of its Log that failed last; "" for none. It may be deleted
	Skipped       int64     // Logs that were not judged at once because too many waited
}

// MonitorCounts counts the tasks of the Evaluators that monitor a File, in the order in which they were attached. Errors: file_not_found.
func (db *Store) MonitorCounts(ctx context.Context, fileID string) (list []MonitorCount, err error) {
	defer db.Failed("store.MonitorCounts", &err)
	if err := db.KeepSkipped(ctx); err != nil {
		return nil, err
	}
	seq, err := versions.Seq(ctx, db.Read, fileID)
	if err != nil {
		return nil, err
	}
	const text = `SELECT f.id, f.path, COALESCE(v.id, ''), m.environment_id, m.active, m.skipped, COALESCE((SELECT c.failed_log FROM monitor_count c
			WHERE c.monitor = m.seq AND c.failed_log <> '' AND c.since_us > $2 ORDER BY c.since_us DESC LIMIT 1), ''), (SELECT COUNT(*) FROM task t WHERE t.monitor = m.seq),
			COALESCE((SELECT MIN(CASE WHEN t.since_us BETWEEN 1 AND t.due_us THEN t.since_us ELSE t.due_us END) FROM task t WHERE t.monitor = m.seq), 0),
			CAST(COALESCE((SELECT SUM(c.judged) FROM monitor_count c WHERE c.monitor = m.seq AND c.since_us > $2), 0) AS BIGINT),
			CAST(COALESCE((SELECT SUM(c.failed) FROM monitor_count c WHERE c.monitor = m.seq AND c.since_us > $2), 0) AS BIGINT)
		FROM monitor m JOIN file f ON f.seq = m.evaluator LEFT JOIN version v ON v.seq = m.version WHERE m.file = $1 ORDER BY m.seq`
	args := []any{seq, sqldb.Micros(db.Now().Add(-countDay - countStep))}
	return sqldb.List(ctx, db.Read, text, args, func(rows *sql.Rows) (c MonitorCount, err error) {
		var oldest int64
		err = rows.Scan(&c.EvaluatorID, &c.EvaluatorPath, &c.VersionID, &c.EnvironmentID, &c.Active, &c.Skipped, &c.FailedLog, &c.Waiting, &oldest, &c.Judged, &c.Failed)
		c.Oldest = sqldb.FromMicros(oldest)
		return c, err
	})
}

// SkippedLogs is how many Logs were not judged at once by Evaluators that monitor them because too many waited, since the process began.
func (db *Store) SkippedLogs() int64 { return db.monitors.backlog.total.Load() }
