package store

import (
	"context"
	"database/sql"
	"slices"

	"openloop/internal/evaluation"
)

// What Evaluators made of the Logs of Runs. $1 is the Evaluation. counts_for is a version that the Evaluation has, version one whose
// judgments count for it. Of several judgments of a Log that count for the same the latest is taken.
const (
	countingVersions = `WITH counting AS (
		SELECT e.version AS counts_for, v.seq AS version FROM evaluation_evaluator e JOIN version own ON own.seq = e.version
		JOIN version v ON v.file = own.file
		WHERE e.evaluation = $1 AND (v.seq = own.seq OR e.any_version = 1
			AND NOT EXISTS (SELECT 1 FROM evaluation_evaluator o WHERE o.evaluation = e.evaluation AND o.version = v.seq)))`

	judged = ` FROM run_log x JOIN judgment j ON j.log = x.log JOIN counting c ON c.version = j.version`

	latest = `NOT EXISTS (SELECT 1 FROM judgment n JOIN counting m ON m.version = n.version
		WHERE n.log = j.log AND n.evaluator_log > j.evaluator_log AND m.counts_for = c.counts_for)`
)

// addProgress sets how far Runs of an Evaluation have come.
func addProgress(ctx context.Context, q querying, evaluationSeq int64, runs []evaluation.Run, seqs []int64) error {
	at := map[int64]*evaluation.Run{}
	for i, seq := range seqs {
		at[seq] = &runs[i]
	}
	var evaluators int
	if _, err := found(ctx, q, `SELECT COUNT(*) FROM evaluation_evaluator WHERE evaluation = $1`, []any{evaluationSeq}, &evaluators); err != nil {
		return err
	}
	for chunk := range slices.Chunk(seqs, maxList) {
		var w where
		in(&w, "run", chunk)
		err := each(ctx, q, `SELECT run, COUNT(log), COUNT(*) - COUNT(log) FROM run_log`+w.String()+` GROUP BY run`, w.args, func(rows *sql.Rows) error {
			var seq int64
			var logs, missing int
			err := rows.Scan(&seq, &logs, &missing)
			r := at[seq]
			r.Logs, r.Missing, r.Wanted = logs, missing, logs*evaluators
			return err
		})
		if err != nil {
			return err
		}
		j := where{args: []any{evaluationSeq}}
		in(&j, "x.run", chunk)
		text := countingVersions + ` SELECT run, COUNT(*) FROM (SELECT DISTINCT x.run, x.log, c.counts_for` + judged + j.String() + `) pairs GROUP BY run`
		err = each(ctx, q, text, j.args, func(rows *sql.Rows) error {
			var seq int64
			var pairs int
			err := rows.Scan(&seq, &pairs)
			at[seq].Judged = pairs
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Tallies counts the judgments of the Runs of an Evaluation: for each Run and Evaluator how many Logs were given the same. Errors:
// evaluation_not_found.
func (db *DB) Tallies(ctx context.Context, evaluationID string) ([]evaluation.Tally, error) {
	tallies, err := db.tallies(ctx, evaluationID)
	return tallies, db.fail("store.Tallies", err)
}

func (db *DB) tallies(ctx context.Context, evaluationID string) ([]evaluation.Tally, error) {
	seq, err := evaluationSeq(ctx, db.read, evaluationID)
	if err != nil {
		return nil, err
	}
	var tallies []evaluation.Tally
	text := countingVersions + ` SELECT r.id, v.id, t.outcome, t.number, t.choice, t.logs FROM (
		SELECT x.run, c.counts_for, j.outcome, j.number, j.choice, COUNT(*) AS logs` + judged + ` WHERE x.run IN (SELECT run FROM evaluation_run WHERE evaluation = $1)
		AND ` + latest + ` GROUP BY x.run, c.counts_for, j.outcome, j.number, j.choice) t
		JOIN run r ON r.seq = t.run JOIN version v ON v.seq = t.counts_for`
	err = each(ctx, db.read, text, []any{seq}, func(rows *sql.Rows) error {
		var t evaluation.Tally
		err := rows.Scan(&t.RunID, &t.VersionID, &t.Outcome, &t.Number, &t.Choice, &t.Count)
		tallies = append(tallies, t)
		return err
	})
	return tallies, err
}
