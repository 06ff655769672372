package access

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// ProviderKey is a key of a model provider that the workspace has, as it is stored.
type ProviderKey struct {
	Provider  string // its slug
	Name      string // unique among those of the provider; "" stands for [DefaultKey] where a key is stored
	Sealed    []byte // the key, encrypted; never empty
	Hint      string // the part of the key that may be shown
	BaseURL   string // "" means the provider's own
	CreatedAt time.Time
	UpdatedAt time.Time
	CreatedBy string // id of the API key that stored what is there now; "" for the command line
	Rotation
}

// DefaultKey is the name of a provider's key that was given none.
const DefaultKey = "default"

// Rotation is the part that a key has in the calls of its provider.
type Rotation struct {
	Order  int      // keys of the lowest are used first
	Weight int      // among the keys of its order; 0 stands for 1 where a key is stored
	Models []string // names that it is for, in which a last * stands for any rest; none means all
}

const providerKeyColumns = `provider, name, sealed, hint, base_url, created_us, updated_us, created_by, tier, weight, models`

const saveProviderKey = `INSERT INTO provider_key (` + providerKeyColumns + `)
	VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10)
	ON CONFLICT (provider, name) DO UPDATE SET sealed = excluded.sealed, hint = excluded.hint, base_url = excluded.base_url,
		updated_us = excluded.updated_us, created_by = excluded.created_by, tier = excluded.tier, weight = excluded.weight, models = excluded.models
	RETURNING created_us`

// SaveProviderKey stores a key in place of the provider's earlier one of the name, and returns it with its times, which the store sets. Errors:
// those of guards.
func (db *Store) SaveProviderKey(ctx context.Context, k ProviderKey, guards ...Guard) (ProviderKey, error) {
	k.Name, k.Weight = cmp.Or(k.Name, DefaultKey), cmp.Or(k.Weight, 1)
	now := sqldb.Micros(db.Now())
	err := db.Change(ctx, "store.SaveProviderKey", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := AskGuards(ctx, db.DB, tx, guards); err != nil {
			return err
		}
		changedKey(tx, k.Provider, k.Name)
		models, err := modelsColumn(k.Models)
		if err != nil {
			return err
		}
		var created int64
		_, err = sqldb.Found(ctx, tx, saveProviderKey,
			[]any{k.Provider, k.Name, k.Sealed, k.Hint, k.BaseURL, now, k.CreatedBy, k.Order, k.Weight, models}, &created)
		k.CreatedAt, k.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(now)
		return err
	})
	return k, err
}

// RotateProviderKey changes the part that a key has in calls. Errors: resource_not_found when there is no such key.
func (db *Store) RotateProviderKey(ctx context.Context, provider, name string, r Rotation) (ProviderKey, error) {
	const text = `UPDATE provider_key SET tier = $3, weight = $4, models = $5 WHERE provider = $1 AND name = $2 RETURNING ` + providerKeyColumns
	var k ProviderKey
	err := db.Change(ctx, "store.RotateProviderKey", func(ctx context.Context, tx *sqldb.Tx) error {
		changedKey(tx, provider, name)
		models, err := modelsColumn(r.Models)
		if err != nil {
			return err
		}
		rows, err := sqldb.List(ctx, tx, text, []any{sqldb.Storable(provider), sqldb.Storable(name), r.Order, cmp.Or(r.Weight, 1), models}, scanProviderKey)
		if err != nil || len(rows) == 0 {
			return cmp.Or(err, noProviderKey(provider, name))
		}
		k = rows[0]
		return nil
	})
	return k, err
}

// changedKey names what a change of a key is about. The name is told of those that are not the default.
func changedKey(tx *sqldb.Tx, provider, name string) {
	tx.Changed(sqldb.ProviderKeyKind, provider, sqldb.Secrets)
	if name != DefaultKey {
		tx.Detail(name)
	}
}

func noProviderKey(provider, name string) error {
	if name == DefaultKey {
		return errs.New(errs.ResourceNotFound, "No key is stored for the provider %q.", provider)
	}
	return errs.New(errs.ResourceNotFound, "No key %q is stored for the provider %q.", name, provider)
}

// ProviderKeys lists the keys of all providers, sorted by provider, order and name.
func (db *Store) ProviderKeys(ctx context.Context) ([]ProviderKey, error) {
	const text = `SELECT ` + providerKeyColumns + ` FROM provider_key ORDER BY provider, tier, name`
	keys, err := sqldb.List(ctx, db.Read, text, nil, scanProviderKey)
	return keys, db.Fail("store.ProviderKeys", err)
}

func scanProviderKey(rows *sql.Rows) (k ProviderKey, err error) {
	var created, updated int64
	var models string
	err = rows.Scan(&k.Provider, &k.Name, &k.Sealed, &k.Hint, &k.BaseURL, &created, &updated, &k.CreatedBy, &k.Order, &k.Weight, &models)
	if err != nil {
		return k, err
	}
	k.CreatedAt, k.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated)
	if models != noModels {
		err = json.Unmarshal([]byte(models), &k.Models)
	}
	return k, err
}

const noModels = "[]"

func modelsColumn(models []string) (string, error) {
	if len(models) == 0 {
		return noModels, nil
	}
	text, err := json.Marshal(models)
	return string(text), err
}

// DeleteProviderKey deletes a key of a provider. Errors: resource_not_found when there is none of the name.
func (db *Store) DeleteProviderKey(ctx context.Context, provider, name string) error {
	const text = `DELETE FROM provider_key WHERE provider = $1 AND name = $2 RETURNING provider`
	return db.Change(ctx, "store.DeleteProviderKey", func(ctx context.Context, tx *sqldb.Tx) error {
		changedKey(tx, provider, name)
		return sqldb.Must(ctx, tx, noProviderKey(provider, name), text, []any{sqldb.Storable(provider), sqldb.Storable(name)})
	})
}
