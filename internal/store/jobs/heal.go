package jobs

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	// Open Runs that lack Logs or judgments which the server makes. Counts tell, so that a complete Run is passed quickly.
	lackingRuns = `SELECT r.seq FROM run r WHERE r.closed = '' AND r.old = 0 AND r.created_us >= $1 AND (
		r.orchestrated = 1 AND EXISTS (SELECT 1 FROM run_log x WHERE x.run = r.seq AND x.log IS NULL)
		OR EXISTS (SELECT 1 FROM evaluation_run m JOIN evaluation_evaluator e ON e.evaluation = m.evaluation JOIN version v ON v.seq = e.version
			WHERE m.run = r.seq AND e.orchestrated = 1 AND v.pool <> ''
			AND (SELECT COUNT(*) FROM run_judgment j WHERE j.run = r.seq AND j.judge = e.judge) < (SELECT COUNT(x.log) FROM run_log x WHERE x.run = r.seq)))
		ORDER BY r.seq`

	lackingPlaces    = ` AND x.run = $2 AND NOT EXISTS (SELECT 1 FROM task t WHERE t.kind = 1 AND t.subject = x.run AND t.object = x.place)`
	lackingJudgments = ` AND x.run = $2 AND NOT EXISTS (SELECT 1 FROM task t WHERE t.kind = 2 AND t.subject = x.log AND t.object = e.version)`
)

// HealTasks makes the tasks that open Runs made since a time need and do not have, however they were lost, and returns how many Runs it looked at
// closely. Runs from before there were tasks are left alone. Each Run is a transaction of its own.
func (db *Store) HealTasks(ctx context.Context, since time.Time) (int, error) {
	runs, err := sqldb.Column[int64](ctx, db.Read, lackingRuns, sqldb.Micros(since))
	if err != nil {
		return 0, db.Fail("store.HealTasks", err)
	}
	for _, run := range runs {
		err := db.Change(ctx, "store.HealTasks", func(ctx context.Context, tx *sqldb.Tx) error {
			now := sqldb.Micros(db.Clock())
			if err := PlaceTasks(ctx, tx, now, lackingPlaces, run); err != nil {
				return err
			}
			return JudgeTasks(ctx, tx, now, lackingJudgments, run)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(runs), nil
}
