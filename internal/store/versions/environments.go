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
	selectEnvironment  = `SELECT ` + environmentColumns + ` FROM environment e`
	environmentOrder   = ` ORDER BY e.created_us, e.id`
)

// Environments returns all environments, oldest first.
func (db *Store) Environments(ctx context.Context) ([]file.Environment, error) {
	list, err := sqldb.List(ctx, db.Read, selectEnvironment+environmentOrder, nil, scanEnvironment)
	return list, db.Fail("store.Environments", err)
}

func scanEnvironment(rows *sql.Rows) (e file.Environment, err error) {
	var created int64
	err = rows.Scan(&e.ID, &e.Name, &e.Tag, &created)
	e.CreatedAt = sqldb.FromMicros(created)
	return e, err
}

func noEnvironment(name, param string) error {
	return errs.New(errs.EnvironmentNotFound, "Environment `%s` does not exist.", name).At(param)
}

// environmentExists fails with environment_not_found unless there is an environment with this name or id.
func environmentExists(ctx context.Context, q sqldb.Querier, name string) error {
	return sqldb.Must(ctx, q, noEnvironment(name, "environment"), `SELECT id FROM environment WHERE name = $1 OR id = $1`, []any{sqldb.Storable(name)})
}

// environmentByID returns the environment with this id. Errors: environment_not_found.
func environmentByID(ctx context.Context, q sqldb.Querier, id, rest string) (file.Environment, error) {
	return sqldb.One(ctx, q, noEnvironment(id, "environment_id"), selectEnvironment+` WHERE e.id = $1`+rest, []any{sqldb.Storable(id)}, scanEnvironment)
}

// lockEnvironment is environmentByID for a change: the environment stays as it is until the transaction ends.
func (c *changing) lockEnvironment(ctx context.Context, id string) (file.Environment, error) {
	return environmentByID(ctx, c.tx, id, c.db.Dialect.LockRows)
}

// makeEnvironments makes the environments of a new database: production, which is the default, staging and development.
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
		err := tx.Exec(ctx, `INSERT INTO environment (id, name, tag, created_us) VALUES ($1, $2, $3, $4)`,
			ids.New(ids.Environment, at), name, tag, sqldb.Micros(at))
		if err != nil {
			return err
		}
	}
	return nil
}
