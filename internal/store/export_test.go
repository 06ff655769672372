package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io/fs"
	"runtime"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Exec runs a statement past the API, for states that it cannot make.
func (db *DB) Exec(ctx context.Context, text string, args ...any) error {
	return db.sql.Change(ctx, "test", func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	})
}

// Pragma runs a statement on SQLite's writing connection, outside a transaction.
func (db *DB) Pragma(ctx context.Context, text string) error {
	return db.sql.Backend.(*sqldb.SQLite).Raw(ctx, 0, func(conn driver.Conn) error {
		_, err := conn.(driver.ExecerContext).ExecContext(ctx, text, nil)
		return err
	})
}

// Lines runs a query and returns its rows of one text.
func (db *DB) Lines(ctx context.Context, text string) ([]string, error) {
	var lines []string
	err := sqldb.Each(ctx, db.sql.Read, text, nil, func(rows *sql.Rows) error {
		var line string
		err := rows.Scan(&line)
		lines = append(lines, line)
		return err
	})
	return lines, err
}

// Migrate brings the database up to date with the given migrations instead of our own.
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	return db.sql.Migrate(ctx, sqldb.Migration{Files: migrations, Fill: fill, LockTimeout: 50 * time.Millisecond})
}

// OwnMigrations are the migrations of this program.
func OwnMigrations() fs.FS { return sqldb.Migrations }

// ReadOnly makes PostgreSQL refuse what this process writes, or take it again: "on" or "off".
func (db *DB) ReadOnly(ctx context.Context, mode string) error {
	p := db.sql.Backend.(*sqldb.Postgres)
	all := p.Pool.AcquireAllIdle(ctx)
	for len(all) < int(p.Pool.Stat().TotalConns()) && ctx.Err() == nil { // what works in the background has the others
		runtime.Gosched()
		all = append(all, p.Pool.AcquireAllIdle(ctx)...)
	}
	for _, c := range all {
		defer c.Release()
		if _, err := c.Exec(ctx, "SET default_transaction_read_only = "+mode); err != nil {
			return err
		}
	}
	return nil
}

// Reader is what the rooms read by.
func (db *DB) Reader() sqldb.Querier { return db.sql.Read }
