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
	judged, err := countJudged(ctx, q, seqs, evaluators)
	for seq, r := range at {
		for _, e := range evaluators {
			wanted, n := r.Logs*e.people, judged[[2]int64{seq, e.judge}]
			r.Wanted, r.Judged = r.Wanted+wanted, r.Judged+n
			if !e.runs && n < wanted {
				r.Waiting = append(r.Waiting, judgment.Waiting{VersionID: e.versionID, Logs: wanted - n})
			}
		}
	}
	return err
}

// countJudged counts the judgments of Runs, by judge.
func countJudged(ctx context.Context, q sqldb.Querier, seqs []int64, evaluators []progressJudge) (map[[2]int64]int, error) {
	judged := map[[2]int64]int{}
	count := func(rows *sql.Rows) error {
		var run, judge int64
		var n int
		err := rows.Scan(&run, &judge, &n)
		judged[[2]int64{run, judge}] = n
		return err
	}
	if err := sqldb.EachIn(ctx, q, `SELECT run, judge, COUNT(*) FROM run_judgment WHERE run`, seqs, ` GROUP BY run, judge`, count); err != nil {
		return nil, err
	}
	for _, e := range evaluators {
		if e.people <= 1 {
			continue
		}
		if err := sqldb.EachIn(ctx, q, e.byPeople(), seqs, ` GROUP BY x.run`, count); err != nil {
			return nil, err
		}
	}
	return judged, nil
}

// byPeople is the query for the judgments of Runs by different people: of each Log as many as are wanted at most.
func (e *progressJudge) byPeople() string {
	judge, people := strconv.FormatInt(e.judge, 10), strconv.Itoa(e.people)
	return `SELECT x.run, ` + judge + `, CAST(SUM((SELECT CASE WHEN COUNT(DISTINCT j.reviewer) > ` + people + ` THEN ` + people + ` ELSE COUNT(DISTINCT j.reviewer) END
		FROM judgment j WHERE j.log = x.log AND j.judge = ` + judge + `)) AS BIGINT) FROM run_log x WHERE x.log IS NOT NULL AND x.run`
}

// progressJudge is an Evaluator of an Evaluation.
type progressJudge struct {
	versionID string
	judge     int64
	runs      bool // the server runs it
	people    int  // who are to judge each Log; 1 if nobody does
}

func progressJudges(ctx context.Context, q sqldb.Querier, evaluationSeq int64) ([]progressJudge, error) {
	const text = `SELECT v.id, e.judge, CASE WHEN e.orchestrated = 1 AND v.pool <> '' THEN 1 ELSE 0 END,
		CASE WHEN e.human = 1 THEN o.reviews ELSE 1 END FROM evaluation_evaluator e JOIN evaluation o ON o.seq = e.evaluation
		JOIN version v ON v.seq = e.version WHERE e.evaluation = $1 ORDER BY e.added_us, e.version`
	return sqldb.List(ctx, q, text, []any{evaluationSeq}, func(rows *sql.Rows) (e progressJudge, err error) {
		err = rows.Scan(&e.versionID, &e.judge, &e.runs, &e.people)
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
