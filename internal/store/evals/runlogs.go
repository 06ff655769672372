package evals

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// AddLogsToRun adds Logs to a Run of an Evaluation; those that are in it already stay as they are. A Log that was made for a datapoint that
// the Run has no Log for becomes that datapoint's.
//
// Errors: evaluation_not_found, run_not_found; log_not_found for an unknown one, and then none was added.
func (db *Store) AddLogsToRun(ctx context.Context, evaluationID, runID string, logIDs []string) (*judgment.Run, error) {
	for _, id := range logIDs {
		if err := db.logs.Await(ctx, id); err != nil {
			return nil, err
		}
	}
	return db.changeRun(ctx, "store.AddLogsToRun", evaluationID, runID, func(ctx context.Context, tx *sqldb.Tx, _, run int64) error {
		if err := db.links.lockJudgments(ctx, tx); err != nil {
			return err
		}
		for chunk := range slices.Chunk(logIDs, sqldb.MaxList) {
			logs, err := logSeqs(ctx, tx, chunk)
			if err != nil {
				return err
			}
			if err := addLogs(ctx, tx, run, logs); err != nil {
				return err
			}
			err = jobs.JudgeTasks(ctx, tx, sqldb.Micros(db.Clock()), ` AND x.run = $2 AND x.log`+among(logs), run)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// logSeqs are the seqs of Logs, which must all exist.
func logSeqs(ctx context.Context, q sqldb.Querier, logIDs []string) ([]int64, error) {
	known := map[string]bool{}
	var seqs []int64
	err := sqldb.EachIn(ctx, q, `SELECT id, seq FROM log WHERE id`, logIDs, ``, func(rows *sql.Rows) error {
		var id string
		var seq int64
		err := rows.Scan(&id, &seq)
		known[id] = true
		seqs = append(seqs, seq)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, id := range logIDs {
		if !known[id] {
			return nil, logs.NotFound(id)
		}
	}
	return seqs, nil
}

// addLogs adds Logs to a Run: in the places of their datapoints, where those are free, or else after them.
func addLogs(ctx context.Context, tx *sqldb.Tx, run int64, logs []int64) error {
	var w sqldb.Where
	w.Param(run)
	sqldb.In(&w, "l.seq", logs)
	w.Add("l.seq NOT IN (SELECT o.log FROM run_log o WHERE o.run = $1 AND o.log IS NOT NULL)")
	fitting := ` FROM datapoint_log d JOIN log l ON l.seq = d.log` + w.String()
	fill := `UPDATE run_log SET log = (SELECT MAX(d.log)` + fitting + ` AND d.datapoint = run_log.datapoint)
		WHERE run = $1 AND log IS NULL AND datapoint IN (SELECT d.datapoint` + fitting + `)`
	if err := tx.Exec(ctx, fill, w.Args...); err != nil {
		return err
	}
	err := tx.Exec(ctx, `INSERT INTO run_log (run, place, log) SELECT CAST($1 AS BIGINT), `+furtherPlace+`, l.seq FROM log l`+w.String(), w.Args...)
	if err != nil {
		return err
	}
	const failed = `UPDATE run_log SET failed = 1 WHERE failed = 0 AND log IN (SELECT l.seq FROM log l WHERE l.error_reason IS NOT NULL AND l.seq`
	if err := sqldb.ExecIn(ctx, tx, failed, logs, `)`); err != nil {
		return err
	}
	var j sqldb.Where
	j.Add("x.run = ?", run)
	sqldb.In(&j, "x.log", logs)
	return tx.Exec(ctx, countJudgments+j.String()+onlyLatest, j.Args...)
}

// furtherPlace is the place in a Run of a Log l that stands for no datapoint: after all datapoints.
const furtherPlace = `1099511627776 + l.seq`

// RunLog is a Log of a Run.
type RunLog struct {
	RunID string
	Log   *trace.Log
}

// RunLogs lists the Logs of Runs of an Evaluation, those of the newest Run first, each Run's in the order of its Dataset, and the number
// of them on all pages. No runIDs stand for all Runs. Errors: evaluation_not_found, run_not_found.
func (db *Store) RunLogs(ctx context.Context, evaluationID string, runIDs []string, page trace.Page) (list []RunLog, total int, err error) {
	defer db.Failed("store.RunLogs", &err)
	seq, err := evaluationSeq(ctx, db.Read, evaluationID, "")
	if err != nil {
		return nil, 0, err
	}
	var w sqldb.Where
	w.Add("m.evaluation = ? AND x.log IS NOT NULL", seq)
	if len(runIDs) > sqldb.MaxList {
		return nil, 0, errs.Invalid("Name 1000 Runs at most.", "run_id")
	}
	if len(runIDs) > 0 {
		runs := make([]int64, len(runIDs))
		for i, id := range runIDs {
			if runs[i], err = runIn(ctx, db.Read, seq, id); err != nil {
				return nil, 0, err
			}
		}
		sqldb.In(&w, "m.run", runs)
	}
	from := ` FROM evaluation_run m JOIN run_log x ON x.run = m.run` + w.String()
	_, err = sqldb.Found(ctx, db.Read, `SELECT COUNT(*)`+from, w.Args, &total)
	if err != nil || page.Size <= 0 || page.Offset() >= total {
		return nil, total, err
	}
	const order = ` ORDER BY x.run DESC, x.place`
	text := `SELECT r.id, ` + logs.Columns + ` FROM (SELECT x.run, x.place, x.log` + from + order + ` LIMIT ` + w.Param(page.Size) + ` OFFSET ` + w.Param(page.Offset()) +
		`) x JOIN run r ON r.seq = x.run JOIN log l ON l.seq = x.log JOIN file f ON f.seq = l.file JOIN version v ON v.seq = l.version
		` + logs.PayloadTables + order
	err = logs.ReadWhole(ctx, db.DB, func(q sqldb.Querier) error {
		var whole logs.WholeLogs
		list, err = sqldb.List(ctx, q, text, w.Args, func(rows *sql.Rows) (r RunLog, err error) {
			r.Log, err = whole.Scan(rows, &r.RunID)
			return r, err
		})
		if err != nil {
			return err
		}
		return whole.Finish(ctx, q, db.Dialect)
	})
	return list, total, err
}
