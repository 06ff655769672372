package copying

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// postgres is a PostgreSQL database, over a connection of its own.
type postgres struct {
	conn *pgx.Conn
}

func connect(ctx context.Context, url string) (*postgres, error) {
	config, err := pgxpool.ParseConfig(url) // which knows what a server's URL may hold
	if err != nil {
		return nil, faultf("It is no URL of PostgreSQL, as postgres://user:password@host:5432/name.") // the error of pgx may hold the password
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return nil, err
	}
	p := &postgres{conn}
	// A copy takes as long as it takes. Rows are read by the index of their key: to sort a large table would take as much room again. Where there
	// is no index, that makes the planner expect so much work that it would compile the query first, for a second or more.
	const settings = `SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET enable_sort = off; SET jit = off`
	if _, err := conn.Exec(ctx, settings); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	return p, nil
}

// openPostgres opens a database to read it as it is at this moment.
func openPostgres(ctx context.Context, url string) (*postgres, error) {
	p, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := p.snapshot(ctx); err != nil {
		return nil, errors.Join(err, p.close(ctx))
	}
	return p, nil
}

func (p *postgres) snapshot(ctx context.Context) error {
	_, err := p.conn.Exec(ctx, `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`)
	return err
}

func (p *postgres) close(ctx context.Context) error { return p.conn.Close(context.WithoutCancel(ctx)) }

// list runs a query and collects its rows.
func list[T any](ctx context.Context, p *postgres, text string, scan func(pgx.Rows) (T, error), args ...any) ([]T, error) {
	rows, err := p.conn.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (T, error) { return scan(r.(pgx.Rows)) })
}

const postgresOurs = ` c.relkind = 'r' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relname NOT IN ('migration', '` + sqldb.CopyTable + `')`

func (p *postgres) describe(ctx context.Context) (*description, error) {
	all, err := p.schema(ctx)
	if err != nil {
		return nil, err
	}
	steps, err := p.steps(ctx)
	if err != nil {
		return nil, err
	}
	given, err := p.numbers(ctx)
	return &description{all, steps, given}, err
}

func (p *postgres) schema(ctx context.Context) ([]table, error) {
	const columns = `SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
			COALESCE((SELECT k.place FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY k (col, place) WHERE i.indrelid = c.oid AND i.indisprimary AND k.col = a.attnum), 0),
			a.attidentity <> ''
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE` + postgresOurs + ` ORDER BY c.relname::text COLLATE "C", a.attname::text COLLATE "C"`
	const refs = `SELECT DISTINCT c.relname::text, f.relname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
		WHERE k.contype = 'f' AND` + postgresOurs
	found, err := list(ctx, p, columns, func(rows pgx.Rows) (c scanned, err error) {
		return c, rows.Scan(&c.table, &c.name, &c.typ, &c.null, &c.key, &c.numbered)
	})
	if err != nil {
		return nil, err
	}
	pairs, err := list(ctx, p, refs, func(rows pgx.Rows) (r [2]string, err error) { return r, rows.Scan(&r[0], &r[1]) })
	if err != nil {
		return nil, err
	}
	return tables(found, pairs, func(k kind) string { return forms[k].postgres })
}

// has reports whether the database has a table.
func (p *postgres) has(ctx context.Context, name string) (found bool, err error) {
	const text = `SELECT EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1)`
	return found, p.conn.QueryRow(ctx, text, name).Scan(&found)
}

func (p *postgres) steps(ctx context.Context) ([]string, error) {
	if known, err := p.has(ctx, "migration"); err != nil || !known {
		return nil, err
	}
	return list(ctx, p, `SELECT name FROM migration ORDER BY number`, func(rows pgx.Rows) (name string, err error) { return name, rows.Scan(&name) })
}

func (p *postgres) each(ctx context.Context, t *table, after []any, visit func(tuple []byte) error) error {
	args := append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, after...)
	rows, err := p.conn.Query(ctx, t.selection(after != nil), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var tuple []byte
	for rows.Next() {
		tuple = t.appendRaw(tuple[:0], rows.RawValues())
		if err := visit(tuple); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (p *postgres) count(ctx context.Context, t *table) (n int64, err error) {
	return n, p.conn.QueryRow(ctx, t.counting()).Scan(&n)
}

func (p *postgres) numbers(ctx context.Context) (map[string]int64, error) {
	const text = `SELECT c.relname::text, COALESCE(s.last_value, 0) FROM pg_class c
		JOIN pg_depend d ON d.refobjid = c.oid AND d.deptype = 'i' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
		JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S' JOIN pg_sequences s ON s.schemaname = current_schema() AND s.sequencename = q.relname
		WHERE` + postgresOurs
	given := map[string]int64{}
	_, err := list(ctx, p, text, func(rows pgx.Rows) (n int64, err error) {
		var name string
		err = rows.Scan(&name, &n)
		given[name] = n
		return n, err
	})
	return given, err
}

// written looks at the database as it is now, and returns the name of a table that does not have as many rows as were read, or "".
func (p *postgres) written(ctx context.Context, all []table, sums []Sum) (string, error) {
	if _, err := p.conn.Exec(ctx, `ROLLBACK`); err != nil {
		return "", err
	}
	if err := p.snapshot(ctx); err != nil {
		return "", err
	}
	for i := range all {
		if n, err := p.count(ctx, &all[i]); err != nil || n != sums[i].Rows {
			return all[i].name, err
		}
	}
	return "", nil
}

// serving reports whether a server was seen that works on the database within a minute, after which it counts as gone.
func (p *postgres) serving(ctx context.Context, now int64) (seen bool, err error) {
	const minute = 60_000_000
	if known, err := p.has(ctx, "replica"); err != nil || !known {
		return false, err
	}
	return seen, p.conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM replica WHERE seen_us > $1)`, now-minute).Scan(&seen)
}
