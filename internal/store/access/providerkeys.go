package access

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// ProviderKey is the workspace's key of a model provider, as it is stored.
type ProviderKey struct {
	Provider  string // its slug
	Sealed    []byte // the key, encrypted; never empty
	Hint      string // the part of the key that may be shown
	BaseURL   string // "" means the provider's own
	CreatedAt time.Time
	UpdatedAt time.Time
	CreatedBy string // id of the API key that stored what is there now; "" for the command line
}

const saveProviderKey = `INSERT INTO provider_key (provider, sealed, hint, base_url, created_us, updated_us, created_by)
	VALUES ($1, $2, $3, $4, $5, $5, $6)
	ON CONFLICT (provider) DO UPDATE SET sealed = excluded.sealed, hint = excluded.hint, base_url = excluded.base_url,
		updated_us = excluded.updated_us, created_by = excluded.created_by
	RETURNING created_us`

// SaveProviderKey stores a key in place of the provider's earlier one, and returns it with its times, which the store sets. Errors: those of
// guards.
func (db *Store) SaveProviderKey(ctx context.Context, k ProviderKey, guards ...Guard) (ProviderKey, error) {
	now := sqldb.Micros(db.Now())
	err := db.Change(ctx, "store.SaveProviderKey", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := AskGuards(ctx, db.DB, tx, guards); err != nil {
			return err
		}
		tx.Changed(sqldb.ProviderKeyKind, k.Provider, sqldb.Secrets)
		var created int64
		_, err := sqldb.Found(ctx, tx, saveProviderKey, []any{k.Provider, k.Sealed, k.Hint, k.BaseURL, now, k.CreatedBy}, &created)
		k.CreatedAt, k.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(now)
		return err
	})
	return k, err
}

const providerKeys = `SELECT provider, sealed, hint, base_url, created_us, updated_us, created_by FROM provider_key ORDER BY provider`

// ProviderKeys lists the keys of all providers, sorted by provider.
func (db *Store) ProviderKeys(ctx context.Context) ([]ProviderKey, error) {
	keys, err := sqldb.List(ctx, db.Read, providerKeys, nil, func(rows *sql.Rows) (k ProviderKey, err error) {
		var created, updated int64
		err = rows.Scan(&k.Provider, &k.Sealed, &k.Hint, &k.BaseURL, &created, &updated, &k.CreatedBy)
		k.CreatedAt, k.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated)
		return k, err
	})
	return keys, db.Fail("store.ProviderKeys", err)
}

// DeleteProviderKey deletes the key of a provider. Errors: resource_not_found when there is none.
func (db *Store) DeleteProviderKey(ctx context.Context, provider string) error {
	return db.Change(ctx, "store.DeleteProviderKey", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.ProviderKeyKind, provider, sqldb.Secrets)
		missing := errs.New(errs.ResourceNotFound, "No key is stored for the provider %q.", provider)
		return sqldb.Must(ctx, tx, missing, `DELETE FROM provider_key WHERE provider = $1 RETURNING provider`, []any{sqldb.Storable(provider)})
	})
}
