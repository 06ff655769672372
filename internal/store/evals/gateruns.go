package evals

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// GateRun is a Run that a gate may look at, in one of its Evaluations.
type GateRun struct {
	EvaluationID, RunID string
	CreatedAt           time.Time
}

// GateRuns are what a gate looks at.
type GateRuns struct {
	DatasetVersionID string    // the version of the Dataset that was saved last
	Runs             []GateRun // over it, newest first
}

// GateRuns finds the Runs of a version over the version of a Dataset that was saved last, made since a time: the newest hundred, each once for
// every Evaluation that has it. Errors: dataset_not_found.
func (db *Store) GateRuns(ctx context.Context, versionID, datasetID string, since time.Time) (g GateRuns, err error) {
	defer db.Failed("store.GateRuns", &err)
	var dataset int64
	missing := errs.New(errs.DatasetNotFound, "Dataset `%s` does not exist.", datasetID)
	err = sqldb.Must(ctx, db.Read, missing, `SELECT v.seq, v.id FROM file f JOIN dataset_version d ON d.file = f.seq JOIN version v ON v.seq = d.version
		WHERE f.id = $1 AND f.kind = $2 AND f.deleted_us IS NULL AND v.deleted_us IS NULL ORDER BY d.saved DESC LIMIT 1`,
		[]any{sqldb.Storable(datasetID), string(file.DatasetKind)}, &dataset, &g.DatasetVersionID)
	if err != nil {
		return g, err
	}
	const text = `SELECT e.id, r.id, r.created_us FROM run r JOIN evaluation_run m ON m.run = r.seq JOIN evaluation e ON e.seq = m.evaluation
		WHERE r.version = (SELECT seq FROM version WHERE id = $1) AND r.dataset = $2 AND r.created_us >= $3
		ORDER BY r.seq DESC, m.added_us DESC, e.seq DESC LIMIT 100`
	g.Runs, err = sqldb.List(ctx, db.Read, text, []any{sqldb.Storable(versionID), dataset, sqldb.Micros(since)}, func(rows *sql.Rows) (r GateRun, err error) {
		var created int64
		err = rows.Scan(&r.EvaluationID, &r.RunID, &created)
		r.CreatedAt = sqldb.FromMicros(created)
		return r, err
	})
	return g, err
}

// StrayLogs counts the Logs of a Run that are not of the version that the Run is of: clients can give it any.
func (db *Store) StrayLogs(ctx context.Context, runID string) (count int, err error) {
	_, err = sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM run r JOIN run_log x ON x.run = r.seq JOIN log l ON l.seq = x.log
		WHERE r.id = $1 AND l.version <> r.version`, []any{sqldb.Storable(runID)}, &count)
	return count, db.Fail("store.StrayLogs", err)
}
