package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"openloop/internal/errs"
	"openloop/internal/evaluation"
	"openloop/internal/trace"
)

// links is what a stored Log is linked to: the Run and the datapoint that it names, and the Log that it judges.
type links struct {
	logID, versionID string
	run, datapoint   string
	parent           string
	judge            int64 // who judges the parent, see the table judgment
	judgment         evaluation.Judgment
}

// linksOf is nil for a Log that is linked to nothing, as most are.
func (db *DB) linksOf(ctx context.Context, q querying, l *trace.Log) (*links, error) {
	if l.RunID == "" && l.DatapointID == "" && l.ParentID == "" {
		return nil, nil
	}
	k := &links{logID: l.ID, versionID: l.VersionID, run: l.RunID, datapoint: l.DatapointID, parent: l.ParentID}
	if l.ParentID == "" {
		return k, nil
	}
	var err error
	k.judge, err = db.judgeOf(ctx, q, l.VersionID)
	k.judgment = evaluation.JudgmentOf(l.Payload.Judgment, l.Error != nil)
	return k, err
}

const (
	linkDatapoint = `INSERT INTO datapoint_log (datapoint, log) SELECT d.seq, l.seq FROM datapoint d, log l WHERE d.id = $1 AND l.id = $2
		ON CONFLICT (datapoint, log) DO NOTHING`

	// A Log that names its Run takes the place of its datapoint, or else a further one.
	fillPlace = `UPDATE run_log SET log = (SELECT seq FROM log WHERE id = $1) WHERE log IS NULL AND datapoint = (SELECT seq FROM datapoint WHERE id = $2)
		AND run = (SELECT seq FROM run WHERE id = $3)`
	addPlace = `INSERT INTO run_log (run, place, log) SELECT r.seq, ` + furtherPlace + `, l.seq FROM run r, log l WHERE l.id = $1 AND r.id = $2
		ON CONFLICT (log, run) WHERE log IS NOT NULL DO NOTHING`

	// One that names none goes to all Runs of its version that want a Log for its datapoint.
	fillPlaces = `UPDATE run_log SET log = (SELECT seq FROM log WHERE id = $1) WHERE log IS NULL AND datapoint = (SELECT seq FROM datapoint WHERE id = $2)
		AND run IN (SELECT r.seq FROM run r JOIN version v ON v.seq = r.version WHERE v.id = $3 AND r.closed = '')`

	judge = `INSERT INTO judgment (log, evaluator_log, version, judge, outcome, number, choice)
		SELECT p.seq, l.seq, l.version, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS DOUBLE PRECISION), CAST($6 AS TEXT)
		FROM log l, log p WHERE l.id = $1 AND p.id = $2
		ON CONFLICT (log, evaluator_log) DO UPDATE SET outcome = excluded.outcome, number = excluded.number, choice = excluded.choice`

	countJudgment = `INSERT INTO run_judgment (run, log, judge, evaluator_log, outcome, number, choice)
		SELECT x.run, j.log, j.judge, j.evaluator_log, j.outcome, j.number, j.choice FROM log l JOIN judgment j ON j.evaluator_log = l.seq
		JOIN run_log x ON x.log = j.log WHERE l.id = $1` + replaceOlder

	// A judgment that counts gives way to a later one by the same judge.
	replaceOlder = ` ON CONFLICT (run, log, judge) DO UPDATE SET evaluator_log = excluded.evaluator_log, outcome = excluded.outcome,
		number = excluded.number, choice = excluded.choice WHERE excluded.evaluator_log >= run_judgment.evaluator_log`
)

// each calls do for the statements that link a Log, which is stored.
func (k *links) each(do func(text string, args ...any) error) error {
	if err := k.eachPlace(do); err != nil || k.parent == "" {
		return err
	}
	if err := do(judge, k.logID, storable(k.parent), k.judge, int64(k.judgment.Outcome), k.judgment.Number, storable(k.judgment.Choice)); err != nil {
		return err
	}
	return do(countJudgment, k.logID)
}

func (k *links) eachPlace(do func(text string, args ...any) error) error {
	if k.datapoint != "" {
		if err := do(linkDatapoint, storable(k.datapoint), k.logID); err != nil {
			return err
		}
	}
	switch {
	case k.run == "" && k.datapoint == "":
		return nil
	case k.run == "":
		return do(fillPlaces, k.logID, storable(k.datapoint), k.versionID)
	}
	if k.datapoint != "" {
		if err := do(fillPlace, k.logID, storable(k.datapoint), storable(k.run)); err != nil {
			return err
		}
	}
	return do(addPlace, k.logID, storable(k.run))
}

const runExists = `SELECT id FROM run WHERE id = $1`

// unknownRun is the error of a Log that names a Run which does not exist.
func unknownRun(id string) error { return errs.New(errs.RunNotFound, "Run `%s` does not exist.", id) }

// relink links a Log whose judgment has changed, or that names another Run or datapoint than before.
func (db *DB) relink(ctx context.Context, tx *sql.Tx, before, after *trace.Log) error {
	k, err := db.linksOf(ctx, tx, after)
	if err != nil || k == nil {
		return err
	}
	if before.RunID == after.RunID && before.DatapointID == after.DatapointID {
		k.run, k.datapoint = "", ""
	}
	if k.run != "" {
		var id string
		if ok, err := found(ctx, tx, runExists, []any{storable(k.run)}, &id); err != nil || !ok {
			return cmp.Or(err, unknownRun(k.run))
		}
	}
	err = k.each(func(text string, args ...any) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	})
	if err != nil || k.run == "" && k.datapoint == "" {
		return err
	}
	_, err = tx.ExecContext(ctx, countJudgments+` WHERE j.log = (SELECT seq FROM log WHERE id = $1)`+onlyLatest, after.ID)
	return err
}

// unlink removes all links of deleted Logs. The datapoints that they stood for have no Log again, and judgments count again that came before
// theirs.
func unlink(ctx context.Context, tx *sql.Tx, logs []int64) error {
	judged, err := judgedBy(ctx, tx, logs)
	if err != nil {
		return err
	}
	const uncounted = `DELETE FROM run_judgment WHERE (run, log) IN (SELECT run, log FROM run_log`
	steps := []struct {
		before, column string
		of             []int64
		after          string
	}{
		{uncounted, "log", slices.Concat(judged, logs), `)`},
		{`DELETE FROM judgment`, "evaluator_log", logs, ``},
		{`DELETE FROM judgment`, "log", logs, ``},
		{countJudgments, "x.log", judged, onlyLatest},
		{`UPDATE run_log SET log = NULL`, "log", logs, ` AND datapoint IS NOT NULL`},
		{`DELETE FROM run_log`, "log", logs, ``},
		{`DELETE FROM datapoint_log`, "log", logs, ``},
	}
	for _, step := range steps {
		for chunk := range slices.Chunk(step.of, maxList) {
			var w where
			in(&w, step.column, chunk)
			if _, err := tx.ExecContext(ctx, step.before+w.String()+step.after, w.args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// countJudgments and onlyLatest count, with a condition between them, the judgments that were there before.
const (
	countJudgments = `INSERT INTO run_judgment (run, log, judge, evaluator_log, outcome, number, choice)
		SELECT x.run, j.log, j.judge, j.evaluator_log, j.outcome, j.number, j.choice FROM run_log x JOIN judgment j ON j.log = x.log`
	onlyLatest = ` AND NOT EXISTS (SELECT 1 FROM judgment n WHERE n.log = j.log AND n.judge = j.judge AND n.evaluator_log > j.evaluator_log)` + replaceOlder
)

// lockJudgments keeps judgments from being stored until the transaction ends: of a Log that is being added to a Run one would be lost that
// does not see it there yet.
func (db *DB) lockJudgments(ctx context.Context, tx *sql.Tx) error {
	if db.dialect.lockJudgments == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, db.dialect.lockJudgments)
	return err
}

// judgedBy are the Logs that Evaluators' Logs judge.
func judgedBy(ctx context.Context, q querying, evaluatorLogs []int64) ([]int64, error) {
	var w where
	in(&w, "evaluator_log", evaluatorLogs)
	var logs []int64
	err := each(ctx, q, `SELECT DISTINCT log FROM judgment`+w.String(), w.args, func(rows *sql.Rows) error {
		var log int64
		err := rows.Scan(&log)
		logs = append(logs, log)
		return err
	})
	return logs, err
}

// sqliteLinks are the statements of [links.each], by text, prepared when they are first needed.
type sqliteLinks map[string]driver.Stmt

func (l sqliteLinks) close() error {
	var err error
	for _, stmt := range l {
		err = errors.Join(err, stmt.Close())
	}
	return err
}

// linkedRow stores e with its links. One that names a Run which does not exist is refused.
func (s *sqliteInserts) linkedRow(e *entry) error {
	if e.links == nil {
		return s.row(e)
	}
	if err := s.refuseUnknownRun(e); err != nil || e.err != nil {
		return err
	}
	if err := s.row(e); err != nil || e.err != nil {
		return err
	}
	return e.links.each(func(text string, args ...any) error {
		stmt, err := s.linking(text)
		if err != nil {
			return err
		}
		values := make([]driver.Value, len(args))
		for i, arg := range args {
			values[i] = arg
		}
		_, err = s.exec(stmt, values...)
		return err
	})
}

func (s *sqliteInserts) refuseUnknownRun(e *entry) error {
	if e.links.run == "" {
		return nil
	}
	stmt, err := s.linking(runExists)
	if err != nil {
		return err
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(context.Background(), s.bind([]driver.Value{storable(e.links.run)}))
	if err != nil {
		return err
	}
	var row [1]driver.Value
	err = rows.Next(row[:])
	if errors.Is(err, io.EOF) {
		e.err, err = unknownRun(e.links.run), nil
	}
	return errors.Join(err, rows.Close())
}

func (s *sqliteInserts) linking(text string) (driver.Stmt, error) {
	if stmt, ok := s.links[text]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.Prepare(text)
	if err == nil {
		s.links[text] = stmt
	}
	return stmt, err
}

// shareJudgments waits, if there are judgments among the rows, for those who add Logs to Runs. It comes before all locks of rows.
func shareJudgments(ctx context.Context, tx pgx.Tx, rows []*entry) error {
	if !slices.ContainsFunc(rows, func(e *entry) bool { return e.links != nil && e.links.parent != "" }) {
		return nil
	}
	_, err := tx.Exec(ctx, postgresDialect.shareJudgments)
	return err
}

// refuseUnknownRuns returns the rows that name no Run, or one that exists.
func refuseUnknownRuns(ctx context.Context, tx pgx.Tx, rows []*entry) ([]*entry, error) {
	runs := map[string]bool{}
	for _, e := range rows {
		if e.links != nil && e.links.run != "" {
			runs[storable(e.links.run)] = false
		}
	}
	if len(runs) == 0 {
		return rows, nil
	}
	found, err := tx.Query(ctx, `SELECT id FROM run WHERE id = ANY($1)`, slices.Collect(maps.Keys(runs)))
	if err != nil {
		return nil, err
	}
	var id string
	_, err = pgx.ForEachRow(found, []any{&id}, func() error {
		runs[id] = true
		return nil
	})
	return slices.DeleteFunc(rows, func(e *entry) bool {
		if e.links == nil || e.links.run == "" || runs[storable(e.links.run)] {
			return false
		}
		e.err = unknownRun(e.links.run)
		return true
	}), err
}

// linkRows links the rows that were stored, in one round trip. It does so in the order of datapoints, so that batches which fill the same
// places do not wait for each other in a circle.
func linkRows(ctx context.Context, tx pgx.Tx, rows []*entry) error {
	stored := slices.DeleteFunc(slices.Clone(rows), func(e *entry) bool { return e.err != nil || e.links == nil })
	if len(stored) == 0 {
		return nil
	}
	slices.SortStableFunc(stored, func(a, b *entry) int { return cmp.Compare(a.links.datapoint, b.links.datapoint) })
	batch := new(pgx.Batch)
	for _, e := range stored {
		_ = e.links.each(func(text string, args ...any) error { // does not fail
			batch.Queue(text, args...)
			return nil
		})
	}
	return tx.SendBatch(ctx, batch).Close()
}
