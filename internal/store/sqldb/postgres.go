package sqldb

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/openloop-server/openloop/internal/worker"
)

var postgresDialect = Dialect{
	name: "postgres", kind: "postgresql", Position: "strpos", ByteAt: "pg_catalog.position", InUp: `= ANY (ARRAY(SELECT seq FROM up))`, LockLog: " FOR UPDATE OF l", LockRows: " FOR UPDATE",
	LockFree:      " FOR UPDATE SKIP LOCKED",
	LockJudgments: "SELECT pg_advisory_xact_lock(7308604754)", ShareJudgments: "SELECT pg_advisory_xact_lock_shared(7308604754)",
	lock: "SELECT pg_try_advisory_lock(7308604753)", unlock: "SELECT pg_advisory_unlock(7308604753)", exclude: "SELECT pg_advisory_xact_lock(7308604755)",
	lockTimeout: "SET LOCAL lock_timeout = %d", migrated: "SELECT 1 WHERE to_regclass('migration') IS NOT NULL",
	// A writer holds this lock on the table from before its rows get their numbers until it has committed.
	Writers: `SELECT virtualtransaction FROM pg_locks WHERE relation = 'log'::regclass AND mode = 'RowExclusiveLock' AND granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
	Bytes:  `SELECT pg_database_size(current_database())`,
	half:   `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = '` + CopyTable + `'`,
	arrays: true, Fault: postgresFault,
	listed: `(SELECT place - 1 AS n, value FROM unnest(CAST($1 AS BIGINT[])) WITH ORDINALITY AS u (value, place))`,
}

// Postgres is a PostgreSQL database. Several processes may share it.
type Postgres struct {
	Pool   *pgxpool.Pool
	sql    *sql.DB         // over the same pool
	direct *pgx.ConnConfig // past a pooler of connections, if there is one
	log    *slog.Logger
	shared clock

	self  string        // names this process in its notifications
	work  chan struct{} // holds a token when others are to be told of work
	told  chan message  // what others are to be told besides
	waker *worker.Worker
}

const (
	postgresConnections = 16
	connectTimeout      = 5 * time.Second
)

var errNoURL = plainFault("It is no URL of PostgreSQL, as postgres://user:password@host:5432/name.") // the error of pgx may hold the password

func openPostgres(ctx context.Context, o *Options) (*Postgres, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, errNoURL
	}
	direct, err := pgxpool.ParseConfig(cmp.Or(o.DirectURL, o.URL)) // so that it may have the same parameters
	if err != nil {
		return nil, errNoURL
	}
	if !strings.Contains(o.URL, "pool_max_conns") {
		config.MaxConns = postgresConnections
	}
	notice(config.ConnConfig)
	notice(direct.ConnConfig)
	pool, err := pgxpool.NewWithConfig(context.Background(), config) // connects later
	if err != nil {
		return nil, err
	}
	p := &Postgres{
		Pool: pool, sql: openPatiently(pool), direct: direct.ConnConfig, log: o.Logger,
		self: rand.Text(), work: make(chan struct{}, 1), told: make(chan message, maxUntold),
	}
	p.waker = worker.New(p.tellOthers)
	if err := p.setClock(ctx); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.waker.Start(context.WithoutCancel(ctx))
	return p, nil
}

// Acquire takes a connection from the pool. The caller must release it.
func (p *Postgres) Acquire(ctx context.Context) (*pgxpool.Conn, error) {
	return patiently(ctx, p.Pool.Acquire, noneLeft)
}

func (p *Postgres) begin(ctx context.Context) (context.Context, session, func(error) error, error) {
	tx, err := p.sql.BeginTx(ctx, nil)
	return ctx, tx, func(err error) error { return err }, err
}

func (p *Postgres) close() error {
	p.waker.Stop()
	err := p.sql.Close()
	p.Pool.Close()
	return err
}

// migrator implements [Backend] by a connection of its own.
func (p *Postgres) migrator(ctx context.Context) (*sql.Conn, func() error, error) {
	db := stdlib.OpenDB(*p.direct)
	conn, err := patiently(ctx, db.Conn, noneLeft)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return conn, func() error { return errors.Join(conn.Close(), db.Close()) }, nil
}

// postgresFault classifies an error by its SQLSTATE. An error without one counts as a failed connection.
func postgresFault(err error) Fault {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch class := e.Code[:min(2, len(e.Code))]; {
		case e.Code == "23505":
			return UniqueFault
		case slices.Contains(outageClasses, class), e.Code == "25006": // a standby, or set to read only
			return outage
		}
		return otherFault
	}
	_, network := errors.AsType[net.Error](err)
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	cut := errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn)
	if network || connect || cut || pgconn.SafeToRetry(err) || errors.Is(err, pgx.ErrTxClosed) {
		return outage
	}
	return otherFault
}

// outageClasses are, in order: connection; resources; shutdown or cancelled; serialization or deadlock.
var outageClasses = []string{"08", "53", "57", "40"}
