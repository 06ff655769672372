// Package store keeps everything durable. One concrete [DB] serves SQLite and PostgreSQL; it is its rooms together, which DESIGN.md tells of.
//
// Errors are [errs.Error] values. A failure of the database itself is dependency_unavailable when a retry can help (it is busy, full
// or out of reach), and internal_error otherwise. A context's own error is returned as it is. All methods are safe for concurrent
// use. Times are stored and returned in UTC with microseconds.
package store

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/openloop-server/openloop/internal/store/access"
	"github.com/openloop-server/openloop/internal/store/browse"
	"github.com/openloop-server/openloop/internal/store/evals"
	"github.com/openloop-server/openloop/internal/store/jobs"
	"github.com/openloop-server/openloop/internal/store/kept"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/restore"
	"github.com/openloop-server/openloop/internal/store/search"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/store/stats"
	"github.com/openloop-server/openloop/internal/store/versions"
)

// Options says which database to open, and how.
type Options struct {
	URL     string           // postgres://… ; "" means SQLite at Path
	Direct  string           // a URL of the same database past a pooler of connections, for LISTEN and migrations; "" means URL
	Path    string           // of the SQLite file; its folder exists
	Check   bool             // migrations are not applied; it is an error if some would have to be
	Now     func() time.Time // nil means time.Now
	Shared  func() time.Time // the clock that all processes share, for leases; nil means that of the database
	Relaxed bool             // AppendLog answers before the commit; a killed process may lose the last moments
	Logger  *slog.Logger     // for the operator; nil means none

	// MonitorBacklog is how many tasks of an Evaluator that monitors a File may wait before new Logs make none; 0 means 10,000.
	MonitorBacklog int
}

// The rooms, under names that do not collide.
type (
	accessRoom = access.Store
	filesRoom  = versions.Store
	logsRoom   = logs.Store
	searchRoom = search.Store
	jobsRoom   = jobs.Store
	evalsRoom  = evals.Store
	browseRoom = browse.Store
	statsRoom  = stats.Store
	keptRoom   = kept.Store
)

// DB is an open database. Its methods are those of its rooms.
type DB struct {
	*accessRoom
	*filesRoom
	*logsRoom
	*searchRoom
	*jobsRoom
	*evalsRoom
	*browseRoom
	*statsRoom
	*keptRoom

	Restore restored // what comes from elsewhere

	sql *sqldb.DB
}

// restored is what keeps things as they were elsewhere.
type restored struct {
	*restore.Store
	evals.Imports
}

// Open opens the database, brings its tables up to date, and makes the environments production (the default), staging and
// development when there are none. A failed migration is an error, and so is a database that a newer program has changed so that this one must not run beside it.
func Open(ctx context.Context, o Options) (*DB, error) {
	db, err := sqldb.Open(ctx, o.database())
	if err != nil {
		return nil, err
	}
	return roomsOf(db, &o), nil
}

// Frozen returns the database as it is at this moment, for one goroutine that only reads it. See [sqldb.DB.Frozen].
func (db *DB) Frozen(ctx context.Context) (*DB, error) {
	frozen, err := db.sql.Frozen(ctx)
	if err != nil {
		return nil, err
	}
	return roomsOf(frozen, new(Options)), nil
}

func roomsOf(db *sqldb.DB, o *Options) *DB {
	monitors := jobs.NewMonitors(db, cmp.Or(o.MonitorBacklog, 10_000))
	links := evals.NewLinks(db, monitors)
	journal := stats.NewJournal(db)
	logs := logs.New(db, links, search.NewSegments(db), journal, o.Relaxed)
	judged := evals.New(db, logs, links)
	return &DB{
		sql: db, accessRoom: access.New(db), filesRoom: versions.New(db), logsRoom: logs, searchRoom: search.New(db),
		jobsRoom: jobs.New(db, monitors), evalsRoom: judged, browseRoom: browse.New(db), statsRoom: stats.New(journal),
		keptRoom: kept.New(db), Restore: restored{restore.New(db), evals.NewImports(judged)},
	}
}

// Plan returns the migrations that [Open] would apply, and changes nothing.
func Plan(ctx context.Context, o Options) ([]Step, error) { return sqldb.Plan(ctx, o.database()) }

func (o *Options) database() sqldb.Options {
	return sqldb.Options{URL: o.URL, DirectURL: o.Direct, Path: o.Path, Now: o.Now, Shared: o.Shared, Logger: o.Logger, Fill: fill, Check: o.Check}
}

// fill adds the rows that every database must have and this one lacks.
func fill(ctx context.Context, tx *sqldb.Tx, now time.Time) error {
	return errors.Join(versions.Fill(ctx, tx, now), stats.Fill(ctx, tx))
}

// Pools returns how the connections of the database are used.
func (db *DB) Pools() []PoolState { return db.sql.Pools() }

// Close commits what is queued and closes the database. It waits for work in progress until ctx ends. Calls after it fail with
// shutting_down.
func (db *DB) Close(ctx context.Context) error {
	return errors.Join(db.logsRoom.Close(ctx), db.KeepSkipped(ctx), db.sql.Close())
}

// Kind returns the kind of the database: "sqlite" or "postgresql".
func (db *DB) Kind() string { return db.sql.Kind() }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.sql.Ping(ctx) }

// Ready reports whether the database can be read and written. Errors: dependency_unavailable, shutting_down.
func (db *DB) Ready(ctx context.Context) error { return db.sql.Ready(ctx) }

// Statements is how many statements were executed, but for those of the commits that store Logs: to tell what a call costs.
func (db *DB) Statements() int64 { return db.sql.Statements() }

// Events reads the events after the one with the number after, limit at most, in their order.
func (db *DB) Events(ctx context.Context, after int64, limit int) ([]sqldb.Event, error) {
	return db.sql.Events(ctx, after, limit)
}

// Tell tells other processes something, soon. It does not wait, and the message may be lost.
func (db *DB) Tell(on Channel, text string) { db.sql.Tell(on, text) }

// Hear has f called for each message of other processes on a channel. f must be quick.
func (db *DB) Hear(on Channel, f func(text string)) { db.sql.Hear(on, f) }

// Clock returns the time on the clock that all processes share which use the database.
func (db *DB) Clock() time.Time { return db.sql.Clock() }

// Woken holds a token when there may be tasks that were not there before. One reader takes it.
func (db *DB) Woken() <-chan struct{} { return db.sql.Woken() }

// Moment is the present moment in the order of changes. Take it before reading what is to be kept, and ask [DB.Since] with it later.
func (db *DB) Moment() uint64 { return db.sql.Moment() }

// Since reports whether any of the topics has changed since a moment, by this process or, within a second or two, by others. Counts of
// Logs and times of last use belong to no topic.
func (db *DB) Since(moment uint64, of ...sqldb.Topic) bool { return db.sql.Since(moment, of...) }
