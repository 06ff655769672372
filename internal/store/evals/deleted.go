package evals

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// step is a statement about some rows.
type step struct {
	text string
	of   []int64
	rest string
}

// goingRuns are the open Runs among some that are not complete in all their Evaluations.
const goingRuns = `SELECT r.seq FROM run r WHERE r.closed = '' AND (
		EXISTS (SELECT 1 FROM run_log x WHERE x.run = r.seq AND x.log IS NULL)
		OR EXISTS (SELECT 1 FROM evaluation_run m WHERE m.run = r.seq AND
			(SELECT COUNT(*) FROM evaluation_evaluator e WHERE e.evaluation = m.evaluation) * (SELECT COUNT(x.log) FROM run_log x WHERE x.run = r.seq) >
			(SELECT COUNT(*) FROM evaluation_evaluator e JOIN run_judgment j ON j.run = r.seq AND j.judge = e.judge WHERE e.evaluation = m.evaluation))
	) AND r.seq`

// Deleted implements [logs.Links]. In a Run that is still going, the datapoints that the Logs stood for have no Log again. From one that is complete,
// and when they expired, the Logs take their places along: it stays complete, and nothing is called again for it.
//
// Judgments count again that came before those of deleted Evaluator Logs, and the server judges anew where it can. Judgments that expired stay counted.
func (db *links) Deleted(ctx context.Context, tx *sqldb.Tx, logs []int64, expired bool) error {
	going, err := goingWith(ctx, tx, logs, expired)
	if err != nil {
		return err
	}
	var judged []int64
	if !expired {
		judged, err = sqldb.ColumnIn[int64](ctx, tx, `SELECT DISTINCT log FROM judgment WHERE evaluator_log`, logs, ``)
		if err != nil {
			return err
		}
	}
	for _, s := range []step{
		{`DELETE FROM run_judgment WHERE (run, log) IN (SELECT run, log FROM run_log WHERE log`, slices.Concat(judged, logs), `)`},
		{`DELETE FROM judgment WHERE evaluator_log`, logs, ``},
		{`DELETE FROM judgment WHERE log`, logs, ``},
		{countJudgments + ` WHERE x.log`, judged, onlyLatest},
		{`UPDATE run_log SET log = NULL, failed = 0, tries = tries + 1 WHERE datapoint IS NOT NULL AND run` + among(going) + ` AND log`, logs, ``},
		{`DELETE FROM run_log WHERE log`, logs, ``},
		{`DELETE FROM datapoint_log WHERE log`, logs, ``},
		{`DELETE FROM task WHERE kind = 2 AND subject`, logs, ``},
	} {
		if err := sqldb.ExecIn(ctx, tx, s.text, s.of, s.rest); err != nil {
			return err
		}
	}
	now := sqldb.Micros(db.Clock())
	if len(going) > 0 {
		if err := jobs.PlaceTasks(ctx, tx, now, ` AND x.run`+among(going)); err != nil {
			return err
		}
	}
	if len(judged) == 0 {
		return nil
	}
	for part := range slices.Chunk(judged, sqldb.MaxList) {
		if err := jobs.JudgeTasks(ctx, tx, now, ` AND x.log`+among(part)); err != nil {
			return err
		}
	}
	return nil
}

// goingWith are the Runs that are still going, and hold Logs in places of datapoints.
func goingWith(ctx context.Context, tx *sqldb.Tx, logs []int64, expired bool) ([]int64, error) {
	if expired {
		return nil, nil
	}
	runs, err := sqldb.ColumnIn[int64](ctx, tx, `SELECT DISTINCT run FROM run_log WHERE datapoint IS NOT NULL AND log`, logs, ``)
	if err != nil {
		return nil, err
	}
	slices.Sort(runs)
	return sqldb.ColumnIn[int64](ctx, tx, goingRuns, slices.Compact(runs), ``)
}

// among is the condition that a number is one of some.
func among(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.FormatInt(n, 10)
	}
	if len(texts) == 0 {
		return ` IS NULL`
	}
	return ` IN (` + strings.Join(texts, `, `) + `)`
}
