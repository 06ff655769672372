package versions

import (
	"cmp"
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const maxMonitors = 100 // in one request

// Activation asks for an Evaluator to run on new Logs of a File.
type Activation struct {
	file.Ref
	SampleRate float64 // as in [file.Monitor]; 0 stands for 1
	Only       file.LogSelection
	Runs       bool // Logs of Runs are judged as well
}

// SetMonitors attaches Evaluators to a File, so that they run on its new Logs, and makes other Evaluators inactive. Each ref names an
// Evaluator by VersionID, or by ID and the id of an Environment. Inactive Evaluators stay in the list, and activating one again makes it
// active in its place and sets which Logs it judges. Deactivating an Evaluator that was never attached does nothing. An Evaluator in both lists becomes active.
// SetMonitors returns the version that a [file.Ref] without version and environment names.
//
// Errors: the kind's not found; evaluator_not_found, environment_not_found, and version_not_found, also if no version of an Evaluator to
// activate is deployed to its environment; validation_failed for more than 100 Evaluators.
func (db *Store) SetMonitors(ctx context.Context, kind file.Kind, fileID string, activate []Activation, deactivate []file.Ref) (snap file.Snapshot, err error) {
	if len(activate)+len(deactivate) > maxMonitors {
		return snap, errs.Invalid("A request may name 100 Evaluators at most.", "activate")
	}
	err = db.changeFiles(ctx, "store.SetMonitors", func(ctx context.Context, c *changing) (bool, error) {
		row, err := c.lockMonitored(ctx, kind, fileID, append(sqldb.Values(activate, func(a Activation) file.Ref { return a.Ref }), deactivate...))
		if err != nil {
			return false, err
		}
		for _, ref := range deactivate {
			if err := c.deactivate(ctx, row.seq, ref); err != nil {
				return false, err
			}
		}
		for _, a := range activate {
			if err := c.activate(ctx, row.seq, a); err != nil {
				return false, err
			}
		}
		changed := c.monitors
		snap, err = snapshot(ctx, c.tx, kind, file.Ref{ID: fileID})
		return changed, err
	})
	return snap, err
}

// lockMonitored locks the File and the Evaluators of refs. Changes that delete monitors lock the same rows.
func (c *changing) lockMonitored(ctx context.Context, kind file.Kind, fileID string, refs []file.Ref) (fileRow, error) {
	w := new(sqldb.Where)
	evaluators, versions := []string{fileID}, []string{}
	for _, r := range refs {
		if r.VersionID != "" {
			versions = append(versions, r.VersionID)
		} else {
			evaluators = append(evaluators, r.ID)
		}
	}
	sqldb.In(w, "f.id", evaluators)
	v := sqldb.Where{Args: w.Args}
	sqldb.In(&v, "v.id", versions)
	text := `SELECT f.seq FROM file f` + w.String() + ` OR f.seq IN (SELECT v.file FROM version v` + v.String() + `) ORDER BY f.seq` + c.db.Dialect.LockRows
	if _, err := sqldb.Column[int64](ctx, c.tx, text, v.Args...); err != nil {
		return fileRow{}, err
	}
	return c.lockFile(ctx, kind, file.Ref{ID: fileID})
}

// deactivate makes one Evaluator inactive.
func (c *changing) deactivate(ctx context.Context, fileSeq int64, ref file.Ref) error {
	evaluator, version, environment, err := c.monitorOf(ctx, ref, false)
	if err != nil {
		return err
	}
	changed, err := c.find(ctx, `UPDATE monitor SET active = 0, updated_us = $5 WHERE file = $1 AND evaluator = $2 AND version = $3 AND environment_id = $4
		AND active = 1 RETURNING seq`, []any{fileSeq, evaluator, version, environment, c.now})
	c.monitors = c.monitors || changed
	return err
}

// activate makes one Evaluator active, with what it says of the Logs.
func (c *changing) activate(ctx context.Context, fileSeq int64, a Activation) error {
	evaluator, version, environment, err := c.monitorOf(ctx, a.Ref, true)
	if err != nil {
		return err
	}
	failed := int64(-1)
	if a.Only.Failed != nil {
		failed = sqldb.Flag(*a.Only.Failed)
	}
	changed, err := c.find(ctx, `INSERT INTO monitor (file, evaluator, version, environment_id, active, created_us, updated_us, sample, log_environment,
			log_source, log_failed, runs)
		VALUES ($1, $2, $3, $4, 1, $5, $5, $6, $7, $8, $9, $10) ON CONFLICT (file, evaluator, version, environment_id) DO UPDATE SET active = 1,
			updated_us = excluded.updated_us, sample = excluded.sample, log_environment = excluded.log_environment, log_source = excluded.log_source,
			log_failed = excluded.log_failed, runs = excluded.runs
		WHERE monitor.active = 0 OR monitor.sample <> excluded.sample OR monitor.log_environment <> excluded.log_environment
			OR monitor.log_source <> excluded.log_source OR monitor.log_failed <> excluded.log_failed
			OR monitor.runs <> excluded.runs RETURNING seq`,
		[]any{fileSeq, evaluator, version, environment, c.now, cmp.Or(a.SampleRate, 1), sqldb.Storable(a.Only.Environment), sqldb.Storable(a.Only.Source), failed,
			sqldb.Flag(a.Runs)})
	c.monitors = c.monitors || changed
	return err
}

// monitorOf returns the columns that a row of monitor has for ref: the Evaluator and its version, or the version 0 and the id of an
// environment. If the Evaluator is to run, a version must be deployed to that environment.
func (c *changing) monitorOf(ctx context.Context, ref file.Ref, runs bool) (evaluator, version int64, environment string, err error) {
	if ref.VersionID != "" {
		evaluator, version, err = c.evaluatorVersion(ctx, ref.VersionID)
		return evaluator, version, "", err
	}
	t := file.Ref{ID: ref.ID}
	evaluator, err = fileSeq(ctx, c.tx, file.EvaluatorKind, t)
	if err != nil {
		return 0, 0, "", err
	}
	e, err := c.lockEnvironment(ctx, ref.Environment)
	if err == nil && runs {
		t.Environment = e.Name
		_, err = snapshot(ctx, c.tx, file.EvaluatorKind, t)
	}
	return evaluator, 0, e.ID, err
}

func (c *changing) evaluatorVersion(ctx context.Context, id string) (evaluator, version int64, err error) {
	missing := errs.New(errs.VersionNotFound, "No Evaluator has a version `%s`.", id).At("evaluator_version_id")
	err = sqldb.Must(ctx, c.tx, missing, `SELECT f.seq, v.seq FROM version v JOIN file f ON f.seq = v.file
		WHERE v.id = $1 AND f.kind = $2 AND v.deleted_us IS NULL AND f.deleted_us IS NULL`,
		[]any{sqldb.Storable(id), string(file.EvaluatorKind)}, &evaluator, &version)
	return evaluator, version, err
}

func addMonitors(ctx context.Context, q sqldb.Querier, snaps []file.Snapshot, of []seqs) error {
	attached := map[int64][]file.Monitor{}
	const text = `SELECT m.file, e.id, COALESCE(v.id, ''), m.environment_id, m.active, m.sample, m.log_environment, m.log_source, m.log_failed, m.runs,
		m.created_us, m.updated_us FROM monitor m
		JOIN file e ON e.seq = m.evaluator LEFT JOIN version v ON v.seq = m.version WHERE m.file`
	err := sqldb.EachIn(ctx, q, text, filesOf(of), ` ORDER BY m.seq`, func(rows *sql.Rows) error {
		var m file.Monitor
		var seq, failed, runs, created, updated int64
		err := rows.Scan(&seq, &m.EvaluatorID, &m.VersionID, &m.EnvironmentID, &m.Active, &m.SampleRate, &m.Only.Environment, &m.Only.Source, &failed,
			&runs, &created, &updated)
		if failed >= 0 {
			m.Only.Failed = new(failed == 1)
		}
		m.Runs = runs == 1
		m.CreatedAt, m.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated)
		attached[seq] = append(attached[seq], m)
		return err
	})
	if err != nil {
		return err
	}
	for i := range snaps {
		snaps[i].Monitors = attached[of[i].file]
	}
	return nil
}
