package versions

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const maxMonitors = 100 // in one request

// SetMonitors attaches Evaluators to a File, so that they run on its new Logs, and makes other Evaluators inactive. Each ref names an
// Evaluator by VersionID, or by ID and the id of an Environment. Inactive Evaluators stay in the list, and activating one again makes it
// active in its place. Deactivating an Evaluator that was never attached does nothing. An Evaluator in both lists becomes active.
// SetMonitors returns the version that a [file.Ref] without version and environment names.
//
// Errors: the kind's not found; evaluator_not_found, environment_not_found, and version_not_found, also if no version of an Evaluator to
// activate is deployed to its environment; validation_failed for more than 100 Evaluators.
func (db *Store) SetMonitors(ctx context.Context, kind file.Kind, fileID string, activate, deactivate []file.Ref) (snap file.Snapshot, err error) {
	if len(activate)+len(deactivate) > maxMonitors {
		return snap, errs.Invalid("A request may name 100 Evaluators at most.", "activate")
	}
	err = db.changeFiles(ctx, "store.SetMonitors", func(ctx context.Context, c *changing) (bool, error) {
		row, err := c.lockMonitored(ctx, kind, fileID, slices.Concat(activate, deactivate))
		if err != nil {
			return false, err
		}
		changed := false
		for i, ref := range slices.Concat(deactivate, activate) {
			done, err := c.setMonitor(ctx, row.seq, ref, i >= len(deactivate))
			if err != nil {
				return false, err
			}
			changed = changed || done
		}
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

// setMonitor makes one Evaluator active or inactive. changed reports whether it was not so before.
func (c *changing) setMonitor(ctx context.Context, fileSeq int64, ref file.Ref, active bool) (changed bool, err error) {
	evaluator, version, environment, err := c.monitorOf(ctx, ref, active)
	if err != nil {
		return false, err
	}
	is := sqldb.Flag(active)
	var seq int64
	ok, err := c.find(ctx, `SELECT seq FROM monitor WHERE file = $1 AND evaluator = $2 AND version = $3 AND environment_id = $4`,
		[]any{fileSeq, evaluator, version, environment}, &seq)
	switch {
	case err != nil:
		return false, err
	case ok:
		return c.find(ctx, `UPDATE monitor SET active = $2, updated_us = $3 WHERE seq = $1 AND active = $4 RETURNING seq`, []any{seq, is, c.now, 1 - is}, &seq)
	case !active:
		return false, nil
	}
	return true, c.exec(ctx, `INSERT INTO monitor (file, evaluator, version, environment_id, active, created_us, updated_us)
		VALUES ($1, $2, $3, $4, 1, $5, $5)`, fileSeq, evaluator, version, environment, c.now)
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
	e, err := environmentByID(ctx, c.tx, ref.Environment)
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
	const text = `SELECT m.file, e.id, COALESCE(v.id, ''), m.environment_id, m.active, m.created_us, m.updated_us FROM monitor m
		JOIN file e ON e.seq = m.evaluator LEFT JOIN version v ON v.seq = m.version WHERE m.file`
	err := sqldb.EachIn(ctx, q, text, filesOf(of), ` ORDER BY m.seq`, func(rows *sql.Rows) error {
		var m file.Monitor
		var seq, created, updated int64
		err := rows.Scan(&seq, &m.EvaluatorID, &m.VersionID, &m.EnvironmentID, &m.Active, &created, &updated)
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
