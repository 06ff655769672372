package evals

import (
	"cmp"
	"context"
	"database/sql"
	"sync"

	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Marks reads the judgments that count for Runs of an Evaluation, by the id of the Run, in no certain order. The Runs are read at once, and
// no Log is. Errors: evaluation_not_found, run_not_found.
func (db *Store) Marks(ctx context.Context, evaluationID string, runIDs ...string) (marks map[string]judgment.Marks, err error) {
	defer db.Failed("store.Marks", &err)
	seq, err := evaluationSeq(ctx, db.Read, evaluationID, "")
	if err != nil {
		return nil, err
	}
	versions := map[int64][]string{}
	err = sqldb.Each(ctx, db.Read, `SELECT e.judge, v.id FROM evaluation_evaluator e JOIN version v ON v.seq = e.version WHERE e.evaluation = $1`, []any{seq},
		func(rows *sql.Rows) error {
			var judge int64
			var id string
			err := rows.Scan(&judge, &id)
			versions[judge] = append(versions[judge], id)
			return err
		})
	if err != nil {
		return nil, err
	}
	byJudge, failures := make([]map[int64][]judgment.Mark, len(runIDs)), make([]error, len(runIDs))
	var readers sync.WaitGroup
	for i, id := range runIDs {
		readers.Go(func() { byJudge[i], failures[i] = db.marksOf(ctx, seq, id) })
		if db.IsFrozen() {
			readers.Wait()
		}
	}
	readers.Wait()
	if err := cmp.Or(failures...); err != nil {
		return nil, err
	}
	marks = map[string]judgment.Marks{}
	for i, id := range runIDs {
		marks[id] = judgment.Marks{}
		for judge, ids := range versions {
			for _, version := range ids {
				marks[id][version] = byJudge[i][judge]
			}
		}
	}
	return marks, nil
}

// marksOf reads the judgments of a Run of an Evaluation by who judged. There may be a hundred thousand, so each row has as few columns as possible.
func (db *Store) marksOf(ctx context.Context, evaluationSeq int64, runID string) (map[int64][]judgment.Mark, error) {
	run, err := runIn(ctx, db.Read, evaluationSeq, runID)
	if err != nil {
		return nil, err
	}
	datapoints, err := db.datapointsOf(ctx, run)
	if err != nil {
		return nil, err
	}
	byJudge, choices := map[int64][]judgment.Mark{}, map[string]string{"": ""}
	const outcomes = 16
	var both int64 // judge and outcome
	var choice sql.RawBytes
	err = sqldb.Each(ctx, db.Read, `SELECT judge * 16 + outcome, log, number, choice FROM run_judgment WHERE run = $1`, []any{run}, func(rows *sql.Rows) error {
		var m judgment.Mark
		if err := rows.Scan(&both, &m.Log, &m.Number, &choice); err != nil {
			return err
		}
		known, ok := choices[string(choice)]
		if !ok {
			known = string(choice)
			choices[known] = known
		}
		outcome := both & (outcomes - 1)
		judge := (both - outcome) / outcomes
		m.Outcome, m.Choice, m.Datapoint = judgment.Outcome(outcome), known, datapoints[m.Log]
		byJudge[judge] = append(byJudge[judge], m)
		return nil
	})
	return byJudge, err
}

// furtherDatapoint is the datapoint of a further Log of a Run, which its place does not tell.
const furtherDatapoint = ` FROM run_log x JOIN datapoint_log d ON d.log = x.log WHERE x.place >= 1099511627776`

// datapointsOf reads which datapoints the Logs of a Run were made for.
func (db *Store) datapointsOf(ctx context.Context, run int64) (map[int64]int64, error) {
	datapoints := map[int64]int64{}
	const text = `SELECT log, datapoint FROM run_log WHERE run = $1 AND log IS NOT NULL AND datapoint IS NOT NULL
		UNION ALL SELECT x.log, d.datapoint` + furtherDatapoint + ` AND x.run = $1`
	var log, datapoint int64
	return datapoints, sqldb.Each(ctx, db.Read, text, []any{run}, func(rows *sql.Rows) error {
		err := rows.Scan(&log, &datapoint)
		datapoints[log] = datapoint
		return err
	})
}

// Repeated lists the Runs of an Evaluation that have several Logs of a datapoint. Errors: evaluation_not_found.
func (db *Store) Repeated(ctx context.Context, evaluationID string) (runIDs []string, err error) {
	defer db.Failed("store.Repeated", &err)
	seq, err := evaluationSeq(ctx, db.Read, evaluationID, "")
	if err != nil {
		return nil, err
	}
	return sqldb.Column[string](ctx, db.Read, `SELECT r.id FROM evaluation_run m JOIN run r ON r.seq = m.run
		WHERE m.evaluation = $1 AND EXISTS (SELECT 1`+furtherDatapoint+` AND x.run = m.run) ORDER BY r.seq`, seq)
}

// RunFailures counts the Logs with an error of the Runs of an Evaluation, by the id of the Run and the reason, "" for an error without one.
// Errors: evaluation_not_found.
func (db *Store) RunFailures(ctx context.Context, evaluationID string) (failures map[string]map[string]int, err error) {
	defer db.Failed("store.RunFailures", &err)
	seq, err := evaluationSeq(ctx, db.Read, evaluationID, "")
	if err != nil {
		return nil, err
	}
	failures = map[string]map[string]int{}
	const text = `SELECT r.id, l.error_reason, COUNT(*) FROM evaluation_run m JOIN run r ON r.seq = m.run JOIN run_log x ON x.run = m.run JOIN log l ON l.seq = x.log
		WHERE m.evaluation = $1 AND l.error_reason IS NOT NULL GROUP BY r.id, l.error_reason`
	return failures, sqldb.Each(ctx, db.Read, text, []any{seq}, func(rows *sql.Rows) error {
		var id, reason string
		var count int
		err := rows.Scan(&id, &reason, &count)
		if failures[id] == nil {
			failures[id] = map[string]int{}
		}
		failures[id][reason] = count
		return err
	})
}

// IDsOfMarks reads the ids of the Logs and datapoints that marks name by number. Those that were deleted meanwhile are missing.
func (db *Store) IDsOfMarks(ctx context.Context, logs, datapoints []int64) (logIDs, datapointIDs map[int64]string, err error) {
	defer db.Failed("store.IDsOfMarks", &err)
	read := func(table string, seqs []int64) (map[int64]string, error) {
		ids := make(map[int64]string, len(seqs))
		return ids, sqldb.EachIn(ctx, db.Read, `SELECT seq, id FROM `+table+` WHERE seq`, seqs, ``, func(rows *sql.Rows) error {
			var seq int64
			var id string
			err := rows.Scan(&seq, &id)
			ids[seq] = id
			return err
		})
	}
	if logIDs, err = read("log", logs); err != nil {
		return nil, nil, err
	}
	datapointIDs, err = read("datapoint", datapoints)
	return logIDs, datapointIDs, err
}

// EvaluationsOfRun lists the Evaluations that have a Run, newest first. Errors: run_not_found.
func (db *Store) EvaluationsOfRun(ctx context.Context, runID string) (list []judgment.Evaluation, err error) {
	defer db.Failed("store.EvaluationsOfRun", &err)
	var run int64
	if err := sqldb.Must(ctx, db.Read, unknownRun(runID), `SELECT seq FROM run WHERE id = $1`, []any{sqldb.Storable(runID)}, &run); err != nil {
		return nil, err
	}
	return readEvaluations(ctx, db.Read, ` WHERE e.seq IN (SELECT m.evaluation FROM evaluation_run m WHERE m.run = $1) ORDER BY e.seq DESC`, run)
}
