package logs

import (
	"context"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	adoptChildren = `UPDATE log SET trace_parent = $1 WHERE trace_parent = $2`
	rootItself    = `UPDATE log SET trace_id = id WHERE id = $1 AND trace_id IS NULL RETURNING seq`
)

// Adopt puts the Logs whose trace parent is called alias below the Log root, which is that parent. They are already in its trace. Adopt is for
// Logs that came before their parent and could not know its id. A root in no trace becomes the root of its own. Without such Logs nothing changes.
func (db *Store) Adopt(ctx context.Context, root, alias string) error {
	ok, err := sqldb.Found(ctx, db.Read, `SELECT 1 FROM log WHERE trace_parent = $1 LIMIT 1`, []any{alias})
	if err != nil || !ok {
		return db.Fail("store.Adopt", err)
	}
	return db.Change(ctx, "store.Adopt", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := db.lockTraces(ctx, tx, []string{root}); err != nil {
			return err
		}
		if err := tx.Exec(ctx, adoptChildren, root, alias); err != nil {
			return err
		}
		var seq int64
		if rooted, err := sqldb.Found(ctx, tx, rootItself, []any{root}, &seq); err != nil || !rooted {
			return err
		}
		return tx.Exec(ctx, noteChanged, seq)
	})
}
