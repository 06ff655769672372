package copying

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"time"

	sqlite3 "modernc.org/sqlite"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Backup writes all data of a database, which may be in use, to an SQLite file, as it is at one moment, and its manifest beside it. file must
// not exist. It gets its name when it is complete, on disk, and read again.
//
// Of SQLite the pages are copied, in one transaction that reads: writers go on, and their WAL grows until it ends. Of PostgreSQL the rows are
// copied and compared, as [Copy] does.
func Backup(ctx context.Context, from Place, file, version string, o Options) (*Manifest, error) {
	there, err := exists(file)
	if err == nil && there {
		err = faultf("It exists already. Nothing was changed. Name another file.")
	}
	if err != nil {
		return nil, about("The backup", Place{Path: file}, err)
	}
	temporary := file + partial
	if err := removeSQLite(temporary); err != nil {
		return nil, about("The backup", Place{Path: file}, err)
	}
	defer removeSQLite(temporary) //nolint:errcheck // it has another name by then, or is not needed
	m := &Manifest{Format: manifestFormat, Version: version, CreatedAt: time.Now().UTC(), Source: "sqlite"}
	if from.URL == "" {
		err = about("The source", from, pages(ctx, from.Path, temporary, o.Progress))
	} else {
		m.Source = "postgresql"
		o.Serving, o.Restart = true, true
		_, err = Copy(ctx, from, Place{Path: temporary}, o)
	}
	if err != nil {
		return nil, errors.Join(err, removeSQLite(temporary+unfinished))
	}
	if err := m.complete(ctx, temporary, &o); err != nil {
		return nil, about("The backup", Place{Path: file}, err)
	}
	return m, about("The backup", Place{Path: file}, errors.Join(m.write(file), place(temporary, file)))
}

// partial ends the name of a file that is not complete.
const partial = ".partial"

// complete reads a backup for its manifest.
func (m *Manifest) complete(ctx context.Context, file string, o *Options) error {
	if err := sound(ctx, file, true); err != nil {
		return err
	}
	found, err := read(ctx, file, o.Progress)
	if err != nil {
		return err
	}
	m.Migration, m.Tables, m.Sealed = last(found.steps), found.sums, len(found.sealed) > 0
	m.Bytes, m.SHA256, err = digest(ctx, file, nil)
	return err
}

// backedUp is the driver's own connection.
type backedUp interface {
	NewBackup(to string) (*sqlite3.Backup, error)
}

// step is how many pages are copied at once.
const step = 2048

// pages copies the pages of an SQLite database that may be in use. The transaction holds them as they are at its beginning, so SQLite does not
// begin again when others write, as it would without one.
func pages(ctx context.Context, from, to string, tell func(Progress)) (err error) {
	there, err := exists(from)
	if err == nil && !there {
		err = faultf("There is no database there.")
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return err
	}
	pool, err := sqldb.OpenSQLiteFile(from, url.Values{"_query_only": {"1"}}, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := begin(ctx, conn); err != nil {
		return err
	}
	return conn.Raw(func(c any) error {
		// What fails is thrown away, so the copy needs no journal; it is synced as a whole.
		target := url.URL{Scheme: "file", Opaque: (&url.URL{Path: to}).EscapedPath(), RawQuery: "_pragma=synchronous(OFF)&_pragma=journal_mode(OFF)"}
		b, err := c.(backedUp).NewBackup(target.String())
		if err != nil {
			return err
		}
		for more := true; more && err == nil; {
			if more, err = b.Step(step); tell != nil {
				tell(Progress{Table: "pages", Rows: int64(b.PageCount() - b.Remaining()), Of: int64(b.PageCount())})
			}
			err = errors.Join(err, ctx.Err())
		}
		return errors.Join(err, b.Finish())
	})
}

// begin fixes the moment that a connection reads.
func begin(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	known, err := sqldb.Found(ctx, conn, `SELECT 1 FROM sqlite_master WHERE name = 'migration'`, nil)
	if err == nil && !known {
		err = faultf("It is no database of Openloop.")
	}
	return err
}
