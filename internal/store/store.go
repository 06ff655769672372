// Package store keeps everything durable: Files with their versions and deployments, Logs, and keys. One concrete [DB] serves
// SQLite and PostgreSQL; every query is written once, and what differs between the two is in dialect.go.
//
// Errors are [errs.Error] values. A failure of the database itself is dependency_unavailable when a retry can help (it is busy, full
// or out of reach), and internal_error otherwise. A context's own error is returned as it is. All methods are safe for concurrent
// use. Times are stored and returned in UTC with microseconds.
package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Options says which database to open, and how.
type Options struct {
	URL     string           // postgres://… ; "" means SQLite at Path
	Path    string           // of the SQLite file; its folder exists
	Now     func() time.Time // nil means time.Now
	Relaxed bool             // AppendLog answers before the commit; a killed process may lose the last moments
	Logger  *slog.Logger     // for the operator; nil means none
}

// DB is an open database.
type DB struct {
	backend backend
	dialect *dialect
	read    *sql.DB
	now     func() time.Time
	log     *slog.Logger

	committer *committer
	entries   sync.Pool
	refs      refs
	judges    sync.Map   // of the id of an Evaluator's version: int64, see judgeOf
	indexing  sync.Mutex // held by IndexLogs
	writes    writes

	topics topics
	closed atomic.Bool
	stop   context.CancelFunc
	work   sync.WaitGroup
}

// Open opens the database, brings its tables up to date, and makes the environments production (the default), staging and
// development when there are none. A failed migration, or a database that a newer program has changed, is an error.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db := &DB{now: o.Now, log: o.Logger, refs: refs{of: map[refKey]versionRef{}}}
	db.entries.New = func() any { return newEntry() }
	migrator, workers, err := db.connect(ctx, &o)
	if err != nil {
		return nil, openError(err)
	}
	steps, err := migrationsOf(migrationFiles, db.dialect.name)
	if err == nil {
		err = migrate(ctx, migrator, db.dialect, steps, o.Now())
	}
	if db.dialect != &sqliteDialect {
		err = errors.Join(err, migrator.Close())
	}
	if err != nil {
		return nil, openError(errors.Join(err, db.backend.close()))
	}
	db.start(workers, o.Relaxed)
	return db, nil
}

// connect opens the database of o. The connection returned is for migrations; workers is how many may commit at the same time.
func (db *DB) connect(ctx context.Context, o *Options) (migrator *sql.Conn, workers int, err error) {
	if o.URL == "" {
		s, err := openSQLite(ctx, o.Path, o.Logger)
		if err != nil {
			return nil, 0, err
		}
		db.backend, db.dialect, db.read = s, &sqliteDialect, s.read
		return s.conn, 1, nil
	}
	p, err := openPostgres(ctx, o.URL, o.Logger)
	if err != nil {
		return nil, 0, err
	}
	db.backend, db.dialect, db.read = p, &postgresDialect, p.sql
	migrator, err = p.sql.Conn(ctx)
	if err != nil {
		return nil, 0, errors.Join(err, p.close())
	}
	return migrator, 2, nil
}

func (db *DB) start(workers int, relaxed bool) {
	if relaxed {
		workers = 1 // so that a Log is stored after those queued before it: one may be its parent
	}
	db.committer = newCommitter(db.backend.insertLogs, db.failWrite, db.log, relaxed)
	db.committer.start(workers)
	ctx, stop := context.WithCancel(context.Background())
	db.stop = stop
	db.work.Go(func() { db.backend.watch(ctx, db.topics.changed) })
}

// Close commits what is queued and closes the database. It waits for work in progress until ctx ends. Calls after it fail with
// shutting_down.
func (db *DB) Close(ctx context.Context) error {
	err := db.committer.close(ctx)
	if db.closed.Swap(true) {
		return nil
	}
	db.stop()
	db.work.Wait()
	return errors.Join(err, db.backend.close())
}

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	_, err := found(ctx, db.read, `SELECT 1`, nil, &one)
	return db.fail("store.Ping", err)
}
