package jobs

import (
	"context"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	insertTask = `INSERT INTO task (kind, subject, object, revision, run, monitor, pool, lane, turn, due_us, lease_us, worker, attempts, lost, since_us, reason) `

	// A free place of a Run that the server makes Logs for. A task for an earlier try, which may still be held, becomes one for this.
	placeTask = insertTask + `SELECT 1, x.run, x.place, x.tries, x.run, 0, v.pool, r.lane, x.place, CAST($1 AS BIGINT), 0, '', 0, 0, 0, ''
		FROM run_log x JOIN run r ON r.seq = x.run JOIN version v ON v.seq = r.version JOIN file f ON f.seq = v.file
		WHERE f.kind <> 'evaluator' AND x.log IS NULL AND r.orchestrated = 1 AND r.closed = '' AND r.old = 0 AND v.pool <> ''
		AND EXISTS (SELECT 1 FROM evaluation_run m WHERE m.run = r.seq)`
	placeTaken = ` ON CONFLICT (kind, subject, object) DO UPDATE SET revision = excluded.revision, pool = excluded.pool, due_us = excluded.due_us, lease_us = 0,
		worker = '', attempts = 0, lost = 0, since_us = 0, reason = '' WHERE task.revision <> excluded.revision OR task.pool <> excluded.pool AND task.lease_us = 0`

	// A Log of an open Run that an Evaluator which the server runs has not judged. Of several Runs the first pays. A Log that has failed for the reason for
	// which its Run was stopped was not tried, so the judgment needs nothing of what its Evaluator would occupy.
	judgeTask = insertTask + `SELECT 2, x.log, e.version, (SELECT COALESCE(MAX(j.evaluator_log), 0) FROM judgment j
			WHERE j.log = x.log AND j.version = e.version), MIN(x.run), 0,
		CASE WHEN MAX(r.stopped) <> '' AND MAX(r.stopped) = (SELECT l.error_reason FROM log l WHERE l.seq = x.log) THEN '` + file.NativePool + `' ELSE v.pool END,
		MIN(r.lane), MIN(` + turn + `), CAST($1 AS BIGINT), 0, '', 0, 0, 0, ''
		FROM run_log x JOIN run r ON r.seq = x.run JOIN evaluation_run m ON m.run = x.run JOIN evaluation_evaluator e ON e.evaluation = m.evaluation
		JOIN version v ON v.seq = e.version
		WHERE x.log IS NOT NULL AND r.closed = '' AND e.orchestrated = 1 AND v.pool <> ''
		AND NOT EXISTS (SELECT 1 FROM run_judgment j WHERE j.run = x.run AND j.log = x.log AND j.judge = e.judge)`
	judgeTaken = ` GROUP BY x.log, e.version, v.pool ON CONFLICT (kind, subject, object) DO UPDATE SET
		lane = CASE WHEN excluded.lane < task.lane THEN excluded.lane ELSE task.lane END,
		turn = CASE WHEN excluded.lane < task.lane THEN excluded.turn ELSE task.turn END,
		run = excluded.run WHERE task.run = 0 OR excluded.lane < task.lane`

	// Further Logs have no number within their Run: they spread over the first thousand.
	turn = `CASE WHEN x.place < 1099511627776 THEN x.place ELSE x.place % 1000 END`
)

// FirstTasks makes the tasks for the free places of a Run that is being made, and is in an Evaluation. There are none yet, which spares looking for each.
func FirstTasks(ctx context.Context, tx *sqldb.Tx, now, run int64) error {
	tx.Wakes()
	return tx.Exec(ctx, placeTask+` AND r.seq = $2`, now, run)
}

// PlaceTasks makes the tasks for the free places of Runs that the server makes Logs for. The condition is about the tables run_log x and run r.
func PlaceTasks(ctx context.Context, tx *sqldb.Tx, now int64, condition string, args ...any) error {
	tx.Wakes()
	return tx.Exec(ctx, placeTask+condition+placeTaken, append([]any{now}, args...)...)
}

// JudgeTasks makes the tasks for the Logs of open Runs that Evaluators which the server runs have not judged. The condition is about the tables run_log x,
// run r, evaluation_run m and evaluation_evaluator e.
func JudgeTasks(ctx context.Context, tx *sqldb.Tx, now int64, condition string, args ...any) error {
	tx.Wakes()
	return tx.Exec(ctx, judgeTask+condition+judgeTaken, append([]any{now}, args...)...)
}

// JudgeLogText is the statement that makes such tasks for the Log with the id $2, at the time $1.
const JudgeLogText = judgeTask + ` AND x.log = (SELECT seq FROM log WHERE id = $2)` + judgeTaken
