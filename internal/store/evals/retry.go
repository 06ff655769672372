package evals

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Retry says what of a Run is to be made again.
type Retry string

// What can be made again, as the API names it.
const (
	RetryErrors    Retry = "errors"    // all that follows
	RetryLogs      Retry = "logs"      // Logs that failed
	RetryJudgments Retry = "judgments" // judgments that failed, of Evaluators that the server runs
)

const (
	uncountFailedLogs = `DELETE FROM run_judgment WHERE run = $1 AND log IN (SELECT x.log FROM run_log x WHERE x.run = $1 AND x.failed = 1 AND x.datapoint IS NOT NULL)`
	emptyFailedPlaces = `UPDATE run_log SET log = NULL, failed = 0, tries = tries + 1 WHERE run = $1 AND failed = 1 AND datapoint IS NOT NULL`

	uncountFailures = `DELETE FROM run_judgment WHERE run = $1 AND outcome = $3 AND judge IN (SELECT e.judge FROM evaluation_evaluator e
		JOIN version v ON v.seq = e.version WHERE e.evaluation = $2 AND e.orchestrated = 1 AND v.pool <> '')`

	// What was spent before does not count against the limit.
	reopenRun = `UPDATE run SET closed = '', stopped = '', old = 0, max_cost = CASE WHEN max_cost > 0 THEN max_cost + spent ELSE 0 END WHERE seq = $1`
)

// RetryRun has what failed in a Run made again: failed Logs leave their places, though they stay as Logs, and failed judgments are asked for again. The
// Run is open again, and its limits count anew. Errors: evaluation_not_found, run_not_found, validation_failed.
func (db *Store) RetryRun(ctx context.Context, evaluationID, runID string, only Retry) (*judgment.Run, error) {
	if only != RetryErrors && only != RetryLogs && only != RetryJudgments {
		return nil, errs.Invalid("What can be tried again is errors, logs or judgments.", "only")
	}
	return db.changeRun(ctx, "store.RetryRun", evaluationID, runID, func(ctx context.Context, tx *sqldb.Tx, evaluation, run int64) error {
		if _, err := sqldb.Found(ctx, tx, `SELECT id FROM run WHERE seq = $1`+db.Dialect.LockRows, []any{run}); err != nil {
			return err
		}
		if err := tx.Exec(ctx, reopenRun, run); err != nil {
			return err
		}
		if only != RetryJudgments {
			for _, text := range []string{uncountFailedLogs, emptyFailedPlaces} {
				if err := tx.Exec(ctx, text, run); err != nil {
					return err
				}
			}
		}
		if only != RetryLogs {
			if err := tx.Exec(ctx, uncountFailures, run, evaluation, int64(judgment.Failed)); err != nil {
				return err
			}
		}
		now := sqldb.Micros(db.Clock())
		if err := jobs.PlaceTasks(ctx, tx, now, ` AND x.run = $2`, run); err != nil {
			return err
		}
		return jobs.JudgeTasks(ctx, tx, now, ` AND x.run = $2`, run)
	})
}
