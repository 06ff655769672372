package sqldb

import (
	"context"
	"database/sql"
)

// Frozen returns the database as it is at this moment, for one goroutine that only reads it. What is written later is not in it. It takes a connection until
// it is closed, or ctx ends; it must be closed before db. Meanwhile SQLite cannot shorten its write-ahead log, nor PostgreSQL remove old rows.
func (db *DB) Frozen(ctx context.Context) (*DB, error) {
	tx, err := db.Read.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, db.Fail("store.Frozen", err)
	}
	if _, err := Found(ctx, tx, `SELECT 1 FROM migration`, nil); err != nil { // the first query sets the moment
		_ = tx.Rollback() // the error says more
		return nil, db.Fail("store.Frozen", err)
	}
	out := &DB{Backend: db.Backend, Dialect: db.Dialect, Now: db.Now, Logger: db.Logger, shared: db.shared, frozen: tx}
	out.Read = &Pool{counted: counted{tx, &out.statements}}
	if db.Dialect == &sqliteDialect {
		out.Read.to = newPrepared(tx)
	}
	return out, nil
}

// IsFrozen reports whether db was made by [DB.Frozen]: its queries must not be made at once.
func (db *DB) IsFrozen() bool { return db.frozen != nil }
