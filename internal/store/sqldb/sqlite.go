package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"net/url"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/openloop-server/openloop/internal/worker"
)

var sqliteDialect = Dialect{
	name: "sqlite", kind: "sqlite", Position: "instr", ByteAt: "instr", InUp: `IN (SELECT seq FROM up)`, Fault: sqliteFault,
	Bytes:  `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`,
	listed: `(SELECT key AS n, value FROM json_each($1))`,
	half:   `SELECT name FROM sqlite_master WHERE type = 'table' AND name = '` + CopyTable + `'`,

	migrated: `SELECT 1 FROM sqlite_master WHERE name = 'migration'`,
}

// SQLite is an SQLite file in WAL mode: one connection that writes, guarded by a lock, and a pool that reads.
type SQLite struct {
	read  *sql.DB
	write *sql.DB
	conn  *sql.Conn     // the only connection of write
	own   *prepared     // runs the statements of conn
	lock  chan struct{} // holds a token while conn is in use
	gone  chan struct{} // closed together with conn
	log   *slog.Logger
	wal   walFile

	version int64         // PRAGMA data_version at the start
	dirty   atomic.Int64  // about how many bytes were written since the last checkpoint
	full    chan struct{} // tells the checkpointer that dirty is large

	checkpointer *worker.Worker
}

const (
	// sqliteBusyTimeout is how long a writer waits for another process, in milliseconds.
	sqliteBusyTimeout = "5000"
	// The cache of the writer and of each reader, as negative KiB.
	sqliteWriteCache = "-4000"
	sqliteReadCache  = "-1000"
	sqliteReaders    = 4
	// The WAL is written back to the database file in the background, from this many bytes on. From this many pages on a commit does it
	// itself, which happens only if the background cannot keep up.
	sqliteCheckpointBytes = 8 << 20
	sqliteCheckpointPages = "16000"
)

func openSQLite(ctx context.Context, path string, log *slog.Logger) (*SQLite, error) {
	write, err := OpenSQLiteFile(path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(NORMAL)", "wal_autocheckpoint(" + sqliteCheckpointPages + ")",
			"cache_size(" + sqliteWriteCache + ")", "temp_store(MEMORY)", "foreign_keys(ON)"},
	}, 1)
	if err != nil {
		return nil, err
	}
	conn, err := patiently(ctx, write.Conn, sqliteBusy) // switching to WAL does not wait for the busy timeout
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	var version int64
	if err := conn.QueryRowContext(ctx, dataVersion).Scan(&version); err != nil {
		return nil, errors.Join(err, conn.Close(), write.Close())
	}
	read, err := OpenSQLiteFile(path, url.Values{
		"_query_only": {"1"},
		"_pragma":     {"cache_size(" + sqliteReadCache + ")", "temp_store(MEMORY)"},
	}, sqliteReaders)
	if err != nil {
		return nil, errors.Join(err, conn.Close(), write.Close())
	}
	s := &SQLite{
		read: read, write: write, conn: conn, own: newPrepared(conn), lock: make(chan struct{}, 1), gone: make(chan struct{}), log: log, full: make(chan struct{}, 1),
		wal: walFile{path: path + "-wal"}, version: version,
	}
	s.checkpointer = worker.New(s.checkpoints)
	s.checkpointer.Start(context.WithoutCancel(ctx))
	return s, nil
}

// OpenSQLiteFile returns size connections to the SQLite file at path, which is opened when one is first used. query holds parameters of the driver.
func OpenSQLiteFile(path string, query url.Values, size int) (*sql.DB, error) {
	if !query.Has("_busy_timeout") {
		query.Set("_busy_timeout", sqliteBusyTimeout)
	}
	query.Set("_error_rc", "1")
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}
	connector, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxIdleTime(time.Minute * time.Duration(min(size-1, 1))) // the writer stays
	return pool, nil
}

func (s *SQLite) acquire(ctx context.Context) error {
	select {
	case s.lock <- struct{}{}:
		return nil
	case <-s.gone:
		return sql.ErrConnDone
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *SQLite) releaseConn() { <-s.lock }

// begin implements [Backend]. A transaction that has begun is not interrupted: it is short, and interrupting it would waste its work.
func (s *SQLite) begin(ctx context.Context) (context.Context, session, func(error) error, error) {
	if err := s.acquire(ctx); err != nil {
		return nil, nil, nil, err
	}
	within := context.WithoutCancel(ctx)
	if _, err := s.own.ExecContext(within, "BEGIN IMMEDIATE"); err != nil {
		s.releaseConn()
		return nil, nil, nil, err
	}
	return within, sqliteTx{s.own, within}, func(err error) error {
		s.releaseConn()
		return s.committed(0, err)
	}, nil
}

// sqliteTx is a transaction of the connection that writes. Unlike those of database/sql it uses prepared statements.
type sqliteTx struct {
	*prepared
	ctx context.Context
}

func (t sqliteTx) Commit() error {
	_, err := t.ExecContext(t.ctx, "COMMIT")
	if err != nil {
		_ = t.Rollback() // SQLite leaves it open, for example when the disk is full
	}
	return err
}

func (t sqliteTx) Rollback() error {
	_, err := t.ExecContext(t.ctx, "ROLLBACK")
	return err
}

// Raw runs f on the driver's own connection for writing, which nobody else uses meanwhile. f may commit. bytes is about how much it writes.
func (s *SQLite) Raw(ctx context.Context, bytes int64, f func(driver.Conn) error) error {
	if err := s.acquire(ctx); err != nil {
		return err
	}
	err := s.conn.Raw(func(conn any) error { return f(conn.(driver.Conn)) })
	s.releaseConn()
	return s.committed(bytes, err)
}

// committed makes what was committed durable. If err is not nil, nothing was committed. bytes is about how much was written.
func (s *SQLite) committed(bytes int64, err error) error {
	s.wrote(smallWrite + bytes)
	if err != nil {
		return err
	}
	return s.wal.sync()
}

func (s *SQLite) migrator(context.Context) (*sql.Conn, func() error, error) {
	return s.conn, func() error { return nil }, nil
}

// announce implements [Backend]. It does nothing, because other processes notice commits by themselves.
func (s *SQLite) announce(context.Context, *Tx, []Topic) error { return nil }

// wake implements [Backend]: others look each second.
func (s *SQLite) wake() {}

// tell implements [Backend]. It does nothing: those who share a file are few, and learn by themselves.
func (s *SQLite) tell(Channel, string) {}

// clock implements [Backend]: all processes are on one machine.
func (s *SQLite) clock(now time.Time) time.Time { return now }

// watch implements [Backend]: the writing connection's data_version changes when another process commits, and
// only then. What it changed is not known.
func (s *SQLite) watch(ctx context.Context, changed func([]Topic), _ func(Channel, string)) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	last := s.version
	for {
		version, err := s.dataVersion(ctx)
		if err == nil && version != last {
			last = version
			changed(nil)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

const dataVersion = "PRAGMA data_version"

func (s *SQLite) dataVersion(ctx context.Context) (int64, error) {
	if err := s.acquire(ctx); err != nil {
		return 0, err
	}
	defer s.releaseConn()
	var version int64
	err := s.conn.QueryRowContext(context.WithoutCancel(ctx), dataVersion).Scan(&version)
	return version, err
}

// close implements [Backend]. It waits for the writer. Closing the last connection writes the WAL back.
func (s *SQLite) close() error {
	s.checkpointer.Stop()
	s.lock <- struct{}{} // kept for ever
	close(s.gone)
	return errors.Join(s.read.Close(), s.wal.close(), s.own.close(), s.conn.Close(), s.write.Close())
}

// sqliteBusy reports whether another process has locked the file.
func sqliteBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// sqliteFault classifies an error by SQLite's result code.
func sqliteFault(err error) Fault {
	if _, ok := errors.AsType[*syncError](err); ok {
		return outage
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return otherFault
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return UniqueFault
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM:
		return outage
	}
	return otherFault
}
