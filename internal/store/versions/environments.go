package versions

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	environmentColumns = `e.id, e.name, e.tag, e.created_us`
	environmentOrder   = ` ORDER BY e.created_us, e.id`
)

// Environments lists all environments, oldest first.
func (db *Store) Environments(ctx context.Context) ([]file.Environment, error) {
	var list []file.Environment
	err := sqldb.Each(ctx, db.Read, `SELECT `+environmentColumns+` FROM environment e`+environmentOrder, nil, func(rows *sql.Rows) error {
		e, err := scanEnvironment(rows)
		list = append(list, e)
		return err
	})
	return list, db.Fail("store.Environments", err)
}

// scanEnvironment reads a row of extra columns and environmentColumns.
func scanEnvironment(rows *sql.Rows, extra ...any) (file.Environment, error) {
	var e file.Environment
	var created int64
	err := rows.Scan(append(extra, &e.ID, &e.Name, &e.Tag, &created)...)
	e.CreatedAt = sqldb.FromMicros(created)
	return e, err
}

// environmentExists returns environment_not_found unless there is an environment of this name or id.
func environmentExists(ctx context.Context, q sqldb.Querier, name string) error {
	var id string
	ok, err := sqldb.Found(ctx, q, `SELECT id FROM environment WHERE name = $1 OR id = $1`, []any{sqldb.Storable(name)}, &id)
	if err == nil && !ok {
		err = errs.New(errs.EnvironmentNotFound, "Environment `%s` does not exist.", name).At("environment")
	}
	return err
}

// environmentByID returns environment_not_found unless there is an environment with this id.
func environmentByID(ctx context.Context, q sqldb.Querier, id string) (e file.Environment, err error) {
	none := true
	err = sqldb.Each(ctx, q, `SELECT `+environmentColumns+` FROM environment e WHERE e.id = $1`, []any{sqldb.Storable(id)}, func(rows *sql.Rows) error {
		none = false
		e, err = scanEnvironment(rows)
		return err
	})
	if err == nil && none {
		err = errs.New(errs.EnvironmentNotFound, "Environment `%s` does not exist.", id).At("environment_id")
	}
	return e, err
}

// makeEnvironments makes those of a new database: production, which is the default, staging and development.
func makeEnvironments(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	var count int
	if _, err := sqldb.Found(ctx, tx, `SELECT COUNT(*) FROM environment`, nil, &count); err != nil || count > 0 {
		return err
	}
	for i, name := range []string{"production", "staging", "development"} {
		tag := file.OtherTag
		if i == 0 {
			tag = file.DefaultTag
		}
		at := now.Add(time.Duration(i) * time.Microsecond) // so that their order is kept
		_, err := tx.ExecContext(ctx, `INSERT INTO environment (id, name, tag, created_us) VALUES ($1, $2, $3, $4)`,
			ids.New(ids.Environment, at), name, tag, sqldb.Micros(at))
		if err != nil {
			return err
		}
	}
	return nil
}
