package store

import (
	"context"
	"database/sql"
	"io/fs"
	"time"
)

// Exec runs a statement past the API, for states that it cannot make.
func (db *DB) Exec(ctx context.Context, text string, args ...any) error {
	return db.sql.change(ctx, "test", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, text, args...)
		return err
	})
}

// Pragma runs a statement on SQLite's writing connection, outside a transaction.
func (db *DB) Pragma(ctx context.Context, text string) error {
	s := db.sql.backend.(*sqliteDB)
	if err := s.acquire(ctx); err != nil {
		return err
	}
	defer s.releaseConn()
	_, err := s.conn.ExecContext(ctx, text)
	return err
}

// Lines runs a query and returns its rows of one text.
func (db *DB) Lines(ctx context.Context, text string) ([]string, error) {
	var lines []string
	err := each(ctx, db.sql.read, text, nil, func(rows *sql.Rows) error {
		var line string
		err := rows.Scan(&line)
		lines = append(lines, line)
		return err
	})
	return lines, err
}

// Migrate brings the database up to date with the migrations of files instead of our own.
func (db *DB) Migrate(ctx context.Context, files fs.FS) error {
	steps, err := migrationsOf(files, db.sql.dialect.name)
	if err != nil {
		return err
	}
	if s, ok := db.sql.backend.(*sqliteDB); ok {
		return migrate(ctx, s.conn, db.sql.dialect, steps, time.Now(), fillFiles)
	}
	conn, err := db.sql.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return migrate(ctx, conn, db.sql.dialect, steps, time.Now(), fillFiles)
}

// OwnMigrations are the migrations of this program.
func OwnMigrations() fs.FS { return migrationFiles }

// ReadOnly makes PostgreSQL refuse what this process writes, or take it again: "on" or "off".
func (db *DB) ReadOnly(ctx context.Context, mode string) error {
	p := db.sql.backend.(*postgresDB)
	for _, c := range p.pool.AcquireAllIdle(ctx) {
		defer c.Release()
		if _, err := c.Exec(ctx, "SET default_transaction_read_only = "+mode); err != nil {
			return err
		}
	}
	return nil
}
