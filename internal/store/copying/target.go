package copying

import (
	"context"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// openTarget opens a database to copy into: one with an unfinished copy, or one without rows, which gets its tables.
func openTarget(ctx context.Context, to Place, restart bool) (target, error) {
	if to.URL == "" {
		return openSQLiteTarget(ctx, to.Path, restart)
	}
	return openPostgresTarget(ctx, to.URL, restart)
}

// makeTables makes the tables of this program, without the rows that a server begins with.
func makeTables(ctx context.Context, o sqldb.Options) error {
	o.Fill = noRows
	db, err := sqldb.Open(ctx, o)
	if err != nil {
		return err
	}
	return db.Close()
}

func noRows(context.Context, *sqldb.Tx, time.Time) error { return nil }

// made are the tables in which migrations themselves put rows. A database with no others is empty.
func made(table string) bool { return table == "stat_backfill" }

// The statements about the marks are those of both databases.
const (
	makeMarks  = `CREATE TABLE ` + sqldb.CopyTable + ` (name TEXT PRIMARY KEY, expected BIGINT NOT NULL, copied BIGINT NOT NULL, whole BIGINT NOT NULL, last `
	addMark    = `INSERT INTO ` + sqldb.CopyTable + ` (name, expected, copied, whole) VALUES ($1, $2, 0, 0)`
	moveMark   = `UPDATE ` + sqldb.CopyTable + ` SET copied = $2, whole = $3, last = $4 WHERE name = $1`
	allMarks   = `SELECT name, expected, copied, whole = 1, last FROM ` + sqldb.CopyTable
	dropMarks  = `DROP TABLE ` + sqldb.CopyTable
	otherSteps = "It holds an unfinished copy by another version of this program. Use that version, or begin anew with -restart."
	notEmpty   = "It is not empty: it holds rows in %s. Nothing was changed. Name a database without rows; a server that was started on one has made some."
)

func number(whole bool) int64 {
	if whole {
		return 1
	}
	return 0
}

// inTables lists tables for people.
func inTables(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
