package copying

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// sqlite is an SQLite file, read in one transaction.
type sqlite struct {
	path string
	pool *sql.DB
	conn *sql.Conn
}

// How a file is opened.
var (
	// alone is for the file of a server: while it is open nobody else can open it, and nobody else may have. Any other pragma would open the
	// file before this one counts.
	alone = url.Values{"_pragma": {"locking_mode(EXCLUSIVE)"}, "_busy_timeout": {"200"}}
	// asItLies is for a file that nobody changes.
	asItLies = url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"temp_store(MEMORY)"}}
)

// openSQLite opens a file that exists.
func openSQLite(ctx context.Context, path string, how url.Values) (*sqlite, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, faultf("There is no database there.")
	}
	pool, err := sqldb.OpenSQLiteFile(path, how, 1)
	if err != nil {
		return nil, err
	}
	s := &sqlite{path: path, pool: pool}
	if s.conn, err = pool.Conn(ctx); err == nil {
		_, err = s.conn.ExecContext(ctx, "BEGIN")
	}
	if err == nil {
		_, err = s.steps(ctx) // the first look at the file takes the lock, and sets the moment that is read
	}
	if err == nil {
		_, err = s.conn.ExecContext(ctx, "PRAGMA cache_size = -8000")
	}
	if err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *sqlite) close(context.Context) error {
	var err error
	if s.conn != nil {
		err = s.conn.Close()
	}
	return errors.Join(err, s.pool.Close())
}

const sqliteOurs = ` m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT IN ('migration', '` + sqldb.CopyTable + `')`

func (s *sqlite) describe(ctx context.Context) (*description, error) {
	all, err := s.schema(ctx)
	if err != nil {
		return nil, err
	}
	steps, err := s.steps(ctx)
	if err != nil {
		return nil, err
	}
	given, err := s.numbers(ctx)
	return &description{all, steps, given}, err
}

func (s *sqlite) schema(ctx context.Context) ([]table, error) {
	const columns = `SELECT m.name, c.name, c.type, c."notnull" = 0, c.pk, c.pk = 1 AND m.sql LIKE '%AUTOINCREMENT%'
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE` + sqliteOurs + ` ORDER BY 1, 2`
	const refs = `SELECT DISTINCT m.name, f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE` + sqliteOurs + ` ORDER BY 1, 2`
	list, err := sqldb.List(ctx, s.conn, columns, nil, func(rows *sql.Rows) (c scanned, err error) {
		return c, rows.Scan(&c.table, &c.name, &c.typ, &c.null, &c.key, &c.numbered)
	})
	if err != nil {
		return nil, err
	}
	pairs, err := sqldb.List(ctx, s.conn, refs, nil, func(rows *sql.Rows) (p [2]string, err error) {
		return p, rows.Scan(&p[0], &p[1])
	})
	if err != nil {
		return nil, err
	}
	return tables(list, pairs, func(k kind) string { return forms[k].sqlite })
}

func (s *sqlite) steps(ctx context.Context) ([]string, error) {
	known, err := sqldb.Found(ctx, s.conn, `SELECT 1 FROM sqlite_master WHERE name = 'migration'`, nil)
	if err != nil || !known {
		return nil, err
	}
	return sqldb.Column[string](ctx, s.conn, `SELECT name FROM migration ORDER BY number`)
}

func (s *sqlite) each(ctx context.Context, t *table, after []any, visit func(tuple []byte) error) error {
	rows, err := s.conn.QueryContext(ctx, t.selection(after != nil), after...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	values, into := make([]any, len(t.columns)), make([]any, len(t.columns))
	for i := range values {
		into[i] = &values[i]
	}
	var tuple []byte
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if tuple, err = t.appendValues(tuple[:0], values); err != nil {
			return err
		}
		if err := visit(tuple); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (s *sqlite) count(ctx context.Context, t *table) (n int64, err error) {
	_, err = sqldb.Found(ctx, s.conn, t.counting(), nil, &n)
	return n, err
}

func (s *sqlite) numbers(ctx context.Context) (map[string]int64, error) {
	given := map[string]int64{}
	if any, err := sqldb.Found(ctx, s.conn, `SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'`, nil); err != nil || !any {
		return given, err
	}
	err := sqldb.Each(ctx, s.conn, `SELECT name, seq FROM sqlite_sequence`, nil, func(rows *sql.Rows) error {
		var name string
		var n int64
		err := rows.Scan(&name, &n)
		given[name] = n
		return err
	})
	return given, err
}

// written returns nothing: nobody else can write to the file.
func (s *sqlite) written(context.Context, []table, []Sum) (string, error) { return "", nil }
