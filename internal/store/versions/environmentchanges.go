package versions

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// DeploymentCounts are how many Files have a version deployed to each environment, by the ids of those that have any.
func (db *Store) DeploymentCounts(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	const text = `SELECT d.environment_id, COUNT(*) FROM deployment d JOIN file f ON f.seq = d.file AND f.deleted_us IS NULL GROUP BY d.environment_id`
	err := sqldb.Each(ctx, db.Read, text, nil, func(rows *sql.Rows) error {
		var id string
		var n int
		err := rows.Scan(&id, &n)
		counts[id] = n
		return err
	})
	return counts, db.Fail("store.DeploymentCounts", err)
}

// CreateEnvironment makes an environment. Errors: already_exists.
func (db *Store) CreateEnvironment(ctx context.Context, name string) (e file.Environment, err error) {
	err = db.Change(ctx, "store.CreateEnvironment", func(ctx context.Context, tx *sqldb.Tx) error {
		now := sqldb.FromMicros(sqldb.Micros(db.Now()))
		e = file.Environment{ID: ids.New(ids.Environment, now), Name: name, Tag: file.OtherTag, CreatedAt: now}
		tx.Changed(sqldb.EnvironmentKind, e.ID, sqldb.Files)
		err := tx.Exec(ctx, `INSERT INTO environment (id, name, tag, created_us) VALUES ($1, $2, $3, $4)`, e.ID, e.Name, e.Tag, sqldb.Micros(now))
		return db.nameTaken(err, name)
	})
	return e, err
}

// RenameEnvironment gives an environment another name, and returns it. Errors: environment_not_found, already_exists.
func (db *Store) RenameEnvironment(ctx context.Context, id, name string) (file.Environment, error) {
	return db.changeEnvironment(ctx, "store.RenameEnvironment", id, func(ctx context.Context, tx *sqldb.Tx, e *file.Environment) error {
		if e.Name == name {
			return nil
		}
		tx.Changed(sqldb.EnvironmentKind, id, sqldb.Files)
		e.Name = name
		return db.nameTaken(tx.Exec(ctx, `UPDATE environment SET name = $2 WHERE id = $1`, id, name), name)
	})
}

func (db *Store) nameTaken(err error, name string) error {
	if err != nil && db.Dialect.Fault(err) == sqldb.UniqueFault {
		return errs.New(errs.AlreadyExists, "There is an environment with the name `%s` already.", name).At("name")
	}
	return err
}

// SetDefaultEnvironment makes an environment the default one, in place of the one that was it, and returns it. Errors: environment_not_found.
func (db *Store) SetDefaultEnvironment(ctx context.Context, id string) (file.Environment, error) {
	return db.changeEnvironment(ctx, "store.SetDefaultEnvironment", id, func(ctx context.Context, tx *sqldb.Tx, e *file.Environment) error {
		if e.Tag == file.DefaultTag {
			return nil
		}
		tx.Changed(sqldb.EnvironmentKind, id, sqldb.Files)
		e.Tag = file.DefaultTag
		return tx.Exec(ctx, `UPDATE environment SET tag = CASE WHEN id = $1 THEN $2 ELSE $3 END`, id, file.DefaultTag, file.OtherTag)
	})
}

// DeleteEnvironment deletes an environment, with the gates before it. Errors: environment_not_found; in_use for the default one, and while a
// version is deployed there or a File is monitored by what is.
func (db *Store) DeleteEnvironment(ctx context.Context, id string) error {
	_, err := db.changeEnvironment(ctx, "store.DeleteEnvironment", id, func(ctx context.Context, tx *sqldb.Tx, e *file.Environment) error {
		if err := unused(ctx, tx, e); err != nil {
			return err
		}
		tx.Changed(sqldb.EnvironmentKind, id, sqldb.Files)
		for _, text := range []string{ // what is left belongs to deleted Files, or is switched off
			`DELETE FROM deployment WHERE environment_id = $1`, `DELETE FROM gate WHERE environment_id = $1`, `DELETE FROM monitor WHERE environment_id = $1`,
			`DELETE FROM environment WHERE id = $1`,
		} {
			if err := tx.Exec(ctx, text, id); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// unused fails with in_use if something needs the environment.
func unused(ctx context.Context, tx *sqldb.Tx, e *file.Environment) error {
	if e.Tag == file.DefaultTag {
		return errs.New(errs.InUse, "Environment `%s` is the default one. Make another one the default first.", e.Name)
	}
	const live = ` JOIN file f ON f.seq = x.file AND f.deleted_us IS NULL WHERE x.environment_id = $1`
	for _, use := range []struct{ text, why string }{
		{`SELECT COUNT(*) FROM deployment x` + live, "Versions are deployed to environment `%s`, of %d Files. Remove these deployments first."},
		{`SELECT COUNT(*) FROM monitor x` + live + ` AND x.active = 1`, "Evaluators monitor Files by what is deployed to environment `%s`: %d of them. Deactivate them first."},
	} {
		var n int
		if _, err := sqldb.Found(ctx, tx, use.text, []any{e.ID}, &n); err != nil {
			return err
		}
		if n > 0 {
			return errs.New(errs.InUse, use.why, e.Name, n)
		}
	}
	return nil
}

// changeEnvironment calls change with an environment, while nobody else changes environments or deploys to one.
func (db *Store) changeEnvironment(ctx context.Context, op, id string, change func(context.Context, *sqldb.Tx, *file.Environment) error) (e file.Environment, err error) {
	err = db.Change(ctx, op, func(ctx context.Context, tx *sqldb.Tx) error {
		all, err := sqldb.List(ctx, tx, selectEnvironment+` ORDER BY e.id`+db.Dialect.LockRows, nil, scanEnvironment)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(e file.Environment) bool { return e.ID == id })
		if at < 0 {
			return noEnvironment(id, "id")
		}
		e = all[at]
		return change(ctx, tx, &e)
	})
	return e, err
}
