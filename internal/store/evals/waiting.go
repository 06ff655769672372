package evals

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Waiting is how many judgments a Run waits for that the server does not make itself.
type Waiting struct {
	RunID     string
	VersionID string // of the Evaluator
	Path      string // of the Evaluator
	Human     bool   // people judge; otherwise a client
	Count     int    // judgments that are missing, of the Logs that the Run has
}

// Waiting counts, for the Runs of an Evaluation that nobody has closed, the judgments that are missing by people and clients: by human and external
// Evaluators, and those that the server is told not to run. Evaluators that have judged all are left out. Runs come newest first, and the
// Evaluators of each in the order they were added. Errors: evaluation_not_found.
func (db *Store) Waiting(ctx context.Context, evaluationID string) (list []Waiting, err error) {
	defer db.Failed("store.Waiting", &err)
	seq, err := evaluationSeq(ctx, db.Read, evaluationID, "")
	if err != nil {
		return nil, err
	}
	const text = `SELECT r.id, v.id, f.path, e.human, w.logs * (CASE e.human WHEN 1 THEN o.reviews ELSE 1 END) - w.judged FROM (
			SELECT x.run, e.version, COUNT(x.log) AS logs, CAST(SUM(` + reviewed + `) AS BIGINT) AS judged
			FROM evaluation_run m JOIN run r ON r.seq = m.run AND r.closed = '' JOIN run_log x ON x.run = m.run AND x.log IS NOT NULL
			JOIN evaluation_evaluator e ON e.evaluation = m.evaluation JOIN evaluation o ON o.seq = m.evaluation
			WHERE m.evaluation = $1 AND (e.human = 1 OR e.judge < 0 OR e.orchestrated = 0) GROUP BY x.run, e.version
		) w JOIN evaluation_evaluator e ON e.evaluation = $1 AND e.version = w.version JOIN evaluation o ON o.seq = e.evaluation
		JOIN run r ON r.seq = w.run JOIN version v ON v.seq = w.version JOIN file f ON f.seq = v.file
		ORDER BY r.seq DESC, e.added_us, e.version`
	err = sqldb.Each(ctx, db.Read, text, []any{seq}, func(rows *sql.Rows) error {
		var w Waiting
		err := rows.Scan(&w.RunID, &w.VersionID, &w.Path, &w.Human, &w.Count)
		if w.Count > 0 {
			list = append(list, w)
		}
		return err
	})
	return list, err
}

// reviewed is how many of the judgments that an Evaluation o wants of the Log x by its Evaluator e there are: those of as many people, or one.
const reviewed = `CASE WHEN e.human = 1 AND o.reviews > 1 THEN (
		SELECT CASE WHEN COUNT(DISTINCT j.reviewer) > o.reviews THEN o.reviews ELSE COUNT(DISTINCT j.reviewer) END
		FROM judgment j WHERE j.log = x.log AND j.judge = e.judge
	) ELSE (SELECT COUNT(*) FROM run_judgment c WHERE c.run = x.run AND c.log = x.log AND c.judge = e.judge) END`

// wantedOf is how many judgments an Evaluation wants of each Log, and whether people are to make several of them.
func wantedOf(ctx context.Context, q sqldb.Querier, evaluationSeq int64) (wanted int, several bool, err error) {
	var reviews, human, all int
	_, err = sqldb.Found(ctx, q, `SELECT o.reviews, COUNT(e.version), CAST(COALESCE(SUM(e.human), 0) AS BIGINT) FROM evaluation o
		LEFT JOIN evaluation_evaluator e ON e.evaluation = o.seq WHERE o.seq = $1 GROUP BY o.seq, o.reviews`, []any{evaluationSeq}, &reviews, &all, &human)
	return all - human + human*reviews, human > 0 && reviews > 1, err
}

// severalJudged counts the judgments of Runs of an Evaluation whose Logs several people are to judge.
func severalJudged(evaluationSeq int64) string {
	return `SELECT x.run, CAST(SUM(` + reviewed + `) AS BIGINT) FROM evaluation o JOIN evaluation_evaluator e ON e.evaluation = o.seq, run_log x
		WHERE o.seq = ` + strconv.FormatInt(evaluationSeq, 10) + ` AND x.log IS NOT NULL AND x.run`
}
