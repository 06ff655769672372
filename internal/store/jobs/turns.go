package jobs

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Turn is the right to go on with the Log of an Agent. One holder has it at a time, until its lease is over.
type Turn struct {
	LogID  string
	Holder string // a text that nobody else uses
	Lease  time.Duration
}

const (
	takeTurn = `INSERT INTO turn (log, holder, lease_us) VALUES ($1, $2, $3)
		ON CONFLICT (log) DO UPDATE SET holder = excluded.holder, lease_us = excluded.lease_us`
	keptTurn = ` WHERE log = $1 AND holder = $2`
)

// FirstTurn returns what a new Log carries into its commit: its first turn.
func (db *Store) FirstTurn(t Turn) *logs.Rider {
	return &logs.Rider{Key: "turn:" + t.LogID, Statements: []logs.Statement{logs.Exec(takeTurn, sqldb.Storable(t.LogID), t.Holder, sqldb.Micros(db.Clock().Add(t.Lease)))}}
}

// TakeTurn takes the turn of a Log. It returns false while another holds it. What is left of turns that were lost long ago is deleted.
func (db *Store) TakeTurn(ctx context.Context, t Turn) (taken bool, err error) {
	err = db.Change(ctx, "store.TakeTurn", func(ctx context.Context, tx *sqldb.Tx) error {
		now := db.Clock()
		lost := `DELETE FROM turn WHERE log IN (SELECT log FROM turn WHERE lease_us < $1` + db.Dialect.LockFree + `)`
		if err := tx.Exec(ctx, lost, sqldb.Micros(now.Add(-lostTurn))); err != nil {
			return err
		}
		args := []any{sqldb.Storable(t.LogID), t.Holder, sqldb.Micros(now.Add(t.Lease)), sqldb.Micros(now)}
		taken, err = sqldb.Found(ctx, tx, takeTurn+` WHERE turn.lease_us < $4 RETURNING 1`, args)
		return err
	})
	return taken, err
}

// lostTurn is how long the row of a turn stays that nobody gave back.
const lostTurn = 24 * time.Hour

// RenewTurn renews the lease of a turn. It returns false if its holder has it no more.
func (db *Store) RenewTurn(ctx context.Context, t Turn) (held bool, err error) {
	err = db.Change(ctx, "store.RenewTurn", func(ctx context.Context, tx *sqldb.Tx) error {
		held, err = sqldb.Found(ctx, tx, `UPDATE turn SET lease_us = $3`+keptTurn+` RETURNING 1`,
			[]any{sqldb.Storable(t.LogID), t.Holder, sqldb.Micros(db.Clock().Add(t.Lease))})
		return err
	})
	return held, err
}

// EndTurn gives a turn back, if its holder still has it.
func (db *Store) EndTurn(ctx context.Context, t Turn) error {
	return db.Change(ctx, "store.EndTurn", func(ctx context.Context, tx *sqldb.Tx) error {
		return tx.Exec(ctx, `DELETE FROM turn`+keptTurn, sqldb.Storable(t.LogID), t.Holder)
	})
}
