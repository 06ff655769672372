package access

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	keyColumns = `id, name, role, hash, hint, created_us, revoked_us`
	selectKeys = `SELECT ` + keyColumns + ` FROM api_key`
)

// CreateKey stores a new API key. Errors: already_exists when its id or hash exists.
func (db *Store) CreateKey(ctx context.Context, k auth.APIKey) error {
	return db.Change(ctx, "store.CreateKey", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.KeyKind, k.ID, sqldb.Keys)
		err := tx.Exec(ctx, `INSERT INTO api_key (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			k.ID, []byte(k.Name), string(k.Role), k.Hash, k.Hint, sqldb.Micros(k.CreatedAt), sqldb.Micros(k.RevokedAt))
		if err != nil && db.Dialect.Fault(err) == sqldb.UniqueFault {
			err = errs.New(errs.AlreadyExists, "This API key exists already.")
		}
		return err
	})
}

// KeyByHash reads the valid key with this hash. Errors: gateway_key_invalid when it is unknown or revoked.
func (db *Store) KeyByHash(ctx context.Context, hash string) (*auth.APIKey, error) {
	invalid := errs.New(errs.GatewayKeyInvalid, "The API key is not valid.")
	k, err := sqldb.One(ctx, db.Read, invalid, selectKeys+` WHERE hash = $1 AND revoked_us = 0`, []any{sqldb.Storable(hash)}, scanKey)
	if err != nil {
		return nil, db.Fail("store.KeyByHash", err)
	}
	return &k, nil
}

// Keys lists all keys, revoked ones too, oldest first.
func (db *Store) Keys(ctx context.Context) ([]auth.APIKey, error) {
	keys, err := sqldb.List(ctx, db.Read, selectKeys+` ORDER BY created_us, id`, nil, scanKey)
	return keys, db.Fail("store.Keys", err)
}

func scanKey(rows *sql.Rows) (k auth.APIKey, err error) {
	var created, revoked int64
	err = rows.Scan(&k.ID, &k.Name, &k.Role, &k.Hash, &k.Hint, &created, &revoked)
	k.CreatedAt, k.RevokedAt = sqldb.FromMicros(created), sqldb.FromMicros(revoked)
	return k, err
}

// RevokeKey ends the validity of a key; one that is revoked already stays as it is. Errors: resource_not_found.
func (db *Store) RevokeKey(ctx context.Context, id string) error {
	return db.Change(ctx, "store.RevokeKey", func(ctx context.Context, tx *sqldb.Tx) error {
		var revoked int64
		missing := errs.New(errs.ResourceNotFound, "API key `%s` does not exist.", id)
		err := sqldb.Must(ctx, tx, missing, `SELECT revoked_us FROM api_key WHERE id = $1`, []any{sqldb.Storable(id)}, &revoked)
		if err != nil || revoked != 0 {
			return err
		}
		tx.Changed(sqldb.KeyKind, id, sqldb.Keys)
		return tx.Exec(ctx, `UPDATE api_key SET revoked_us = $2 WHERE id = $1 AND revoked_us = 0`, id, sqldb.Micros(db.Now()))
	})
}

// KeyCount is the number of valid keys.
func (db *Store) KeyCount(ctx context.Context) (int, error) {
	var count int
	_, err := sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM api_key WHERE revoked_us = 0`, nil, &count)
	return count, db.Fail("store.KeyCount", err)
}
