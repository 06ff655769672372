package access

import (
	"context"
	"database/sql"

	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Mark tells what a stored value was sealed with: how it begins (see [secret.MarkSize]), and what it is.
type Mark struct {
	Variable bool // of a Tool, else a provider's key
	Bytes    []byte
}

// A Guard is asked within the transaction that stores a sealed value what all that is stored was sealed with. Its error keeps the value from
// being stored. No other process stores one in the meantime.
type Guard func([]Mark) error

// SealedMarks are the distinct marks of all that is stored encrypted; none when nothing is.
func (db *Store) SealedMarks(ctx context.Context) ([]Mark, error) {
	marks, err := sealedMarks(ctx, db.Read)
	return marks, db.Fail("store.SealedMarks", err)
}

// MarksIn is [Store.SealedMarks] of a database that is only read.
func MarksIn(ctx context.Context, q sqldb.Querier) ([]Mark, error) { return sealedMarks(ctx, q) }

func sealedMarks(ctx context.Context, q sqldb.Querier) ([]Mark, error) {
	const text = `SELECT 0, substr(sealed, 1, $1) FROM provider_key UNION SELECT 1, substr(sealed, 1, $1) FROM tool_variable ORDER BY 1, 2`
	return sqldb.List(ctx, q, text, []any{secret.MarkSize}, func(rows *sql.Rows) (m Mark, err error) {
		var of int
		err = rows.Scan(&of, &m.Bytes)
		m.Variable = of == 1
		return m, err
	})
}

// AskGuards asks all guards. They share the lock of the tree of Files, so that of two processes one sees what the other has stored.
func AskGuards(ctx context.Context, db *sqldb.DB, tx *sqldb.Tx, guards []Guard) error {
	if len(guards) == 0 {
		return nil
	}
	if err := db.LockTree(ctx, tx); err != nil {
		return err
	}
	marks, err := sealedMarks(ctx, tx)
	if err != nil {
		return err
	}
	for _, allow := range guards {
		if err := allow(marks); err != nil {
			return err
		}
	}
	return nil
}

// DeleteSealed deletes all that is stored encrypted, the keys of providers and the variables of Tools, and returns how many there were.
func (db *Store) DeleteSealed(ctx context.Context) (keys, variables int64, err error) {
	err = db.Change(ctx, "store.DeleteSealed", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := db.LockTree(ctx, tx); err != nil {
			return err
		}
		for _, one := range []struct {
			text string
			n    *int64
		}{{`DELETE FROM provider_key`, &keys}, {`DELETE FROM tool_variable`, &variables}} {
			deleted, err := sqldb.Column[int64](ctx, tx, one.text+` RETURNING 1`)
			if err != nil {
				return err
			}
			*one.n = int64(len(deleted))
		}
		if keys+variables > 0 {
			tx.Changed(sqldb.SealedKind, "", sqldb.Secrets)
		}
		return nil
	})
	return keys, variables, err
}
