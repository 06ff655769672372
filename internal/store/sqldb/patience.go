package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// How long a caller waits for a connection that the database refuses now.
const (
	patience   = 3 * time.Second
	firstPause = 5 * time.Millisecond
	longPause  = 100 * time.Millisecond
)

// patient takes connections from a pool. If the server has no connection left for the pool, because others use the server too, the caller
// waits for one that another caller gives back.
type patient struct{ driver.Connector }

// openPatiently opens the pool like [stdlib.OpenDBFromPool].
func openPatiently(pool *pgxpool.Pool) *sql.DB {
	db := sql.OpenDB(patient{stdlib.GetPoolConnector(pool)})
	db.SetMaxIdleConns(0) // the pool keeps them
	return db
}

// Connect implements [driver.Connector].
func (p patient) Connect(ctx context.Context) (driver.Conn, error) {
	return patiently(ctx, p.Connector.Connect, noneLeft)
}

// noneLeft reports whether PostgreSQL refused a connection with too_many_connections.
func noneLeft(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "53300"
}

// patiently gets a connection. It retries as long as busy reports that the error can pass, but no longer than patience.
func patiently[C any](ctx context.Context, connect func(context.Context) (C, error), busy func(error) bool) (C, error) {
	until := time.Now().Add(patience)
	for pause := firstPause; ; pause = min(2*pause, longPause) {
		conn, err := connect(ctx)
		if err == nil || !busy(err) || time.Now().Add(pause).After(until) {
			return conn, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return conn, ctx.Err()
		}
	}
}
