package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

var postgresDialect = dialect{
	name: "postgres", position: "strpos", lockLog: " FOR UPDATE OF l", lockFile: " FOR UPDATE OF f",
	notify: "SELECT pg_notify('openloop', current_schema())",
	lock:   "SELECT pg_advisory_lock(7308604753)", unlock: "SELECT pg_advisory_unlock(7308604753)",
	fault: postgresFault,
}

// postgresDB is a PostgreSQL database. Several processes may share it.
type postgresDB struct {
	pool *pgxpool.Pool
	sql  *sql.DB // over the same pool
	log  *slog.Logger
}

const (
	postgresConnections = 16
	connectTimeout      = 5 * time.Second
)

func openPostgres(url string, log *slog.Logger) (*postgresDB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database URL cannot be read") // the error of pgx may hold the password
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
	return &postgresDB{pool: pool, sql: stdlib.OpenDBFromPool(pool), log: log}, nil
}

// begin implements [backend].
func (p *postgresDB) begin(ctx context.Context) (context.Context, *sql.Tx, func(), error) {
	tx, err := p.sql.BeginTx(ctx, nil)
	return ctx, tx, func() {}, err
}

// close implements [backend].
func (p *postgresDB) close() error {
	err := p.sql.Close()
	p.pool.Close()
	return err
}

// watch implements [backend] by listening. While the connection is lost, it supposes a change every second.
func (p *postgresDB) watch(ctx context.Context, changed func()) {
	for {
		err := p.listen(ctx, changed)
		if ctx.Err() != nil {
			return
		}
		p.log.WarnContext(ctx, "changes of other replicas cannot be heard for the moment", "error", err)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		changed()
	}
}

func (p *postgresDB) listen(ctx context.Context, changed func()) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	own := conn.Hijack() // it listens for ever, so it is no use to others
	defer func() { _ = own.Close(context.WithoutCancel(ctx)) }()
	var schema string
	if err := own.QueryRow(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return err
	}
	if _, err := own.Exec(ctx, "LISTEN openloop"); err != nil {
		return err
	}
	changed() // what was missed so far
	for {
		n, err := own.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n.Payload == schema {
			changed()
		}
	}
}

// postgresFault classes an error by its SQLSTATE, and everything that is none as a connection that failed.
func postgresFault(err error) fault {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return sqlState(e.Code)
	}
	_, network := errors.AsType[net.Error](err)
	_, connect := errors.AsType[*pgconn.ConnectError](err)
	if network || connect || pgconn.SafeToRetry(err) || errors.Is(err, pgx.ErrTxClosed) {
		return outage
	}
	return otherFault
}

func sqlState(code string) fault {
	switch code[:min(2, len(code))] {
	case "08", "53", "57", "40": // connection; resources; shutdown or cancelled; serialization or deadlock
		return outage
	}
	if code == "23505" {
		return uniqueFault
	}
	return otherFault
}
