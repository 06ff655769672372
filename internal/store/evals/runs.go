package evals

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// NewRun asks for a Run.
type NewRun struct {
	VersionID        string // "" for none
	DatasetVersionID string // "" for none
	Orchestrated     bool
	UseExistingLogs  bool   // those of the version that were made for a datapoint of the Dataset, of several the newest
	By               string // id of the API key

	// Once has no second Run made of the same version and Dataset while one in the Evaluation is neither closed nor complete: that one is returned.
	Once bool

	// Of an orchestrated Run.
	Gate      bool  // it comes before Runs that are no gate
	MaxCost   int64 // what its Logs and judgments may cost before it is stopped, in dollars * 10^9; 0 for no limit
	MaxErrors *int  // how many of its Logs may fail before it is stopped; nil for no limit
}

// CreateRun makes a Run and adds it to an Evaluation. Errors: evaluation_not_found, version_not_found.
func (db *Store) CreateRun(ctx context.Context, evaluationID string, n NewRun) (*judgment.Run, error) {
	var id string
	_, err := db.changeEvaluation(ctx, "store.CreateRun", evaluationID, func(ctx context.Context, tx *sqldb.Tx, seq, at int64) error {
		version, err := versions.VersionSeq(ctx, tx, n.VersionID)
		if err != nil {
			return err
		}
		dataset, err := versions.VersionSeq(ctx, tx, n.DatasetVersionID)
		if err != nil {
			return err
		}
		if n.Once {
			if id, err = goingOn(ctx, tx, seq, version, dataset); err != nil || id != "" {
				return err
			}
		}
		id = ids.New(ids.Run, sqldb.FromMicros(at))
		tx.Detail(id)
		lane, maxErrors := jobs.Run, -1
		if n.Gate {
			lane = jobs.Gate
		}
		if n.MaxErrors != nil {
			maxErrors = *n.MaxErrors
		}
		var run int64
		_, err = sqldb.Found(ctx, tx, `INSERT INTO run (id, version, dataset, orchestrated, closed, created_us, created_by, lane, max_cost, max_errors)
			VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, $9) RETURNING seq`,
			[]any{id, version, dataset, sqldb.Flag(n.Orchestrated), at, n.By, int64(lane), n.MaxCost, maxErrors}, &run)
		if err != nil {
			return err
		}
		if err := db.wantDatapoints(ctx, tx, run, dataset); err != nil {
			return err
		}
		if err := tx.Exec(ctx, addRun, seq, run, at); err != nil {
			return err
		}
		if n.UseExistingLogs {
			if err := db.fillFromExisting(ctx, tx, run, version); err != nil {
				return err
			}
		}
		if !n.Orchestrated {
			return nil
		}
		return jobs.FirstTasks(ctx, tx, at, run)
	})
	if err != nil {
		return nil, err
	}
	return db.Run(ctx, evaluationID, id)
}

// goingOn is the id of the newest Run of a version over a Dataset that is pending or running in an Evaluation; "" for none.
func goingOn(ctx context.Context, tx *sqldb.Tx, evaluationSeq, version, dataset int64) (string, error) {
	runs, err := readRuns(ctx, tx, evaluationSeq, ` AND r.version = $2 AND r.dataset = $3 AND r.closed = ''`, version, dataset)
	for i := range runs {
		if status := runs[i].Status(); status == judgment.Pending || status == judgment.Running {
			return runs[i].ID, err
		}
	}
	return "", err
}

const addRun = `INSERT INTO evaluation_run (evaluation, run, control, added_us) VALUES ($1, $2, 0, $3) ON CONFLICT (evaluation, run) DO NOTHING`

// wantDatapoints makes the rows of a Run that wait for the Logs of the datapoints that a version of a Dataset holds.
func (db *Store) wantDatapoints(ctx context.Context, tx *sqldb.Tx, run, dataset int64) error {
	if dataset == 0 {
		return nil
	}
	datapoints, err := versions.DatapointSeqs(ctx, tx, dataset)
	if err != nil {
		return err
	}
	table, list := db.Dialect.Listed(datapoints)
	return tx.Exec(ctx, `INSERT INTO run_log (run, place, datapoint) SELECT CAST($2 AS BIGINT), d.n, d.value FROM `+table+` d`, list, run)
}

// AddRun adds a Run that exists to an Evaluation; one that is in it already stays as it is. Errors: evaluation_not_found, run_not_found.
func (db *Store) AddRun(ctx context.Context, evaluationID, runID string) (*judgment.Run, error) {
	_, err := db.changeEvaluation(ctx, "store.AddRun", evaluationID, func(ctx context.Context, tx *sqldb.Tx, seq, at int64) error {
		tx.Detail(runID)
		var run int64
		err := sqldb.Must(ctx, tx, unknownRun(runID), `SELECT seq FROM run WHERE id = $1`, []any{sqldb.Storable(runID)}, &run)
		if err != nil {
			return err
		}
		if err := tx.Exec(ctx, addRun, seq, run, at); err != nil {
			return err
		}
		return jobs.JudgeTasks(ctx, tx, at, ` AND x.run = $2`, run)
	})
	if err != nil {
		return nil, err
	}
	return db.Run(ctx, evaluationID, runID)
}

// RemoveRun takes a Run out of an Evaluation. Its Logs stay, and its places in others. Errors: evaluation_not_found, run_not_found.
func (db *Store) RemoveRun(ctx context.Context, evaluationID, runID string) error {
	_, err := db.changeEvaluation(ctx, "store.RemoveRun", evaluationID, func(ctx context.Context, tx *sqldb.Tx, seq, _ int64) error {
		tx.Detail(runID)
		run, err := runIn(ctx, tx, seq, runID)
		if err != nil {
			return err
		}
		return tx.Exec(ctx, `DELETE FROM evaluation_run WHERE evaluation = $1 AND run = $2`, seq, run)
	})
	return err
}

func runIn(ctx context.Context, q sqldb.Querier, evaluationSeq int64, runID string) (seq int64, err error) {
	err = sqldb.Must(ctx, q, noRun(runID), `SELECT r.seq FROM run r JOIN evaluation_run m ON m.run = r.seq WHERE r.id = $1 AND m.evaluation = $2`,
		[]any{sqldb.Storable(runID), evaluationSeq}, &seq)
	return seq, err
}

func noRun(id string) error { return errs.New(errs.RunNotFound, "The Evaluation has no Run `%s`.", id) }

// RunChange changes a Run.
type RunChange struct {
	Control bool              // makes it the one that others are compared with, in place of another
	Close   judgment.Progress // Completed or Cancelled; "" leaves it as it is
}

// UpdateRun changes a Run of an Evaluation. Errors: evaluation_not_found, run_not_found; illegal_state when it is to be closed, and is not
// pending or running.
func (db *Store) UpdateRun(ctx context.Context, evaluationID, runID string, c RunChange) (*judgment.Run, error) {
	return db.changeRun(ctx, "store.UpdateRun", evaluationID, runID, func(ctx context.Context, tx *sqldb.Tx, seq, run int64) error {
		if c.Close != "" {
			if err := db.closeRun(ctx, tx, seq, run, c.Close); err != nil {
				return err
			}
		}
		if !c.Control {
			return nil
		}
		if err := tx.Exec(ctx, `UPDATE evaluation_run SET control = 0 WHERE evaluation = $1 AND control = 1`, seq); err != nil {
			return err
		}
		return tx.Exec(ctx, `UPDATE evaluation_run SET control = 1 WHERE evaluation = $1 AND run = $2`, seq, run)
	})
}

// changeRun changes a Run of an Evaluation, which is locked, and returns it as it is afterwards.
func (db *Store) changeRun(
	ctx context.Context, op, evaluationID, runID string, f func(ctx context.Context, tx *sqldb.Tx, evaluation, run int64) error,
) (*judgment.Run, error) {
	_, err := db.changeEvaluation(ctx, op, evaluationID, func(ctx context.Context, tx *sqldb.Tx, seq, _ int64) error {
		tx.Detail(runID)
		run, err := runIn(ctx, tx, seq, runID)
		if err != nil {
			return err
		}
		return f(ctx, tx, seq, run)
	})
	if err != nil {
		return nil, err
	}
	return db.Run(ctx, evaluationID, runID)
}

// closeRun ends a Run by hand, once: it can be in several Evaluations, so its own row is locked too.
func (db *Store) closeRun(ctx context.Context, tx *sqldb.Tx, evaluationSeq, run int64, status judgment.Progress) error {
	var id string
	if _, err := sqldb.Found(ctx, tx, `SELECT id FROM run WHERE seq = $1`+db.Dialect.LockRows, []any{run}, &id); err != nil {
		return err
	}
	runs, err := readRuns(ctx, tx, evaluationSeq, ` AND r.seq = $2`, run)
	if err != nil {
		return err
	}
	if now := runs[0].Status(); now != judgment.Pending && now != judgment.Running {
		return errs.New(errs.IllegalState, "Run `%s` is %s already.", id, now)
	}
	if err := tx.Exec(ctx, `UPDATE run SET closed = $2 WHERE seq = $1`, run, string(status)); err != nil {
		return err
	}
	return jobs.DropRun(ctx, tx, db.Dialect, run)
}

// Run reads a Run of an Evaluation. Errors: evaluation_not_found, run_not_found.
func (db *Store) Run(ctx context.Context, evaluationID, runID string) (*judgment.Run, error) {
	runs, err := db.runs(ctx, evaluationID, ` AND r.id = $2`, sqldb.Storable(runID))
	if err == nil && len(runs) == 0 {
		err = noRun(runID)
	}
	if err != nil {
		return nil, db.Fail("store.Run", err)
	}
	return &runs[0], nil
}

// Runs lists the Runs of an Evaluation, newest first. Errors: evaluation_not_found.
func (db *Store) Runs(ctx context.Context, evaluationID string) ([]judgment.Run, error) {
	runs, err := db.runs(ctx, evaluationID, ``)
	return runs, db.Fail("store.Runs", err)
}

func (db *Store) runs(ctx context.Context, evaluationID, condition string, args ...any) ([]judgment.Run, error) {
	seq, err := evaluationSeq(ctx, db.Read, evaluationID, "")
	if err != nil {
		return nil, err
	}
	return readRuns(ctx, db.Read, seq, condition, args...)
}

const runColumns = `SELECT r.seq, r.id, COALESCE(v.id, ''), COALESCE(d.id, ''), r.orchestrated, r.closed, r.created_us, r.created_by, r.lane, r.max_cost,
	r.max_errors, r.spent, r.stopped, m.control, m.added_us
	FROM evaluation_run m JOIN run r ON r.seq = m.run LEFT JOIN version v ON v.seq = r.version LEFT JOIN version d ON d.seq = r.dataset WHERE m.evaluation = $1`

// readRuns reads Runs of an Evaluation, newest first, with their progress.
func readRuns(ctx context.Context, q sqldb.Querier, evaluationSeq int64, condition string, args ...any) ([]judgment.Run, error) {
	var runs []judgment.Run
	var seqs []int64
	err := sqldb.Each(ctx, q, runColumns+condition+` ORDER BY r.seq DESC`, slices.Insert(args, 0, any(evaluationSeq)), func(rows *sql.Rows) error {
		var r judgment.Run
		var seq, created, added int64
		var lane jobs.Lane
		var maxErrors int
		err := rows.Scan(&seq, &r.ID, &r.VersionID, &r.DatasetVersionID, &r.Orchestrated, &r.Closed, &created, &r.CreatedBy, &lane, &r.MaxCost,
			&maxErrors, &r.Cost, &r.Stopped, &r.Control, &added)
		r.Gate = lane == jobs.Gate
		if maxErrors >= 0 {
			r.MaxErrors = &maxErrors
		}
		r.CreatedAt, r.AddedAt = sqldb.FromMicros(created), sqldb.FromMicros(added)
		runs, seqs = append(runs, r), append(seqs, seq)
		return err
	})
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return runs, addProgress(ctx, q, evaluationSeq, runs, seqs)
}
