package evals

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store/jobs"
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
		var file int64 // 0 for none
		if e.FileID != "" {
			var err error
			if file, err = versions.Seq(ctx, tx, e.FileID); err != nil {
				return err
			}
		}
		now := sqldb.Micros(db.Now())
		id := ids.New(ids.Evaluation, sqldb.FromMicros(now))
		var seq int64
		_, err := sqldb.Found(ctx, tx, `INSERT INTO evaluation (id, file, name, created_us, updated_us, created_by, reviews) VALUES ($1, $2, $3, $4, $4, $5, $6) RETURNING seq`,
			[]any{id, file, e.Name, now, e.CreatedBy, max(e.ReviewsPerLog, 1)}, &seq)
		if err != nil && db.Dialect.Fault(err) == sqldb.UniqueFault {
			return errs.New(errs.AlreadyExists, "Another Evaluation of this File is named `%s` already.", e.Name)
		}
		if err != nil {
			return err
		}
		if err := db.addEvaluators(ctx, tx, seq, now, e.Evaluators); err != nil {
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

// addEvaluators adds Evaluators at a time and right after it, so that their order is kept; one that is there already keeps its time.
func (db *Store) addEvaluators(ctx context.Context, tx *sqldb.Tx, evaluationSeq, at int64, list []judgment.Evaluator) error {
	for i, e := range list {
		version, err := versions.VersionSeq(ctx, tx, e.VersionID)
		if err != nil {
			return err
		}
		by, err := db.links.judgeOf(ctx, tx, e.VersionID)
		if err != nil {
			return err
		}
		err = tx.Exec(ctx, `INSERT INTO evaluation_evaluator (evaluation, version, orchestrated, judge, human, added_us) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (evaluation, version) DO UPDATE SET orchestrated = excluded.orchestrated`,
			evaluationSeq, version, sqldb.Flag(e.Orchestrated), by.judge, sqldb.Flag(by.human), at+int64(i))
		if err != nil {
			return err
		}
	}
	return nil
}

// changeEvaluation changes the Evaluation with the given id, which is locked, and returns it as it is afterwards. at is the time.
func (db *Store) changeEvaluation(ctx context.Context, op, id string, f func(ctx context.Context, tx *sqldb.Tx, seq, at int64) error) (*judgment.Evaluation, error) {
	var changed *judgment.Evaluation
	err := db.Change(ctx, op, func(ctx context.Context, tx *sqldb.Tx) error {
		seq, err := evaluationSeq(ctx, tx, id, db.Dialect.LockRows)
		if err != nil {
			return err
		}
		tx.Changed(sqldb.EvaluationKind, id)
		at := sqldb.Micros(db.Now())
		if err := f(ctx, tx, seq, at); err != nil {
			return err
		}
		if err := tx.Exec(ctx, `UPDATE evaluation SET updated_us = $2 WHERE seq = $1`, seq, at); err != nil {
			return err
		}
		changed, err = readEvaluation(ctx, tx, id)
		return err
	})
	return changed, err
}

// evaluationSeq is the seq of the Evaluation with the given id. Its query ends with lock, which keeps it as it is until the transaction ends.
func evaluationSeq(ctx context.Context, q sqldb.Querier, id, lock string) (seq int64, err error) {
	err = sqldb.Must(ctx, q, noEvaluation(id), `SELECT seq FROM evaluation WHERE id = $1`+lock, []any{sqldb.Storable(id)}, &seq)
	return seq, err
}

func noEvaluation(id string) error {
	return errs.New(errs.EvaluationNotFound, "Evaluation `%s` does not exist.", id)
}

// AddEvaluators adds Evaluators, and sets whether the server runs those that it has already. Errors: evaluation_not_found,
// version_not_found.
func (db *Store) AddEvaluators(ctx context.Context, id string, list []judgment.Evaluator) (*judgment.Evaluation, error) {
	return db.changeEvaluation(ctx, "store.AddEvaluators", id, func(ctx context.Context, tx *sqldb.Tx, seq, at int64) error {
		if err := db.addEvaluators(ctx, tx, seq, at, list); err != nil {
			return err
		}
		return jobs.JudgeTasks(ctx, tx, at, ` AND m.evaluation = $2`, seq)
	})
}

// RemoveEvaluator removes an Evaluator; what it has judged stays. Errors: evaluation_not_found, version_not_found.
func (db *Store) RemoveEvaluator(ctx context.Context, id, versionID string) (*judgment.Evaluation, error) {
	return db.changeEvaluation(ctx, "store.RemoveEvaluator", id, func(ctx context.Context, tx *sqldb.Tx, seq, _ int64) error {
		tx.Detail(versionID)
		missing := errs.New(errs.VersionNotFound, "The Evaluation has no Evaluator with the version `%s`.", versionID)
		return sqldb.Must(ctx, tx, missing, `DELETE FROM evaluation_evaluator WHERE evaluation = $1 AND version = (SELECT seq FROM version WHERE id = $2)
			RETURNING version`, []any{seq, sqldb.Storable(versionID)})
	})
}

// DeleteEvaluation deletes an Evaluation. Its Runs and their Logs stay, and so do its Evaluators. Errors: evaluation_not_found.
func (db *Store) DeleteEvaluation(ctx context.Context, id string) error {
	return db.Change(ctx, "store.DeleteEvaluation", func(ctx context.Context, tx *sqldb.Tx) error {
		seq, err := evaluationSeq(ctx, tx, id, db.Dialect.LockRows)
		if err != nil {
			return err
		}
		tx.Changed(sqldb.EvaluationKind, id)
		for _, text := range []string{
			`DELETE FROM evaluation_evaluator WHERE evaluation = $1`, `DELETE FROM evaluation_run WHERE evaluation = $1`, `DELETE FROM evaluation WHERE seq = $1`,
		} {
			if err := tx.Exec(ctx, text, seq); err != nil {
				return err
			}
		}
		return nil
	})
}

const evaluationColumns = `SELECT e.seq, e.id, COALESCE(f.id, ''), e.name, e.created_us, e.updated_us, e.created_by, e.reviews,
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
	defer db.Failed("store.Evaluations", &err)
	file, err := versions.Seq(ctx, db.Read, fileID)
	if err != nil {
		return nil, 0, err
	}
	_, err = sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM evaluation WHERE file = $1`, []any{file}, &total)
	if err != nil || page.Size <= 0 || page.Offset() >= total {
		return nil, total, err
	}
	list, err = readEvaluations(ctx, db.Read, ` WHERE e.file = $1 ORDER BY e.seq DESC LIMIT $2 OFFSET $3`, file, page.Size, page.Offset())
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
		err := rows.Scan(&seq, &e.ID, &e.FileID, &e.Name, &created, &updated, &e.CreatedBy, &e.ReviewsPerLog, &e.RunsCount)
		e.CreatedAt, e.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated)
		at[seq] = len(list)
		list, seqs = append(list, e), append(seqs, seq)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	const evaluators = `SELECT e.evaluation, v.id, e.orchestrated, e.added_us FROM evaluation_evaluator e JOIN version v ON v.seq = e.version
		WHERE e.evaluation`
	return list, sqldb.EachIn(ctx, q, evaluators, seqs, ` ORDER BY e.added_us, e.version`, func(rows *sql.Rows) error {
		var e judgment.Evaluator
		var seq, added int64
		if err := rows.Scan(&seq, &e.VersionID, &e.Orchestrated, &added); err != nil {
			return err
		}
		e.AddedAt = sqldb.FromMicros(added)
		of := &list[at[seq]]
		of.Evaluators = append(of.Evaluators, e)
		return nil
	})
}
