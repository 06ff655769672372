package access

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Alias is a name that calls can use in place of that of a model.
type Alias struct {
	Name      string // unique; a last * stands for any rest
	CreatedAt time.Time
	UpdatedAt time.Time
	CreatedBy string // id of the API key that stored what is there now; "" for the command line
	AliasContent
}

// AliasContent is what an alias means.
type AliasContent struct {
	Targets  []AliasTarget `json:"targets"`            // one at least
	Keys     []string      `json:"keys,omitempty"`     // ids of the API keys that it is there for; none means all
	Defaults AliasDefaults `json:"defaults,omitzero"`  // of parameters
	CacheTTL int           `json:"cache_ttl,omitzero"` // seconds that answers are remembered; 0 means that they are not
}

// AliasTarget is a model that an alias leads to.
type AliasTarget struct {
	Provider   string `json:"provider"` // its slug
	Model      string `json:"model"`
	Credential string `json:"credential,omitempty"` // the name of a stored key of the provider; "" for any
	Order      int    `json:"order,omitzero"`       // targets of the lowest are asked first
	Weight     int    `json:"weight"`               // among the targets of its order
}

// AliasDefaults are parameters of calls that do not bring their own. Zero values mean none.
type AliasDefaults struct {
	MaxTokens        int                 `json:"max_tokens,omitzero"`
	Temperature      *float64            `json:"temperature,omitzero"`
	TopP             *float64            `json:"top_p,omitzero"`
	PresencePenalty  *float64            `json:"presence_penalty,omitzero"`
	FrequencyPenalty *float64            `json:"frequency_penalty,omitzero"`
	Stop             llm.Stop            `json:"stop,omitzero"`
	Seed             *int64              `json:"seed,omitzero"`
	ResponseFormat   *llm.ResponseFormat `json:"response_format,omitzero"`
	ReasoningEffort  llm.Effort          `json:"reasoning_effort,omitzero"`
}

const aliasColumns = `name, content, created_us, updated_us, created_by`

// SaveAlias stores an alias by the principal of ctx, in place of an earlier one of the name, and returns it with its times, which the store sets.
func (db *Store) SaveAlias(ctx context.Context, a Alias) (Alias, error) {
	const text = `INSERT INTO alias (` + aliasColumns + `) VALUES ($1, $2, $3, $3, $4)
		ON CONFLICT (name) DO UPDATE SET content = excluded.content, updated_us = excluded.updated_us, created_by = excluded.created_by
		RETURNING created_us`
	now := sqldb.Micros(db.Now())
	a.CreatedBy = auth.From(ctx).KeyID
	content, err := json.Marshal(a.AliasContent)
	if err != nil {
		return a, err
	}
	err = db.Change(ctx, "store.SaveAlias", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.AliasKind, a.Name, sqldb.Aliases)
		var created int64
		_, err := sqldb.Found(ctx, tx, text, []any{sqldb.Storable(a.Name), content, now, a.CreatedBy}, &created)
		a.CreatedAt, a.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(now)
		return err
	})
	return a, err
}

// Aliases lists all aliases by name.
func (db *Store) Aliases(ctx context.Context) ([]Alias, error) {
	list, err := sqldb.List(ctx, db.Read, `SELECT `+aliasColumns+` FROM alias ORDER BY name`, nil, scanAlias)
	return list, db.Fail("store.Aliases", err)
}

func scanAlias(rows *sql.Rows) (a Alias, err error) {
	var created, updated int64
	var content []byte
	if err := rows.Scan(&a.Name, &content, &created, &updated, &a.CreatedBy); err != nil {
		return a, err
	}
	a.CreatedAt, a.UpdatedAt = sqldb.FromMicros(created), sqldb.FromMicros(updated)
	return a, json.Unmarshal(content, &a.AliasContent)
}

// DeleteAlias deletes an alias. Errors: resource_not_found when there is none of the name.
func (db *Store) DeleteAlias(ctx context.Context, name string) error {
	const text = `DELETE FROM alias WHERE name = $1 RETURNING name`
	missing := errs.New(errs.ResourceNotFound, "There is no alias %q.", name)
	return db.Change(ctx, "store.DeleteAlias", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Changed(sqldb.AliasKind, name, sqldb.Aliases)
		return sqldb.Must(ctx, tx, missing, text, []any{sqldb.Storable(name)})
	})
}
