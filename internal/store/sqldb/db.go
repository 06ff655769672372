// Package sqldb is an SQLite or PostgreSQL database as the other packages of the store use it: connections, migrations, transactions, the
// differences in SQL, and the record of what changed. Every query is written once, over database/sql.
//
// Errors are [errs.Error] values. A failure of the database itself is dependency_unavailable if a retry can help (the database is busy,
// full or out of reach), and internal_error otherwise. An error of a context is returned unchanged.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/worker"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	Backend Backend
	Dialect *Dialect
	Read    *Pool // for queries outside of transactions
	Now     func() time.Time
	Logger  *slog.Logger // for the operator

	shared     func() time.Time // see [Options]
	statements atomic.Int64
	writes     writes
	topics     topics
	hearers    sync.Map // of func(string), by Channel
	closed     atomic.Bool
	watcher    *worker.Worker
	frozen     *sql.Tx // see [DB.Frozen]; nil for a database that changes
}

// Options says which database to open, and how.
type Options struct {
	URL       string           // postgres://…; "" means SQLite at Path
	DirectURL string           // of the same database, past a pooler of connections; "" means URL
	Path      string           // path of the SQLite file; its folder must exist
	Now       func() time.Time // nil means time.Now
	Shared    func() time.Time // the clock of [DB.Clock]; nil means that of the database
	Logger    *slog.Logger     // for the operator; nil discards everything
	Fill      Fill             // fills a new database
	Check     bool             // migrations are not applied; it is an error if some would have to be
}

// Fill adds, in a transaction, the rows that every database must have and this one lacks.
type Fill func(ctx context.Context, tx *Tx, now time.Time) error

// Open opens the database and migrates its tables to the newest version. It fails if a migration fails, or if a
// newer program has migrated the database so that this one must not run beside it.
func Open(ctx context.Context, o Options) (*DB, error) {
	db, err := connect(ctx, &o)
	if err != nil {
		return nil, OpenError(err)
	}
	if err = db.refuseHalf(ctx); err == nil {
		err = db.Migrate(ctx, Migration{Files: Migrations, Fill: o.Fill, Check: o.Check})
	}
	if err != nil {
		return nil, OpenError(errors.Join(err, db.Backend.close()))
	}
	db.watcher = worker.New(func(ctx context.Context, ready func()) {
		ready()
		db.Backend.watch(ctx, db.topics.changed, db.hear)
	})
	db.watcher.Start(context.WithoutCancel(ctx))
	return db, nil
}

// Plan returns the migrations that [Open] would apply, and changes nothing.
func Plan(ctx context.Context, o Options) ([]Step, error) {
	if o.URL == "" {
		if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) {
			all, err := migrationsOf(Migrations, sqliteDialect.name)
			return asSteps(all), err
		}
	}
	db, err := connect(ctx, &o)
	if err != nil {
		return nil, OpenError(err)
	}
	steps, err := db.Lacks(ctx, Migrations)
	if err = errors.Join(err, db.Backend.close()); err != nil {
		return nil, OpenError(err)
	}
	return steps, nil
}

func connect(ctx context.Context, o *Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db := &DB{Now: o.Now, Logger: o.Logger, shared: o.Shared}
	db.topics.woken = make(chan struct{}, 1)
	return db, db.connect(ctx, o)
}

func (db *DB) connect(ctx context.Context, o *Options) error {
	if o.URL == "" {
		s, err := openSQLite(ctx, o.Path, o.Logger)
		if err != nil {
			return err
		}
		db.Backend, db.Dialect = s, &sqliteDialect
		db.Read = &Pool{counted{newPrepared(s.read), &db.statements}, s.read}
		return nil
	}
	p, err := openPostgres(ctx, o)
	if err != nil {
		return err
	}
	db.Backend, db.Dialect = p, &postgresDialect
	db.Read = &Pool{counted{p.sql, &db.statements}, p.sql}
	return nil
}

// Kind returns the kind of the database: "sqlite" or "postgresql".
func (db *DB) Kind() string { return db.Dialect.kind }

// Clock returns the time on the clock that all processes share which use the database, for leases: those of the processes may differ by minutes.
func (db *DB) Clock() time.Time {
	if db.shared != nil {
		return db.shared()
	}
	return db.Backend.clock(db.Now())
}

// Close closes the database. Later calls fail with shutting_down. A second Close does nothing.
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	if db.frozen != nil {
		_ = db.frozen.Rollback() // it only read
		return nil
	}
	db.watcher.Stop()
	return db.Backend.close()
}

// Ping fails if the database does not answer.
func (db *DB) Ping(ctx context.Context) error {
	_, err := Found(ctx, db.Read, `SELECT 1`, nil)
	return db.Fail("store.Ping", err)
}
