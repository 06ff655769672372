package access

import (
	"cmp"
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	keyColumns = `id, name, role, priority, hash, hint, created_us, created_by, used_us, revoked_us`
	selectKeys = `SELECT ` + keyColumns + ` FROM api_key`
)

// CreateKey stores a new API key, made by the principal of ctx. Without a priority it is [auth.Interactive]. Errors: already_exists when its id or hash exists.
func (db *Store) CreateKey(ctx context.Context, k auth.APIKey) error {
	return db.Change(ctx, "store.CreateKey", func(ctx context.Context, tx *sqldb.Tx) error { return db.insertKey(ctx, tx, &k) })
}

func (db *Store) insertKey(ctx context.Context, tx *sqldb.Tx, k *auth.APIKey) error {
	tx.Changed(sqldb.KeyKind, k.ID, sqldb.Keys)
	err := tx.Exec(ctx, `INSERT INTO api_key (id, name, role, priority, hash, hint, created_us, created_by, revoked_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		k.ID, []byte(k.Name), string(k.Role), string(cmp.Or(k.Priority, auth.Interactive)), k.Hash, k.Hint, sqldb.Micros(k.CreatedAt), auth.From(ctx).KeyID)
	if err != nil && db.Dialect.Fault(err) == sqldb.UniqueFault {
		err = errs.New(errs.AlreadyExists, "This API key exists already.")
	}
	return err
}

// CreateFirstKey stores the API key k, with the hash of a sign-in link, unless there is a valid key. It calls show just before, while no other process can be at
// the same: if show fails, nothing is stored.
func (db *Store) CreateFirstKey(ctx context.Context, k auth.APIKey, link string, show func() error) error {
	return db.Change(ctx, "store.CreateKey", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := tx.Exclude(ctx, db.Dialect); err != nil {
			return err
		}
		if some, err := sqldb.Found(ctx, tx, `SELECT 1 FROM api_key WHERE revoked_us = 0 LIMIT 1`, nil); some || err != nil {
			return err
		}
		if err := show(); err != nil {
			return err
		}
		if err := db.insertKey(ctx, tx, &k); err != nil {
			return err
		}
		return db.insertLink(ctx, tx, link, k.ID)
	})
}

// KeyByHash reads the valid key with this hash. Errors: gateway_key_invalid when it is unknown or revoked.
func (db *Store) KeyByHash(ctx context.Context, hash string) (*auth.APIKey, error) {
	k, err := sqldb.One(ctx, db.Read, invalidKey(), selectKeys+` WHERE hash = $1 AND revoked_us = 0`, []any{sqldb.Storable(hash)}, scanKey)
	if err != nil {
		return nil, db.Fail("store.KeyByHash", err)
	}
	return &k, nil
}

func invalidKey() error { return errs.New(errs.GatewayKeyInvalid, "The API key is not valid.") }

func noKey(id string) error {
	return errs.New(errs.ResourceNotFound, "API key `%s` does not exist.", id)
}

// Key reads a key by its id, also a revoked one. Errors: resource_not_found.
func (db *Store) Key(ctx context.Context, id string) (*auth.APIKey, error) {
	k, err := sqldb.One(ctx, db.Read, noKey(id), selectKeys+` WHERE id = $1`, []any{sqldb.Storable(id)}, scanKey)
	if err != nil {
		return nil, db.Fail("store.Key", err)
	}
	return &k, nil
}

// Keys lists all keys, revoked ones too, oldest first.
func (db *Store) Keys(ctx context.Context) ([]auth.APIKey, error) {
	keys, err := sqldb.List(ctx, db.Read, selectKeys+` ORDER BY created_us, id`, nil, scanKey)
	return keys, db.Fail("store.Keys", err)
}

func scanKey(rows *sql.Rows) (k auth.APIKey, err error) {
	var created, used, revoked int64
	err = rows.Scan(&k.ID, &k.Name, &k.Role, &k.Priority, &k.Hash, &k.Hint, &created, &k.CreatedBy, &used, &revoked)
	k.CreatedAt, k.UsedAt, k.RevokedAt = sqldb.FromMicros(created), sqldb.FromMicros(used), sqldb.FromMicros(revoked)
	return k, err
}

// RenameKey gives a key another name. Errors: resource_not_found.
func (db *Store) RenameKey(ctx context.Context, id, name string) error {
	return db.Change(ctx, "store.RenameKey", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.KeyKind, id, sqldb.Keys)
		return sqldb.Must(ctx, tx, noKey(id), `UPDATE api_key SET name = $2 WHERE id = $1 RETURNING id`, []any{sqldb.Storable(id), []byte(name)})
	})
}

// SetKeyPriority gives the calls of a key another priority. Errors: resource_not_found.
func (db *Store) SetKeyPriority(ctx context.Context, id string, p auth.Priority) error {
	return db.Change(ctx, "store.SetKeyPriority", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.KeyKind, id, sqldb.Keys)
		tx.Detail(string(p))
		return sqldb.Must(ctx, tx, noKey(id), `UPDATE api_key SET priority = $2 WHERE id = $1 RETURNING id`, []any{sqldb.Storable(id), string(p)})
	})
}

// RevokeKey ends the validity of a key, and with it the sessions of the key. One that is revoked already stays as it is. Errors:
// resource_not_found; illegal_state for the last valid key of an admin.
func (db *Store) RevokeKey(ctx context.Context, id string) error {
	return db.Change(ctx, "store.RevokeKey", func(ctx context.Context, tx *sqldb.Tx) error {
		admins, err := sqldb.Column[string](ctx, tx, `SELECT id FROM api_key WHERE role = 'admin' AND revoked_us = 0 ORDER BY id`+db.Dialect.LockRows)
		if err != nil {
			return err
		}
		if len(admins) == 1 && admins[0] == id {
			return errs.New(errs.IllegalState, "API key `%s` is the last one with the role admin. Make another one before you revoke it.", id)
		}
		var revoked int64
		err = sqldb.Must(ctx, tx, noKey(id), `SELECT revoked_us FROM api_key WHERE id = $1`, []any{sqldb.Storable(id)}, &revoked)
		if err != nil || revoked != 0 {
			return err
		}
		tx.Changed(sqldb.KeyKind, id, sqldb.Keys)
		if err := tx.Exec(ctx, `DELETE FROM session WHERE key_id = $1`, id); err != nil {
			return err
		}
		return tx.Exec(ctx, `UPDATE api_key SET revoked_us = $2 WHERE id = $1 AND revoked_us = 0`, id, sqldb.Micros(db.Now()))
	})
}

// KeyCount is the number of valid keys.
func (db *Store) KeyCount(ctx context.Context) (int, error) {
	var count int
	_, err := sqldb.Found(ctx, db.Read, `SELECT COUNT(*) FROM api_key WHERE revoked_us = 0`, nil, &count)
	return count, db.Fail("store.KeyCount", err)
}

// KeepUses writes down that keys and sessions were used until now. It leaves no event.
func (db *Store) KeepUses(ctx context.Context, keys, sessions []string) error {
	return db.Change(ctx, "store.KeepUses", func(ctx context.Context, tx *sqldb.Tx) error {
		now := sqldb.Micros(db.Now())
		for _, id := range keys {
			if err := tx.Exec(ctx, `UPDATE api_key SET used_us = $2 WHERE id = $1`, id, now); err != nil {
				return err
			}
		}
		for _, id := range sessions {
			if err := tx.Exec(ctx, `UPDATE session SET seen_us = $2 WHERE id = $1`, id, now); err != nil {
				return err
			}
		}
		return nil
	})
}
