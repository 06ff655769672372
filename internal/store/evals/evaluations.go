package evals

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/versions"
	"github.com/openloop-server/openloop/internal/trace"
)

// CreateEvaluation stores e, which becomes what was stored: with its ID and times, and each Evaluator once.
//
// Errors: already_exists when another Evaluation of the File has the name; file_not_found; version_not_found; validation_failed for a name that
// is no text.
func (db *Store) CreateEvaluation(ctx context.Context, e *judgment.Evaluation) error {
	if sqldb.Storable(e.Name) != e.Name {
		return errs.Invalid("The name must be a text that can be printed.", "name")
	}
	return db.Change(ctx, "store.CreateEvaluation", func(ctx context.Context, tx *sqldb.Tx) error {
		file, err := evaluatedFile(ctx, tx, e.FileID)
		if err != nil {
			return err
		}
		now := sqldb.Micros(db.Now())
		id := ids.New(ids.Evaluation, sqldb.FromMicros(now))
		var seq int64
		_, err = sqldb.Found(ctx, tx, `INSERT INTO evaluation (id, file, name, created_us, updated_us, created_by) VALUES ($1, $2, $3, $4, $4, $5) RETURNING seq`,
			[]any{id, file, e.Name, now, e.CreatedBy}, &seq)
		if err != nil && db.Dialect.Fault(err) == sqldb.UniqueFault {
			return errs.New(errs.AlreadyExists, "Another Evaluation of this File is named `%s` already.", e.Name)
		}
		if err != nil {
			return err
		}
		for i := range e.Evaluators {
			e.Evaluators[i].AddedAt = sqldb.FromMicros(now + int64(i)) // so that their order is kept
		}
		if err := db.addEvaluators(ctx, tx, seq, e.Evaluators); err != nil {
			return err
		}
		tx.Changed(sqldb.EvaluationKind, id)
		stored, err := readEvaluation(ctx, tx, id)
		if err == nil {
			*e = *stored
		}
		return err
	})
}

// evaluatedFile is the seq of the File of an Evaluation, 0 for none.
func evaluatedFile(ctx context.Context, q sqldb.Querier, id string) (int64, error) {
	if id == "" {
		return 0, nil
	}
	return versions.Seq(ctx, q, id)
}

// addEvaluators adds Evaluators; one that is there already keeps its time.
func (db *Store) addEvaluators(ctx context.Context, tx *sqldb.Tx, evaluationSeq int64, list []judgment.Evaluator) error {
	for _, e := range list {
		version, err := versions.VersionSeq(ctx, tx, e.VersionID)
		if err != nil {
			return err
		}
		judge, err := db.links.judgeOf(ctx, tx, e.VersionID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO evaluation_evaluator (evaluation, version, orchestrated, judge, added_us) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (evaluation, version) DO UPDATE SET orchestrated = excluded.orchestrated`,
			evaluationSeq, version, oneIf(e.Orchestrated), judge, sqldb.Micros(e.AddedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// oneIf is how a truth is stored.
func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// orError is err, or when there is none an error of the reason.
func orError(err error, reason errs.Reason, format string, args ...any) error {
	if err != nil {
		return err
	}
	return errs.New(reason, format, args...)
}

// changeEvaluation changes the Evaluation with the given id, which is locked, and returns it as it is afterwards. at is the time.
func (db *Store) changeEvaluation(ctx context.Context, op, id string, f func(ctx context.Context, tx *sqldb.Tx, seq, at int64) error) (*judgment.Evaluation, error) {
	var changed *judgment.Evaluation
	err := db.Change(ctx, op, func(ctx context.Context, tx *sqldb.Tx) error {
		seq, err := db.lockEvaluation(ctx, tx, id)
		if err != nil {
			return err
		}
		tx.Changed(sqldb.EvaluationKind, id)
		at := sqldb.Micros(db.Now())
		if err := f(ctx, tx, seq, at); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE evaluation SET updated_us = $2 WHERE seq = $1`, seq, at); err != nil {
			return err
		}
		changed, err = readEvaluation(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// lockEvaluation locks the Evaluation with the given id until the transaction ends.
func (db *Store) lockEvaluation(ctx context.Context, tx *sqldb.Tx, id string) (seq int64, err error) {
	ok, err := sqldb.Found(ctx, tx, `SELECT seq FROM evaluation WHERE id = $1`+db.Dialect.LockRows, []any{sqldb.Storable(id)}, &seq)
	if err == nil && !ok {
		err = noEvaluation(id)
	}
	return seq, err
}

func noEvaluation(id string) error {
	return errs.New(errs.EvaluationNotFound, "Evaluation `%s` does not exist.", id)
}

// AddEvaluators adds Evaluators, and sets whether the server runs those that it has already. Errors: evaluation_not_found,
// version_not_found.
func (db *Store) AddEvaluators(ctx context.Context, id string, list []judgment.Evaluator) (*judgment.Evaluation, error) {
	return db.changeEvaluation(ctx, "store.AddEvaluators", id, func(ctx context.Context, tx *sqldb.Tx, seq, at int64) error {
		for i := range list {
			list[i].AddedAt = sqldb.FromMicros(at + int64(i))
		}
		return db.addEvaluators(ctx, tx, seq, list)
	})
}

// RemoveEvaluator removes an Evaluator; what it has judged stays. Errors: evaluation_not_found, version_not_found.
func (db *Store) RemoveEvaluator(ctx context.Context, id, versionID string) (*judgment.Evaluation, error) {
	return db.changeEvaluation(ctx, "store.RemoveEvaluator", id, func(ctx context.Context, tx *sqldb.Tx, seq, _ int64) error {
		tx.Detail(versionID)
		result, err := tx.ExecContext(ctx, `DELETE FROM evaluation_evaluator WHERE evaluation = $1 AND version = (SELECT seq FROM version WHERE id = $2)`,
			seq, sqldb.Storable(versionID))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return orError(err, errs.VersionNotFound, "The Evaluation has no Evaluator with the version `%s`.", versionID)
		}
		return nil
	})
}

// DeleteEvaluation deletes an Evaluation. Its Runs and their Logs stay, and so do its Evaluators. Errors: evaluation_not_found.
func (db *Store) DeleteEvaluation(ctx context.Context, id string) error {
	return db.Change(ctx, "store.DeleteEvaluation", func(ctx context.Context, tx *sqldb.Tx) error {
		seq, err := db.lockEvaluation(ctx, tx, id)
		if err != nil {
			return err
		}
		tx.Changed(sqldb.EvaluationKind, id)
		for _, text := range []string{
			`DELETE FROM evaluation_evaluator WHERE evaluation = $1`, `DELETE FROM evaluation_run WHERE evaluation = $1`, `DELETE FROM evaluation WHERE seq = $1`,
		} {
			if _, err := tx.ExecContext(ctx, text, seq); err != nil {
				return err
			}
		}
		return nil
	})
}

const evaluationColumns = `SELECT e.seq, e.id, COALESCE(f.id, ''), e.name, e.created_us, e.updated_us, e.created_by,
	(SELECT COUNT(*) FROM evaluation_run r WHERE r.evaluation = e.seq) FROM evaluation e LEFT JOIN file f ON f.seq = e.file`

// Evaluation reads an Evaluation. Errors: evaluation_not_found.
func (db *Store) Evaluation(ctx context.Context, id string) (*judgment.Evaluation, error) {
	e, err := readEvaluation(ctx, db.Read, id)
	return e, db.Fail("store.Evaluation", err)
}

func readEvaluation(ctx context.Context, q sqldb.Querier, id string) (*judgment.Evaluation, error) {
	list, err := readEvaluations(ctx, q, ` WHERE e.id = $1`, sqldb.Storable(id))
	if err == nil && len(list) == 0 {
		err = noEvaluation(id)
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// Evaluations lists the Evaluations of a File, newest first, and the number of them on all pages. Errors: file_not_found.
func (db *Store) Evaluations(ctx context.Context, fileID string, page trace.Page) (list []judgment.Evaluation, total int, err error) {
	list, total, err = db.evaluations(ctx, fileID, page)
	return list, total, db.Fail("store.Evaluations", err)
}

func (db *Store) evaluations(ctx context.Context, fileID string, page trace.Page) ([]judgment.Evaluation, int, error) {
	file, err := versions.Seq(ctx, db.Read, fileID)
	if err != nil {
		return nil, 0, err
	}
	var total int
	if _, err := sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM evaluation WHERE file = $1`, []any{file}, &total); err != nil {
		return nil, 0, err
	}
	if page.Size <= 0 || page.Offset() >= total {
		return nil, total, nil
	}
	list, err := readEvaluations(ctx, db.Read, ` WHERE e.file = $1 ORDER BY e.seq DESC LIMIT $2 OFFSET $3`, file, page.Size, page.Offset())
	return list, total, err
}

// readEvaluations reads what the rest of a query selects, with their Evaluators.
func readEvaluations(ctx context.Context, q sqldb.Querier, rest string, args ...any) ([]judgment.Evaluation, error) {
	var list []judgment.Evaluation
	at := map[int64]int{}
	var seqs []int64
	err := sqldb.Each(ctx, q, evaluationColumns+rest, args, func(rows *sql.Rows) error {
		var e judgment.Evaluation
		var seq, created, updated int64
		err := rows.Scan(&seq, &e.ID, &e.FileID, &e.Name, &created, &updated, &e.CreatedBy, &e.RunsCount)
		e.CreatedAt, e.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated)
		at[seq] = len(list)
		list, seqs = append(list, e), append(seqs, seq)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	for chunk := range slices.Chunk(seqs, sqldb.MaxList) {
		err := readEvaluators(ctx, q, chunk, func(evaluationSeq int64, e judgment.Evaluator) {
			of := &list[at[evaluationSeq]]
			of.Evaluators = append(of.Evaluators, e)
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// readEvaluators reads the Evaluators of Evaluations, in the order they were added.
func readEvaluators(ctx context.Context, q sqldb.Querier, evaluationSeqs []int64, take func(evaluationSeq int64, e judgment.Evaluator)) error {
	var w sqldb.Where
	sqldb.In(&w, "e.evaluation", evaluationSeqs)
	text := `SELECT e.evaluation, v.id, e.orchestrated, e.added_us FROM evaluation_evaluator e JOIN version v ON v.seq = e.version` +
		w.String() + ` ORDER BY e.added_us, e.version`
	return sqldb.Each(ctx, q, text, w.Args, func(rows *sql.Rows) error {
		var e judgment.Evaluator
		var seq, added int64
		if err := rows.Scan(&seq, &e.VersionID, &e.Orchestrated, &added); err != nil {
			return err
		}
		e.AddedAt = sqldb.FromMicros(added)
		take(seq, e)
		return nil
	})
}
