package evals

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

const (
	useExistingLogs = `UPDATE run_log SET log = (SELECT MAX(d.log) FROM datapoint_log d JOIN log l ON l.seq = d.log
		WHERE d.datapoint = run_log.datapoint AND l.version = $2) WHERE run = $1 AND log IS NULL`
	existingLogs = `SELECT x.datapoint, l.seq, ` + logs.RecordColumns + logs.RecordTables + ` JOIN datapoint_log d ON d.log = l.seq
		JOIN run_log x ON x.datapoint = d.datapoint WHERE x.run = $1 AND x.log IS NULL AND l.version = $2 ORDER BY l.seq`
	noteFailed = `UPDATE run_log SET failed = 1 WHERE run = $1 AND failed = 0 AND log IN (SELECT l.seq FROM log l
		WHERE l.error_reason IS NOT NULL AND l.seq IN (SELECT x.log FROM run_log x WHERE x.run = $1))`
)

// fillFromExisting gives a Run the newest Log of a version for each of its datapoints that is complete, with what was judged of them.
func (db *Store) fillFromExisting(ctx context.Context, tx *sqldb.Tx, run, version int64) error {
	if err := db.links.lockJudgments(ctx, tx); err != nil {
		return err
	}
	if err := useExisting(ctx, tx, run, version); err != nil {
		return err
	}
	if err := tx.Exec(ctx, noteFailed, run); err != nil {
		return err
	}
	if err := tx.Exec(ctx, countJudgments+` WHERE x.run = $1`+onlyLatest, run); err != nil {
		return err
	}
	return jobs.JudgeTasks(ctx, tx, sqldb.Micros(db.Clock()), ` AND x.run = $2`, run)
}

// useExisting puts the Logs into their places. Whether one is complete only its record tells, so those that have a status are read.
func useExisting(ctx context.Context, tx *sqldb.Tx, run, version int64) error {
	var kind file.Kind
	_, err := sqldb.Found(ctx, tx, `SELECT f.kind FROM version v JOIN file f ON f.seq = v.file WHERE v.seq = $1`, []any{version}, &kind)
	if err != nil {
		return err
	}
	if !trace.HasStatus(kind) {
		return tx.Exec(ctx, useExistingLogs, run, version)
	}
	newest := map[int64]int64{} // Log by datapoint
	err = sqldb.Each(ctx, tx, existingLogs, []any{run, version}, func(rows *sql.Rows) error {
		var datapoint, seq int64
		l, err := logs.ScanRecord(rows, &datapoint, &seq)
		if err == nil && l.Whole() {
			newest[datapoint] = seq
		}
		return err
	})
	for datapoint, seq := range newest {
		if err == nil {
			err = tx.Exec(ctx, `UPDATE run_log SET log = $3 WHERE run = $1 AND datapoint = $2 AND log IS NULL`, run, datapoint, seq)
		}
	}
	return err
}
