package browse

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// SettingChange is a change of an API key, the key of a provider, or an environment.
type SettingChange struct {
	Operation string
	Kind      sqldb.Kind // KeyKind, ProviderKeyKind, EnvironmentKind
	ID        string     // of the API key or the environment; the name of the provider
	Name      string     // of an environment that is still there
	At        time.Time
	By        string // id of the API key; "" for the server itself and the command line
}

// SettingChanges returns the changes of what is no File, from a time until before another, the newest first, limit at most. Signing in is no change.
func (db *Store) SettingChanges(ctx context.Context, from, to time.Time, limit int) ([]SettingChange, error) {
	const text = `SELECT c.operation, c.subject_kind, c.subject_id, COALESCE(e.name, ''), c.time_us, c.principal
		FROM event c LEFT JOIN environment e ON e.id = c.subject_id
		WHERE c.time_us >= $1 AND c.time_us < $2 AND c.subject_kind IN ('key', 'provider_key', 'environment', 'alias') AND c.operation NOT IN ('CreateLink', 'RedeemLink')
		ORDER BY c.time_us DESC, c.seq DESC LIMIT $3`
	list, err := sqldb.List(ctx, db.Read, text, []any{sqldb.Micros(from), sqldb.Micros(to), limit}, func(rows *sql.Rows) (c SettingChange, err error) {
		var at int64
		err = rows.Scan(&c.Operation, &c.Kind, &c.ID, &c.Name, &at, &c.By)
		c.At = sqldb.FromMicros(at)
		return c, err
	})
	return list, db.Fail("store.SettingChanges", err)
}
