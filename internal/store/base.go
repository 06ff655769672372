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

// base is an open database: its connections, what its SQL differs in, its transactions, and what has changed in it.
type base struct {
	backend backend
	dialect *dialect
	read    *sql.DB
	now     func() time.Time
	log     *slog.Logger

	writes writes
	topics topics
	closed atomic.Bool
	stop   context.CancelFunc
	work   sync.WaitGroup
}

// openOptions says which database to open, and how.
type openOptions struct {
	URL    string           // postgres://… ; "" means SQLite at Path
	Path   string           // of the SQLite file; its folder exists
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // for the operator; nil means none
	Fill   filling          // fills a new database
}

// filling makes in a transaction what every database holds, where it is not there.
type filling func(ctx context.Context, tx *sql.Tx, now time.Time) error

// openBase opens the database and brings its tables up to date. A failed migration, or a database that a newer program has changed, is an
// error.
func openBase(ctx context.Context, o openOptions) (*base, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	db := &base{now: o.Now, log: o.Logger}
	if err := db.connect(ctx, &o); err != nil {
		return nil, openError(err)
	}
	if err := db.migrate(ctx, migrationFiles, o.Fill); err != nil {
		return nil, openError(errors.Join(err, db.backend.close()))
	}
	watching, stop := context.WithCancel(context.Background())
	db.stop = stop
	db.work.Go(func() { db.backend.watch(watching, db.topics.changed) })
	return db, nil
}

// connect opens the database of o.
func (db *base) connect(ctx context.Context, o *openOptions) error {
	if o.URL == "" {
		s, err := openSQLite(ctx, o.Path, o.Logger)
		if err != nil {
			return err
		}
		db.backend, db.dialect, db.read = s, &sqliteDialect, s.read
		return nil
	}
	p, err := openPostgres(ctx, o.URL, o.Logger)
	if err != nil {
		return err
	}
	db.backend, db.dialect, db.read = p, &postgresDialect, p.sql
	return nil
}

// close closes the database. Calls after it fail with shutting_down; a second one does nothing.
func (db *base) close() error {
	if db.closed.Swap(true) {
		return nil
	}
	db.stop()
	db.work.Wait()
	return db.backend.close()
}

// ping reports whether the database answers.
func (db *base) ping(ctx context.Context) error {
	var one int
	_, err := found(ctx, db.read, `SELECT 1`, nil, &one)
	return db.fail("store.Ping", err)
}
