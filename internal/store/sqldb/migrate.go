package sqldb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Migrations holds the migrations of this program: files NNNN_name.sql in a folder for each dialect.
//
//go:embed migrations
var Migrations embed.FS

// migration is one step in the history of a database. Steps are applied once, in order, and never change afterwards.
type migration struct {
	number     int
	name, text string
	checksum   string // of text
}

func migrationsOf(files fs.FS, dialect string) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/"+dialect+"/*.sql")
	if err != nil {
		return nil, err
	}
	var list []migration
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		base := strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".sql")
		number, err := strconv.Atoi(base[:min(4, len(base))])
		if err != nil {
			return nil, fmt.Errorf("migration %s has no number: %w", name, err)
		}
		sum := sha256.Sum256(text)
		list = append(list, migration{number: number, name: base, text: string(text), checksum: hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(list, func(a, b migration) int { return cmp.Compare(a.number, b.number) })
	return list, nil
}

const (
	migrationTable = `CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_us BIGINT NOT NULL)`
	appliedSteps   = `SELECT number, name, checksum FROM migration ORDER BY number`
	noteMigration  = `INSERT INTO migration (number, name, checksum, applied_us) VALUES ($1, $2, $3, $4)`
)

// Migrate applies the migrations of files that the database lacks, each in a transaction. Then it fills a new database.
func (db *DB) Migrate(ctx context.Context, files fs.FS, fill Fill) error {
	steps, err := migrationsOf(files, db.Dialect.Name)
	if err != nil {
		return err
	}
	conn, release, err := db.Backend.migrator(ctx)
	if err != nil {
		return err
	}
	return errors.Join(migrate(ctx, conn, db.Dialect, steps, db.Now(), fill), release())
}

func migrate(ctx context.Context, conn *sql.Conn, d *Dialect, steps []migration, now time.Time, fill Fill) (err error) {
	if d.lock != "" {
		if _, err := conn.ExecContext(ctx, d.lock); err != nil {
			return err
		}
		defer func() {
			_, e := conn.ExecContext(context.WithoutCancel(ctx), d.unlock)
			err = errors.Join(err, e)
		}()
	}
	if _, err := conn.ExecContext(ctx, migrationTable); err != nil {
		return err
	}
	pending, err := pendingSteps(ctx, conn, steps)
	if err != nil {
		return err
	}
	for _, step := range pending {
		if err := applyStep(ctx, conn, step, now); err != nil {
			return fmt.Errorf("migration %s failed, nothing of it was kept: %w", step.name, err)
		}
	}
	return inTx(ctx, conn, func(tx *Tx) error { return fill(ctx, tx, now) })
}

// pendingSteps returns the steps that were not applied yet. It fails if an applied step is unknown or differs.
func pendingSteps(ctx context.Context, conn *sql.Conn, steps []migration) ([]migration, error) {
	known := map[int]migration{}
	for _, step := range steps {
		known[step.number] = step
	}
	applied := 0
	err := Each(ctx, conn, appliedSteps, nil, func(rows *sql.Rows) error {
		var name, checksum string
		if err := rows.Scan(&applied, &name, &checksum); err != nil {
			return err
		}
		step, ok := known[applied]
		if !ok {
			return plainFault("It holds migration " + name + ", which this program does not know: a newer one has changed it. Use that one.")
		}
		if step.checksum != checksum {
			return plainFault("Its migration " + name + " was applied with other content than this program has.")
		}
		return nil
	})
	return slices.DeleteFunc(slices.Clone(steps), func(m migration) bool { return m.number <= applied }), err
}

func applyStep(ctx context.Context, conn *sql.Conn, step migration, now time.Time) error {
	return inTx(ctx, conn, func(tx *Tx) error {
		// Another process may have been faster. On SQLite the transaction itself is the lock.
		if ok, err := Found(ctx, tx, `SELECT number FROM migration WHERE number = $1`, []any{step.number}); ok || err != nil {
			return err
		}
		if err := tx.Exec(ctx, step.text); err != nil {
			return err
		}
		return tx.Exec(ctx, noteMigration, step.number, step.name, step.checksum, Micros(now))
	})
}

func inTx(ctx context.Context, conn *sql.Conn, f func(*Tx) error) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(newTx(tx, new(atomic.Int64))); err != nil {
		_ = tx.Rollback() // the error of f says more
		return err
	}
	return tx.Commit()
}
