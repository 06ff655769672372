package jobs

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// The active monitors of Files, the version that each stands for now, and since when it does so.
const monitoring = `SELECT m.file, v.seq, v.pool, COALESCE(CASE WHEN d.created_us > m.updated_us THEN d.created_us END, m.updated_us), ` + monitorColumns + `
	FROM monitor m LEFT JOIN deployment d ON m.version = 0 AND d.file = m.evaluator AND d.environment_id = m.environment_id
	JOIN version v ON v.seq = CASE m.version WHEN 0 THEN d.version ELSE m.version END JOIN file f ON f.seq = m.file
	WHERE m.active = 1 AND v.pool <> '' AND f.deleted_us IS NULL ORDER BY m.seq`

// healAtMost is how many Logs of a monitor that were not judged are looked at each time.
const healAtMost = 20_000

// HealMonitored makes the tasks for monitored Logs that were created since a time, and have neither a judgment nor a task, however that was lost. It
// takes up Logs that were skipped as well, as far as there is room, and returns how many tasks it made. Logs from before a monitor was activated, or
// before its version was deployed, are left alone. It also deletes old counts of judgments.
func (db *Store) HealMonitored(ctx context.Context, since time.Time) (made int, err error) {
	defer db.Failed("store.HealMonitored", &err)
	if err := db.forgetJudged(ctx); err != nil {
		return 0, err
	}
	looks, err := sqldb.List(ctx, db.Read, monitoring, nil, func(rows *sql.Rows) (*lookback, error) {
		var b lookback
		one, err := scanMonitor(rows, &b.file, &b.version, &b.pool, &b.from)
		b.atMost = healAtMost
		b.monitor, b.to, b.from = one, math.MaxInt64, max(b.from, sqldb.Micros(since))
		return &b, err
	})
	for _, b := range looks {
		if b.most, err = db.monitors.backlog.room(ctx, b.seq, db.Now()); err != nil {
			return made, err
		}
		if _, err = b.enqueue(ctx, db.DB); err != nil {
			return made, err
		}
		db.monitors.backlog.add(b.seq, b.made)
		made += b.made
	}
	return made, err
}
