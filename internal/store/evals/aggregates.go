package evals

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Aggregate is the mean of what a version of an Evaluator made of the Logs of a version: of numbers, and of booleans as 0 and 1.
type Aggregate struct {
	EvaluatorID, EvaluatorVersionID string
	Mean                            float64
	From, To                        time.Time // of the Logs that were judged
}

// aggregateWindow is how many of a File's newest Logs count in aggregates.
const aggregateWindow = 10_000

const aggregates = `SELECT v.id, f.id, e.id, AVG(CASE j.outcome WHEN $3 THEN j.number WHEN $4 THEN 1.0 ELSE 0.0 END), MIN(l.created_us), MAX(l.created_us)
	FROM (SELECT l.seq, l.version, l.created_us FROM log l JOIN file own ON own.seq = l.file WHERE own.id = $1 ORDER BY l.created_us DESC, l.seq DESC LIMIT $2) l
	JOIN judgment j ON j.log = l.seq JOIN version v ON v.seq = l.version JOIN version e ON e.seq = j.version JOIN file f ON f.seq = e.file
	WHERE j.outcome IN ($3, $4, $5)
	AND NOT EXISTS (SELECT 1 FROM judgment n WHERE n.log = j.log AND n.version = j.version AND n.evaluator_log > j.evaluator_log)
	GROUP BY v.seq, v.id, f.id, e.seq, e.id ORDER BY e.seq`

// Aggregates sums up what Evaluators made of the newest 10,000 Logs of a File, by version of the File.
func (db *Store) Aggregates(ctx context.Context, fileID string) (map[string][]Aggregate, error) {
	byVersion := map[string][]Aggregate{}
	args := []any{sqldb.Storable(fileID), aggregateWindow, int(judgment.Number), int(judgment.True), int(judgment.False)}
	err := sqldb.Each(ctx, db.Read, aggregates, args, func(rows *sql.Rows) error {
		var version string
		var a Aggregate
		var from, to int64
		err := rows.Scan(&version, &a.EvaluatorID, &a.EvaluatorVersionID, &a.Mean, &from, &to)
		a.From, a.To = sqldb.FromMicros(from), sqldb.FromMicros(to)
		byVersion[version] = append(byVersion[version], a)
		return err
	})
	return byVersion, db.Fail("store.Aggregates", err)
}
