package sqldb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openloop-server/openloop/internal/worker"
)

var postgresDialect = Dialect{
	name: "postgres", kind: "postgresql", Position: "strpos", ByteAt: "pg_catalog.position", InUp: `= ANY (ARRAY(SELECT seq FROM up))`, LockLog: " FOR UPDATE OF l", LockRows: " FOR UPDATE",
	LockFree:      " FOR UPDATE SKIP LOCKED",
	LockJudgments: "SELECT pg_advisory_xact_lock(7308604754)", ShareJudgments: "SELECT pg_advisory_xact_lock_shared(7308604754)",
	lock: "SELECT pg_advisory_lock(7308604753)", unlock: "SELECT pg_advisory_unlock(7308604753)",
	// A writer holds this lock on the table from before its rows get their numbers until it has committed.
	Writers: `SELECT virtualtransaction FROM pg_locks WHERE relation = 'log'::regclass AND mode = 'RowExclusiveLock' AND granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
	Bytes:  `SELECT pg_database_size(current_database())`,
	arrays: true, Fault: postgresFault,
	listed: `(SELECT place - 1 AS n, value FROM unnest(CAST($1 AS BIGINT[])) WITH ORDINALITY AS u (value, place))`,
}

// Postgres is a PostgreSQL database. Several processes may share it.
type Postgres struct {
	Pool *pgxpool.Pool
	sql  *sql.DB // over the same pool
	log  *slog.Logger

	self     string    // names this process in its notifications
	listener *pgx.Conn // taken over by watch

	work  chan struct{} // holds a token when others are to be told of work
	waker *worker.Worker
}

const (
	postgresConnections = 16
	connectTimeout      = 5 * time.Second
)

func openPostgres(ctx context.Context, url string, log *slog.Logger) (*Postgres, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, plainFault("It is no URL of PostgreSQL, as postgres://user:password@host:5432/name.") // the error of pgx may hold the password
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = postgresConnections
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config) // connects later
	if err != nil {
		return nil, err
	}
	p := &Postgres{Pool: pool, sql: openPatiently(pool), log: log, self: rand.Text(), work: make(chan struct{}, 1)}
	p.waker = worker.New(p.wakeOthers)
	if p.listener, err = p.listen(ctx); err != nil {
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
	if p.listener != nil {
		_ = p.listener.Close(context.Background()) // closed already, unless watch never ran
	}
	return err
}

func (p *Postgres) migrator(ctx context.Context) (*sql.Conn, func() error, error) {
	conn, err := p.sql.Conn(ctx)
	if err != nil {
		return nil, nil, err
	}
	return conn, conn.Close, nil
}

// announce implements [Backend] with a notification "schema self topic topic". The schema distinguishes databases that share a server.
func (p *Postgres) announce(ctx context.Context, tx *Tx, about []Topic) error {
	words := p.self
	for _, topic := range about {
		words += " " + string(topic)
	}
	return tx.Exec(ctx, `SELECT pg_notify('openloop', current_schema() || ' ' || $1)`, words)
}

// wake implements [Backend].
func (p *Postgres) wake() { offer(p.work) }

// wakeInterval is how often others are told of work at most: NOTIFY makes commits wait for each other.
const wakeInterval = 100 * time.Millisecond

// wakeOthers tells others of work whenever there is some. A message that is lost costs them the second after which they look by themselves.
func (p *Postgres) wakeOthers(ctx context.Context, ready func()) {
	ready()
	for {
		select {
		case <-p.work:
			_, _ = p.Pool.Exec(ctx, `SELECT pg_notify('openloop', current_schema() || ' ' || $1)`, p.self+" "+string(Tasks))
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(wakeInterval):
		case <-ctx.Done():
			return
		}
	}
}

// heard reads what announce wrote. A program of before topics names none.
func heard(payload string) (schema, from string, about []Topic) {
	schema, rest, _ := strings.Cut(payload, " ")
	from, rest, _ = strings.Cut(rest, " ")
	for word := range strings.FieldsSeq(rest) {
		about = append(about, Topic(word))
	}
	return schema, from, about
}

// watch implements [Backend] by listening. While the connection is lost, it reports every second that everything may have changed.
func (p *Postgres) watch(ctx context.Context, changed func([]Topic)) {
	conn := p.listener
	for {
		err := p.hear(ctx, conn, changed)
		if ctx.Err() != nil {
			return
		}
		p.log.WarnContext(ctx, "changes of other replicas cannot be heard for the moment", "error", err)
		for conn = nil; conn == nil; {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return
			}
			conn, _ = p.listen(ctx) // the warning above still holds
			changed(nil)
		}
	}
}

// listen opens a separate connection that receives notifications.
func (p *Postgres) listen(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, p.Pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "LISTEN openloop"); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return conn, nil
}

// hear calls changed for the notifications of other processes until the connection or ctx ends. It closes the connection.
func (p *Postgres) hear(ctx context.Context, conn *pgx.Conn, changed func([]Topic)) error {
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var schema string
	if err := conn.QueryRow(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		in, from, about := heard(n.Payload)
		if in == schema && from != p.self {
			changed(about)
		}
	}
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
	if network || connect || pgconn.SafeToRetry(err) || errors.Is(err, pgx.ErrTxClosed) {
		return outage
	}
	return otherFault
}

// outageClasses are, in order: connection; resources; shutdown or cancelled; serialization or deadlock.
var outageClasses = []string{"08", "53", "57", "40"}
