package copying

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// sqliteTarget is an SQLite file that is copied into. It has another name until the copy is whole.
type sqliteTarget struct {
	*sqlite
	final string
}

const unfinished = ".copying"

// filled is how a target is opened: what a killed process has committed stays.
var filled = url.Values{"_pragma": {"locking_mode(EXCLUSIVE)"}}

const fillingPragmas = `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY`

func openSQLiteTarget(ctx context.Context, path string, restart bool) (target, error) {
	there, err := exists(path)
	if err != nil {
		return nil, err
	}
	if there {
		return nil, faultf("It exists already. Nothing was changed. Name a folder without a database.")
	}
	temporary := path + unfinished
	if restart {
		if err := removeSQLite(temporary); err != nil {
			return nil, err
		}
	}
	if there, err = exists(temporary); err != nil {
		return nil, err
	}
	if there {
		if t, err := resumeSQLite(ctx, temporary, path); t != nil || err != nil {
			return t, err
		}
		if err := removeSQLite(temporary); err != nil {
			return nil, err
		}
	}
	if err := makeTables(ctx, sqldb.Options{Path: temporary}); err != nil {
		return nil, err
	}
	s, err := fillSQLite(ctx, temporary)
	return &sqliteTarget{s, path}, err
}

// resumeSQLite opens an unfinished copy, or returns nil if it was killed before it copied anything, or after all.
func resumeSQLite(ctx context.Context, temporary, path string) (target, error) {
	s, err := fillSQLite(ctx, temporary)
	if err != nil {
		return nil, err
	}
	t := &sqliteTarget{s, path}
	marks, err := t.state(ctx)
	if err != nil || marks == nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	known, err := ours()
	applied, failed := s.steps(ctx)
	if err := errors.Join(err, failed); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	if outdated(applied, known) != "" {
		return nil, errors.Join(faultf(otherSteps), s.close(ctx))
	}
	return t, nil
}

func fillSQLite(ctx context.Context, path string) (*sqlite, error) {
	pool, err := sqldb.OpenSQLiteFile(path, filled, 1)
	if err != nil {
		return nil, err
	}
	s := &sqlite{path: path, pool: pool}
	if s.conn, err = pool.Conn(ctx); err == nil {
		_, err = s.conn.ExecContext(ctx, fillingPragmas)
	}
	if err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (t *sqliteTarget) state(ctx context.Context) (map[string]mark, error) {
	known, err := sqldb.Found(ctx, t.conn, `SELECT 1 FROM sqlite_master WHERE name = '`+sqldb.CopyTable+`'`, nil)
	if err != nil || !known {
		return nil, err
	}
	marks := map[string]mark{}
	err = sqldb.Each(ctx, t.conn, allMarks, nil, func(rows *sql.Rows) error {
		var name string
		var m mark
		err := rows.Scan(&name, &m.expected, &m.copied, &m.whole, &m.last)
		marks[name] = m
		return err
	})
	return marks, err
}

// in runs f in a transaction.
func (t *sqliteTarget) in(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := t.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the error of f says more
		return err
	}
	return tx.Commit()
}

func (t *sqliteTarget) begin(ctx context.Context, all []table, expected []int64) error {
	return t.in(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, makeMarks+`BLOB)`); err != nil {
			return err
		}
		for i := range all {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+all[i].name); err != nil { //nolint:gosec // a table of ours
				return err
			}
			if _, err := tx.ExecContext(ctx, addMark, all[i].name, expected[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *sqliteTarget) store(ctx context.Context, of *table, c *chunk, m *mark) error {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(of.columns)), ", ")
	return t.in(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, "INSERT INTO "+of.name+" ("+of.names()+") VALUES ("+marks+")") //nolint:gosec // tables and columns of ours
		if err != nil {
			return err
		}
		defer insert.Close() //nolint:errcheck // the transaction ends with it
		values := make([]any, len(of.columns))
		for data := c.data; len(data) > 0; {
			if data, err = of.values(data, values); err != nil {
				return err
			}
			if _, err := insert.ExecContext(ctx, values...); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, moveMark, of.name, m.copied, number(m.whole), m.last)
		return err
	})
}

func (t *sqliteTarget) settle(ctx context.Context, all []table, given map[string]int64) error {
	err := t.in(ctx, func(tx *sql.Tx) error {
		for i := range all {
			of := &all[i]
			if of.numbered == "" {
				continue
			}
			if _, err := tx.ExecContext(ctx, `DELETE FROM sqlite_sequence WHERE name = $1`, of.name); err != nil {
				return err
			}
			//nolint:gosec // tables and columns of ours
			text := fmt.Sprintf(`INSERT INTO sqlite_sequence (name, seq) SELECT $1, MAX($2, COALESCE(MAX(%s), 0)) FROM %s`, of.numbered, of.name)
			if _, err := tx.ExecContext(ctx, text, of.name, given[of.name]); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, dropMarks)
		return err
	})
	if err != nil {
		return err
	}
	if err := t.close(ctx); err != nil { // which writes the WAL back
		return err
	}
	return place(t.path, t.final)
}

// close does nothing the second time.
func (t *sqliteTarget) close(ctx context.Context) error {
	if t.conn == nil {
		return nil
	}
	err := t.sqlite.close(ctx)
	t.conn = nil
	return err
}

// place gives a file that is complete its name, once it is on disk.
func place(from, to string) error {
	f, err := os.OpenFile(from, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(from, to); err != nil { // unlike a rename it replaces nothing
		return err
	}
	return errors.Join(os.Remove(from), syncFolder(filepath.Dir(to)))
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// removeSQLite removes a file that is no database yet.
func removeSQLite(path string) error {
	var all error
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + end); !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}
