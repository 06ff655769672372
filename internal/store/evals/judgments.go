package evals

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// judging is who judges when a version of an Evaluator does.
type judging struct {
	judge int64 // the version, or, when clients or people judge, minus the seq of its File
	human bool
}

func (db *links) judgeOf(ctx context.Context, q sqldb.Querier, versionID string) (judging, error) {
	if judge, known := db.judges.Load(versionID); known {
		return judge.(judging), nil
	}
	var version, of int64
	var raw []byte
	err := sqldb.Must(ctx, q, versions.NoVersion(versionID), `SELECT seq, file, content FROM version WHERE id = $1`, []any{sqldb.Storable(versionID)},
		&version, &of, &raw)
	if err != nil {
		return judging{}, err
	}
	var content struct {
		Type file.EvaluatorType `json:"evaluator_type"`
	}
	if err := json.UnmarshalForeign(raw, &content); err != nil {
		return judging{}, err
	}
	j := judging{judge: version, human: content.Type == file.HumanEvaluator}
	if content.Type == file.ExternalEvaluator || j.human {
		j.judge = -of
	}
	db.judges.Store(versionID, j)
	return j, nil
}

// addProgress sets how far Runs of an Evaluation have come.
func addProgress(ctx context.Context, q sqldb.Querier, evaluationSeq int64, runs []judgment.Run, seqs []int64) error {
	at := map[int64]*judgment.Run{}
	for i, seq := range seqs {
		at[seq] = &runs[i]
	}
	wanted, several, err := wantedOf(ctx, q, evaluationSeq)
	if err != nil {
		return err
	}
	err = sqldb.EachIn(ctx, q, `SELECT run, COUNT(log), COUNT(*) - COUNT(log) FROM run_log WHERE run`, seqs, ` GROUP BY run`, func(rows *sql.Rows) error {
		var seq int64
		var logs, missing int
		err := rows.Scan(&seq, &logs, &missing)
		r := at[seq]
		r.Logs, r.Missing, r.Wanted = logs, missing, logs*wanted
		return err
	})
	if err != nil {
		return err
	}
	judged := `SELECT j.run, COUNT(*) FROM evaluation_evaluator e JOIN run_judgment j ON j.judge = e.judge
		WHERE e.evaluation = ` + strconv.FormatInt(evaluationSeq, 10) + ` AND j.run`
	by := ` GROUP BY j.run`
	if several {
		judged, by = severalJudged(evaluationSeq), ` GROUP BY x.run`
	}
	return sqldb.EachIn(ctx, q, judged, seqs, by, func(rows *sql.Rows) error {
		var seq int64
		var pairs int
		err := rows.Scan(&seq, &pairs)
		at[seq].Judged = pairs
		return err
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
