package evals

import (
	"context"

	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// Imports keeps Evaluations and Runs as they were elsewhere, with their ids and times. Nothing is run or judged because of them. Its methods are safe for
// concurrent use.
type Imports struct{ store *Store }

// NewImports returns the Imports of a Store.
func NewImports(s *Store) Imports { return Imports{s} }

// KeepEvaluation stores an Evaluation, unless there is one with its id, and reports whether it did. Evaluators whose versions are not here are left out,
// and so is a name that another Evaluation of the File has. Errors: file_not_found.
func (db Imports) KeepEvaluation(ctx context.Context, e *judgment.Evaluation) (made bool, err error) {
	err = db.store.Change(ctx, "store.KeepEvaluation", func(ctx context.Context, tx *sqldb.Tx) error {
		var file, seq int64
		if e.FileID != "" {
			if file, err = versions.Seq(ctx, tx, e.FileID); err != nil {
				return err
			}
		}
		name := sqldb.Storable(e.Name)
		taken, err := sqldb.Found(ctx, tx, `SELECT 1 FROM evaluation WHERE file = $1 AND name = $2 AND name <> ''`, []any{file, name})
		if err != nil {
			return err
		}
		if taken {
			name = ""
		}
		made, err = sqldb.Found(ctx, tx, `INSERT INTO evaluation (id, file, name, created_us, updated_us, created_by, reviews) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (id) DO NOTHING RETURNING seq`,
			[]any{e.ID, file, name, sqldb.Micros(e.CreatedAt), sqldb.Micros(e.UpdatedAt), e.CreatedBy, max(e.ReviewsPerLog, 1)}, &seq)
		if err != nil || !made {
			return err
		}
		tx.Changed(sqldb.EvaluationKind, e.ID)
		for _, one := range e.Evaluators {
			if err := db.store.addEvaluators(ctx, tx, seq, sqldb.Micros(one.AddedAt), []judgment.Evaluator{one}); err != nil {
				return err
			}
		}
		return nil
	})
	return made, err
}

// KeepRun stores a Run, unless there is one with its id, and adds it to an Evaluation, unless it is there. It reports whether the Run is new. The Run waits
// for the Logs of its datapoints, but nobody makes them. Errors: evaluation_not_found; version_not_found.
func (db Imports) KeepRun(ctx context.Context, evaluationID string, r *judgment.Run) (made bool, err error) {
	err = db.store.Change(ctx, "store.KeepRun", func(ctx context.Context, tx *sqldb.Tx) error {
		evaluation, err := evaluationSeq(ctx, tx, evaluationID, db.store.Dialect.LockRows)
		if err != nil {
			return err
		}
		var run int64
		there, err := sqldb.Found(ctx, tx, `SELECT seq FROM run WHERE id = $1`, []any{r.ID}, &run)
		if err != nil {
			return err
		}
		if made = !there; made {
			if run, err = db.keepRun(ctx, tx, r); err != nil {
				return err
			}
		}
		joined, err := sqldb.Found(ctx, tx, `INSERT INTO evaluation_run (evaluation, run, control, added_us)
			SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CASE WHEN EXISTS (SELECT 1 FROM evaluation_run c WHERE c.evaluation = $1 AND c.control = 1) THEN 0 ELSE CAST($3 AS BIGINT) END,
				CAST($4 AS BIGINT) WHERE 1 = 1 ON CONFLICT (evaluation, run) DO NOTHING RETURNING run`,
			[]any{evaluation, run, sqldb.Flag(r.Control), sqldb.Micros(r.AddedAt)})
		if joined {
			tx.Changed(sqldb.EvaluationKind, evaluationID)
			tx.Detail(r.ID)
		}
		return err
	})
	return made, err
}

func (db Imports) keepRun(ctx context.Context, tx *sqldb.Tx, r *judgment.Run) (run int64, err error) {
	version, err := versions.VersionSeq(ctx, tx, r.VersionID)
	if err != nil {
		return 0, err
	}
	dataset, err := versions.VersionSeq(ctx, tx, r.DatasetVersionID)
	if err != nil {
		return 0, err
	}
	maxErrors := -1
	if r.MaxErrors != nil {
		maxErrors = *r.MaxErrors
	}
	_, err = sqldb.Found(ctx, tx, `INSERT INTO run (id, version, dataset, orchestrated, closed, created_us, created_by, max_cost, max_errors, spent, stopped, old)
		VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9, $10, 1) RETURNING seq`,
		[]any{r.ID, version, dataset, sqldb.Flag(r.Orchestrated), sqldb.Micros(r.CreatedAt), r.CreatedBy, r.MaxCost, maxErrors, r.Cost, r.Stopped}, &run)
	if err != nil {
		return 0, err
	}
	return run, db.store.wantDatapoints(ctx, tx, run, dataset)
}

// RunPlace is a Log of a Run, and the datapoint that it was made for, "" for none.
type RunPlace struct{ LogID, DatapointID string }

const (
	keepPlace = `UPDATE run_log SET ` + takesLog + ` WHERE log IS NULL AND datapoint = (SELECT seq FROM datapoint WHERE id = $2)
		AND +run = (SELECT seq FROM run WHERE id = $3) AND EXISTS (SELECT 1 FROM log l WHERE l.id = $1)
		AND NOT EXISTS (SELECT 1 FROM run_log o JOIN log l ON l.seq = o.log WHERE l.id = $1 AND o.run = (SELECT seq FROM run WHERE id = $3))`
	countRun = countJudgments + ` JOIN run r ON r.seq = x.run WHERE r.id = $1` + onlyLatest
)

// KeepRunLogs puts Logs, which must be here, into the places of a Run, those that are in it already excepted, and counts their judgments.
func (db Imports) KeepRunLogs(ctx context.Context, runID string, places []RunPlace) error {
	return db.store.Change(ctx, "store.KeepRunLogs", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := db.store.links.lockJudgments(ctx, tx); err != nil {
			return err
		}
		for _, p := range places {
			if p.DatapointID != "" {
				if err := tx.Exec(ctx, keepPlace, sqldb.Storable(p.LogID), sqldb.Storable(p.DatapointID), runID); err != nil {
					return err
				}
			}
			if err := tx.Exec(ctx, addPlace, sqldb.Storable(p.LogID), runID); err != nil {
				return err
			}
		}
		return tx.Exec(ctx, countRun, runID)
	})
}

// KeepStatus closes a Run of an Evaluation as it was closed elsewhere, if it has another status by itself. It returns the status afterwards.
func (db Imports) KeepStatus(ctx context.Context, evaluationID, runID string, status judgment.Progress) (judgment.Progress, error) {
	r, err := db.store.Run(ctx, evaluationID, runID)
	if err != nil || r.Status() == status || status != judgment.Completed && status != judgment.Cancelled {
		if err != nil {
			return "", err
		}
		return r.Status(), nil
	}
	return status, db.store.Change(ctx, "store.KeepStatus", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.EvaluationKind, evaluationID)
		tx.Detail(runID)
		return tx.Exec(ctx, `UPDATE run SET closed = $2 WHERE id = $1 AND closed = '' AND old = 1`, runID, string(status))
	})
}
