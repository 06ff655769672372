package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	migrationTable = `CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_us BIGINT NOT NULL)`
	noteMigration  = `INSERT INTO migration (number, name, checksum, applied_us) VALUES ($1, $2, $3, $4)`
	noteSince      = `UPDATE migration SET since = $2 WHERE number = $1`

	// sinceColumn is the migration that adds the column since. Whoever reads the column knows all migrations up to this one.
	sinceColumn = 28
)

// Migration says how a database is brought up to date. The zero value of each field but Files is of use.
type Migration struct {
	Files       fs.FS         // as [Migrations]
	Fill        Fill          // fills a new database; nil means that nothing does
	Check       bool          // nothing is applied: it is an error that something would have to be
	LockTimeout time.Duration // longest wait for those who use a table, before they go first again; 0 means 5 s
}

// Step is a migration that a database lacks.
type Step struct {
	Number int
	Name   string // with its number
	Since  int    // programs whose newest migration is older must be stopped before
	Long   bool   // it makes an index beside those who write, which may take long and stops nobody
}

// Migrate applies the migrations that the database lacks, each in a transaction unless it makes an index beside those who write. Then it fills a new database.
// It fails if the database has a migration that this program does not know and that programs of its age must not run beside.
func (db *DB) Migrate(ctx context.Context, m Migration) error {
	steps, err := migrationsOf(m.Files, db.Dialect.name)
	if err != nil {
		return err
	}
	conn, release, err := db.Backend.migrator(ctx)
	if err != nil {
		return err
	}
	run := migrating{Migration: m, conn: conn, dialect: db.Dialect, log: db.Logger, now: db.Now()}
	return errors.Join(run.all(ctx, steps), release())
}

// Lacks returns the migrations that the database lacks, in their order, and applies none.
func (db *DB) Lacks(ctx context.Context, files fs.FS) ([]Step, error) {
	steps, err := migrationsOf(files, db.Dialect.name)
	if err != nil {
		return nil, err
	}
	conn, release, err := db.Backend.migrator(ctx)
	if err != nil {
		return nil, err
	}
	m := migrating{conn: conn, dialect: db.Dialect}
	lacking, err := m.lacking(ctx, steps)
	return asSteps(lacking), errors.Join(err, release())
}

func asSteps(list []migration) []Step {
	steps := make([]Step, len(list))
	for i, m := range list {
		steps[i] = Step{Number: m.number, Name: m.name, Since: m.since, Long: m.indexes != nil}
	}
	return steps
}

// migrating is a run of [DB.Migrate] on one connection.
type migrating struct {
	Migration
	conn    *sql.Conn
	dialect *Dialect
	log     *slog.Logger
	now     time.Time
}

// all takes the lock only if there is something to apply: a replica that has nothing to do does not wait for one that makes an index.
func (m *migrating) all(ctx context.Context, steps []migration) error {
	lacking, err := m.lacking(ctx, steps)
	if err != nil {
		return err
	}
	switch {
	case len(lacking) > 0 && m.Check:
		return plainFault("It lacks the migration " + lacking[0].name + ", and OPENLOOP_MIGRATE is check. Run `openloop migrate` first.")
	case len(lacking) > 0:
		if err := m.locked(ctx, func() error { return m.apply(ctx, steps) }); err != nil {
			return err
		}
	}
	if m.Fill == nil {
		return nil
	}
	return m.inTx(ctx, func(tx *Tx) error {
		if err := tx.Exclude(ctx, m.dialect); err != nil {
			return err
		}
		return m.Fill(ctx, tx, m.now)
	})
}

// apply applies what is still lacking, since another process may have been faster.
func (m *migrating) apply(ctx context.Context, steps []migration) error {
	if _, err := m.conn.ExecContext(ctx, migrationTable); err != nil {
		return err
	}
	lacking, err := m.lacking(ctx, steps)
	for i := 0; i < len(lacking) && err == nil; i++ {
		step := &lacking[i]
		if step.indexes != nil {
			err = m.applyIndexes(ctx, step)
		} else if err = m.patiently(ctx, step); err != nil {
			err = fmt.Errorf("migration %s failed, nothing of it was kept: %w", step.name, err)
		}
	}
	return err
}

// lacking returns the steps that were not applied yet. It fails if an applied step differs, or is of a newer program that does not allow this one.
func (m *migrating) lacking(ctx context.Context, steps []migration) ([]migration, error) {
	lacking := make(map[int]*migration, len(steps))
	newest := 0
	for i := range steps {
		lacking[steps[i].number] = &steps[i]
		newest = max(newest, steps[i].number)
	}
	if ok, err := Found(ctx, m.conn, m.dialect.migrated, nil); err != nil || !ok {
		return steps, err
	}
	err := Each(ctx, m.conn, `SELECT number, name, checksum FROM migration ORDER BY number`, nil, func(rows *sql.Rows) error {
		var number int
		var name, checksum string
		if err := rows.Scan(&number, &name, &checksum); err != nil {
			return err
		}
		if step, ok := lacking[number]; ok && step.checksum != checksum {
			return plainFault("Its migration " + name + " was applied with other content than this program has.")
		}
		delete(lacking, number)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := m.allowed(ctx, newest); err != nil {
		return nil, err
	}
	rest := make([]migration, 0, len(lacking))
	for _, step := range steps {
		if lacking[step.number] != nil {
			rest = append(rest, step)
		}
	}
	return rest, nil
}

// allowed fails if a newer program has applied a migration that programs whose newest one is newest must not run beside.
func (m *migrating) allowed(ctx context.Context, newest int) error {
	var name string
	ok, err := Found(ctx, m.conn, `SELECT number FROM migration WHERE number > $1`, []any{newest})
	if err != nil || !ok {
		return err
	}
	if ok, err = Found(ctx, m.conn, `SELECT name FROM migration WHERE number > $1 AND since > $1 ORDER BY number LIMIT 1`, []any{newest}, &name); err == nil && ok {
		err = plainFault("A newer program has changed it by the migration " + name + ", and programs as old as this one must not run beside that. Use the newer one.")
	}
	return err
}

// applyStep applies a step in a transaction.
func (m *migrating) applyStep(ctx context.Context, step *migration) error {
	return m.inTx(ctx, func(tx *Tx) error {
		// Another process may have been faster. On SQLite the transaction itself is the lock.
		if ok, err := Found(ctx, tx, `SELECT number FROM migration WHERE number = $1`, []any{step.number}); ok || err != nil {
			return err
		}
		if m.dialect.lockTimeout != "" {
			if err := tx.Exec(ctx, fmt.Sprintf(m.dialect.lockTimeout, m.lockTimeout().Milliseconds())); err != nil {
				return err
			}
		}
		if err := tx.Exec(ctx, step.text); err != nil {
			return err
		}
		return m.note(ctx, tx, step)
	})
}

// note writes down that a step was applied.
func (m *migrating) note(ctx context.Context, tx *Tx, step *migration) error {
	err := tx.Exec(ctx, noteMigration, step.number, step.name, step.checksum, Micros(m.now))
	if err != nil || step.number < sinceColumn {
		return err
	}
	return tx.Exec(ctx, noteSince, step.number, step.since)
}

func (m *migrating) inTx(ctx context.Context, f func(*Tx) error) error {
	tx, err := m.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(newTx(tx, new(atomic.Int64))); err != nil {
		_ = tx.Rollback() // the error of f says more
		return err
	}
	return tx.Commit()
}

// Exclude waits until no other transaction has called it, and keeps others waiting until tx ends: what a new database gets is made once. On SQLite every
// transaction that writes excludes others.
func (tx *Tx) Exclude(ctx context.Context, d *Dialect) error {
	if d.exclude == "" {
		return nil
	}
	return tx.Exec(ctx, d.exclude)
}
