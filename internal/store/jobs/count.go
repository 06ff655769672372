package jobs

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// TaskCount is how many tasks of a pool and a lane there are.
type TaskCount struct {
	Pool string
	Lane Lane
	Free int
	Held int
	Due  time.Time // of the free one that comes first; zero when there is none
}

// CountTasks counts all tasks. It reads the whole table.
func (db *Store) CountTasks(ctx context.Context) ([]TaskCount, error) {
	const text = `SELECT pool, lane, COUNT(CASE WHEN lease_us = 0 THEN 1 END), COUNT(CASE WHEN lease_us > 0 THEN 1 END),
		COALESCE(MIN(CASE WHEN lease_us = 0 THEN due_us END), 0) FROM task GROUP BY pool, lane ORDER BY pool, lane`
	counts, err := sqldb.List(ctx, db.Read, text, nil, func(rows *sql.Rows) (c TaskCount, err error) {
		var due int64
		err = rows.Scan(&c.Pool, &c.Lane, &c.Free, &c.Held, &due)
		c.Due = sqldb.FromMicros(due)
		return c, err
	})
	return counts, db.Fail("store.CountTasks", err)
}
