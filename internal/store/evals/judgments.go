package evals

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// judgeOf is who judges when a version of an Evaluator does: the version, or, when clients or people judge, minus the seq of its File.
func (db *links) judgeOf(ctx context.Context, q sqldb.Querier, versionID string) (int64, error) {
	if judge, known := db.judges.Load(versionID); known {
		return judge.(int64), nil
	}
	var version, of int64
	var raw []byte
	err := sqldb.Must(ctx, q, versions.NoVersion(versionID), `SELECT seq, file, content FROM version WHERE id = $1`, []any{sqldb.Storable(versionID)},
		&version, &of, &raw)
	if err != nil {
		return 0, err
	}
	var content struct {
		Type file.EvaluatorType `json:"evaluator_type"`
	}
	if err := json.UnmarshalForeign(raw, &content); err != nil {
		return 0, err
	}
	judge := version
	if content.Type == file.ExternalEvaluator || content.Type == file.HumanEvaluator {
		judge = -of
	}
	db.judges.Store(versionID, judge)
	return judge, nil
}

// addProgress sets how far Runs of an Evaluation have come.
func addProgress(ctx context.Context, q sqldb.Querier, evaluationSeq int64, runs []judgment.Run, seqs []int64) error {
	at := map[int64]*judgment.Run{}
	for i, seq := range seqs {
		at[seq] = &runs[i]
	}
	const text = `SELECT run, COUNT(log), COUNT(*) - COUNT(log), CAST(SUM(failed) AS BIGINT) FROM run_log WHERE run`
	err := sqldb.EachIn(ctx, q, text, seqs, ` GROUP BY run`, func(rows *sql.Rows) error {
		var seq int64
		var logs, missing, failed int
		err := rows.Scan(&seq, &logs, &missing, &failed)
		r := at[seq]
		r.Logs, r.Missing, r.Failed = logs, missing, failed
		return err
	})
	if err != nil {
		return err
	}
	evaluators, err := progressJudges(ctx, q, evaluationSeq)
	if err != nil {
		return err
	}
	judged := map[[2]int64]int{} // of Runs, by judge
	err = sqldb.EachIn(ctx, q, `SELECT run, judge, COUNT(*) FROM run_judgment WHERE run`, seqs, ` GROUP BY run, judge`, func(rows *sql.Rows) error {
		var run, judge int64
		var logs int
		err := rows.Scan(&run, &judge, &logs)
		judged[[2]int64{run, judge}] = logs
		return err
	})
	for seq, r := range at {
		for _, e := range evaluators {
			n := judged[[2]int64{seq, e.judge}]
			r.Wanted, r.Judged = r.Wanted+r.Logs, r.Judged+n
			if !e.runs && n < r.Logs {
				r.Waiting = append(r.Waiting, judgment.Waiting{VersionID: e.versionID, Logs: r.Logs - n})
			}
		}
	}
	return err
}

// progressJudge is an Evaluator of an Evaluation.
type progressJudge struct {
	versionID string
	judge     int64
	runs      bool // the server runs it
}

func progressJudges(ctx context.Context, q sqldb.Querier, evaluationSeq int64) ([]progressJudge, error) {
	const text = `SELECT v.id, e.judge, CASE WHEN e.orchestrated = 1 AND v.pool <> '' THEN 1 ELSE 0 END FROM evaluation_evaluator e
		JOIN version v ON v.seq = e.version WHERE e.evaluation = $1 ORDER BY e.added_us, e.version`
	return sqldb.List(ctx, q, text, []any{evaluationSeq}, func(rows *sql.Rows) (e progressJudge, err error) {
		err = rows.Scan(&e.versionID, &e.judge, &e.runs)
		return e, err
	})
}

// Tallies counts the judgments of the Runs of an Evaluation: for each Run and Evaluator how many Logs were given the same. Errors:
// evaluation_not_found.
func (db *Store) Tallies(ctx context.Context, evaluationID string) (tallies []judgment.Tally, err error) {
	defer db.Failed("store.Tallies", &err)
	seq, err := evaluationSeq(ctx, db.Read, evaluationID, "")
	if err != nil {
		return nil, err
	}
	const text = `SELECT r.id, v.id, j.outcome, j.number, j.choice, j.logs FROM (
			SELECT run, judge, outcome, number, choice, COUNT(*) AS logs FROM run_judgment
			WHERE run IN (SELECT run FROM evaluation_run WHERE evaluation = $1) GROUP BY run, judge, outcome, number, choice
		) j JOIN evaluation_evaluator e ON e.judge = j.judge JOIN run r ON r.seq = j.run JOIN version v ON v.seq = e.version WHERE e.evaluation = $1`
	return sqldb.List(ctx, db.Read, text, []any{seq}, func(rows *sql.Rows) (t judgment.Tally, err error) {
		err = rows.Scan(&t.RunID, &t.VersionID, &t.Outcome, &t.Number, &t.Choice, &t.Count)
		return t, err
	})
}
