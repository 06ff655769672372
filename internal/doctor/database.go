package doctor

import (
	"cmp"
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// opened is a connection to PostgreSQL.
type opened struct{ conn *pgx.Conn }

// postgres makes a check of PostgreSQL, which is skipped without a connection to it.
func postgres(see func(ctx context.Context, p *patient, conn *pgx.Conn) (sight, error)) func(context.Context, *patient) sight {
	return func(ctx context.Context, p *patient) sight {
		switch {
		case p.cfg.DatabaseURL == "":
			return skip("The database is SQLite.")
		case p.opened == nil:
			return skip("The database cannot be opened.")
		}
		saw, err := see(ctx, p, p.opened.conn)
		if err != nil {
			return warn("The database does not tell: %s", sqldb.Explain(err))
		}
		return saw
	}
}

// databaseOpen opens the database, for all checks that follow.
func databaseOpen(ctx context.Context, p *patient) sight {
	if p.cfg.DatabaseURL == "" {
		return p.openSQLite(ctx)
	}
	conn, err := connect(ctx, p.cfg.DatabaseURL)
	if err != nil {
		return fail("%s", sqldb.Explain(err))
	}
	p.opened = &opened{conn}
	var name string
	if err := conn.QueryRow(ctx, "SELECT current_database()").Scan(&name); err != nil {
		return fail("%s", sqldb.Explain(err))
	}
	return fine("PostgreSQL, the database %s.", name)
}

// connectTime is how long the doctor waits for a connection.
const connectTime = 5 * time.Second

// connect opens a connection. Its error is for [sqldb.Explain] alone: it may hold the password.
func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	config, err := pgx.ParseConfig(withoutPool(url))
	if err != nil {
		return nil, sqldb.ErrURL
	}
	return pgx.ConnectConfig(ctx, config)
}

// withoutPool is a URL without the parameters of the pool, which a single connection does not know.
func withoutPool(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	query := u.Query()
	for name := range query {
		if strings.HasPrefix(name, "pool_") {
			query.Del(name)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// password is the password in the URL of a database, "" if there is none.
func password(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	if secret, ok := u.User.Password(); ok {
		return secret
	}
	return u.Query().Get("password")
}

// openSQLite reads the file, if there is one, and changes nothing.
func (p *patient) openSQLite(ctx context.Context) sight {
	if p.unusable {
		return skip("The data directory cannot be used.")
	}
	if _, err := os.Stat(p.cfg.SQLitePath()); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return fine("The first start will make %s.", p.cfg.SQLitePath())
		}
		return fail("%s cannot be looked at: %s.", p.cfg.SQLitePath(), because(err))
	}
	db, err := openFile(p.cfg.SQLitePath())
	if err == nil {
		defer db.Close() //nolint:errcheck // it was only read
		var n int
		err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
	}
	if err != nil {
		p.unusable = true
		return fail("%s: %s", p.cfg.SQLitePath(), sqldb.Explain(err))
	}
	return fine("SQLite, %s.", p.cfg.SQLitePath())
}

// openFile opens an SQLite file for reading, by the driver that sqldb brings.
func openFile(path string) (*sql.DB, error) {
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=ro&_pragma=busy_timeout(2000)"}
	return sql.Open("sqlite", name.String())
}

var databaseVersion = postgres(func(ctx context.Context, _ *patient, conn *pgx.Conn) (sight, error) {
	var number int
	var name string
	err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int, current_setting('server_version')").Scan(&number, &name)
	return judgeVersion(number, name), err
})

// oldestPostgres is the oldest version that is tested, as PostgreSQL counts.
const oldestPostgres = 140000

func judgeVersion(number int, name string) sight {
	if number < oldestPostgres {
		return fail("It is %s.", name)
	}
	return fine("It is %s.", name)
}

var databaseWritable = postgres(func(ctx context.Context, _ *patient, conn *pgx.Conn) (sight, error) {
	var standby, readOnly bool
	err := conn.QueryRow(ctx, "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::bool").Scan(&standby, &readOnly)
	switch {
	case standby:
		return fail("It is a standby."), err
	case readOnly:
		return fail("Transactions are read only for this user."), err
	}
	return fine(""), err
})

var databaseRights = postgres(func(ctx context.Context, _ *patient, conn *pgx.Conn) (sight, error) {
	var user string
	var schema *string
	var make bool
	var foreign int
	err := conn.QueryRow(ctx, `SELECT current_user, current_schema(), coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
		(SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND NOT pg_has_role(relowner, 'USAGE'))`).
		Scan(&user, &schema, &make, &foreign)
	switch {
	case err != nil:
		return sight{}, err
	case schema == nil:
		return fail("The user %s has no schema: none of its search_path is there, or may be used.", user), nil
	case !make:
		return fail("The user %s may not make tables in the schema %s.", user, *schema), nil
	case foreign > 0:
		return fail("%d tables of the schema %s belong to others than the user %s.", foreign, *schema, user), nil
	}
	return fine("The user %s owns what is in the schema %s.", user, *schema), nil
})

var databaseEncryption = postgres(func(ctx context.Context, _ *patient, conn *pgx.Conn) (sight, error) {
	host := conn.Config().Host
	if strings.HasPrefix(host, "/") || isLoopback(host) {
		return fine("It stays on this machine."), nil
	}
	if !isTLS(conn.PgConn().Conn()) {
		return warn("The host is %s.", host), nil
	}
	return fine("It is encrypted."), nil
})

// Answers of the database that take this long make calls slow.
const slowAnswer = 10 * time.Millisecond

var databaseLatency = postgres(func(ctx context.Context, _ *patient, conn *pgx.Conn) (sight, error) {
	var took []time.Duration
	for range 20 {
		start := time.Now()
		if _, err := conn.Exec(ctx, "SELECT 1"); err != nil {
			return sight{}, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return judgeLatency(took[len(took)/2]), nil
})

func judgeLatency(half time.Duration) sight {
	format := "Half of the answers take up to %s."
	if half > slowAnswer {
		return warn(format, round(half))
	}
	return fine(format, round(half))
}

// Connections of a process: its pool, unless the URL says otherwise, and one that listens.
const (
	poolConnections = 16
	listening       = 1
)

var databaseConnections = postgres(func(ctx context.Context, p *patient, conn *pgx.Conn) (sight, error) {
	var most, reserved, ofRole, ofDatabase int
	err := conn.QueryRow(ctx, `SELECT current_setting('max_connections')::int, current_setting('superuser_reserved_connections')::int,
		(SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user), (SELECT datconnlimit FROM pg_database WHERE datname = current_database())`).
		Scan(&most, &reserved, &ofRole, &ofDatabase)
	if err != nil {
		return sight{}, err
	}
	free := most - reserved
	for _, limit := range []int{ofRole, ofDatabase} {
		if limit >= 0 {
			free = min(free, limit)
		}
	}
	need := p.Replicas * (poolOf(p.cfg.DatabaseURL) + listening)
	format := "%d processes need up to %d connections, of %d."
	if need > free {
		return warn(format, p.Replicas, need, free), nil
	}
	return fine(format, p.Replicas, need, free), nil
})

// poolOf is the size of the pool of a process.
func poolOf(text string) int {
	if u, err := url.Parse(text); err == nil {
		if n, err := strconv.Atoi(u.Query().Get("pool_max_conns")); err == nil && n > 0 {
			return n
		}
	}
	return poolConnections
}

// databasePooler compares the process that the connection was given with the one that answers. A pooler invents the first.
var databasePooler = postgres(func(ctx context.Context, p *patient, conn *pgx.Conn) (sight, error) {
	if p.cfg.DirectURL != "" {
		return fine("OPENLOOP_DATABASE_DIRECT_URL leads past it."), nil
	}
	var answers uint32
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&answers); err != nil {
		return sight{}, err
	}
	if answers != conn.PgConn().PID() {
		return warn("Another process answers than the one that took the connection."), nil
	}
	return fine(""), nil
})

// hearTime is how long a notification may take.
const hearTime = time.Second

var databaseListen = postgres(func(ctx context.Context, p *patient, conn *pgx.Conn) (sight, error) {
	ears, err := connect(ctx, cmp.Or(p.cfg.DirectURL, p.cfg.DatabaseURL))
	if err != nil {
		return sight{}, err
	}
	defer func() { _ = ears.Close(context.WithoutCancel(ctx)) }()
	if _, err := ears.Exec(ctx, "LISTEN openloop_doctor"); err != nil {
		return sight{}, err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_notify('openloop_doctor', '')"); err != nil {
		return sight{}, err
	}
	within, cancel := context.WithTimeout(ctx, hearTime)
	defer cancel()
	if _, err := ears.WaitForNotification(within); err != nil {
		return warn("None arrived within %s.", hearTime), nil
	}
	return fine(""), nil
})

// Clocks that differ by this much make Logs appear out of order.
const maxOffset = 5 * time.Second

var databaseClock = postgres(func(ctx context.Context, p *patient, conn *pgx.Conn) (sight, error) {
	var there time.Time
	before := p.Now()
	if err := conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&there); err != nil {
		return sight{}, err
	}
	after := p.Now()
	offset := there.Sub(before.Add(after.Sub(before) / 2)).Round(time.Millisecond)
	if offset.Abs() > maxOffset {
		return warn("The database is %s ahead of this machine.", offset), nil
	}
	return fine(""), nil
})

// databaseMigrations asks what the next start would do.
func databaseMigrations(ctx context.Context, p *patient) sight {
	switch _, err := os.Stat(p.cfg.SQLitePath()); {
	case p.cfg.DatabaseURL != "" && p.opened == nil, p.cfg.DatabaseURL == "" && p.unusable:
		return skip("The database cannot be opened.")
	case p.cfg.DatabaseURL == "" && err != nil:
		return skip("There is no database yet.")
	}
	lacking, err := p.Plan(ctx)
	if err != nil {
		return fail("%s", sentence(told(err)))
	}
	p.current = len(lacking) == 0
	if n := len(lacking); n > 0 {
		return fine("%d will be applied at the next start of this program.", n)
	}
	return fine("All are applied.")
}

// told is the text of an error for the operator: the message of a classified one, which has no internals, or what starts the server says.
func told(err error) string {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

// isTLS reports whether a connection is encrypted.
func isTLS(conn net.Conn) bool {
	_, ok := conn.(*tls.Conn)
	return ok
}
