package copying

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// filledSQLite is a database with rows in every table that there is, also in those of migrations to come: values at the ends of what columns
// hold, and NULL where it may be. Texts and numbers differ from row to row, so that no key is there twice.
func filledSQLite(t *testing.T, rows int) Place {
	t.Helper()
	ctx := t.Context()
	place := Place{Path: filepath.Join(t.TempDir(), "openloop.db")}
	if err := makeTables(ctx, sqldb.Options{Path: place.Path}); err != nil {
		t.Fatal(err)
	}
	s, err := openSQLite(ctx, place.Path, alone)
	if err != nil {
		t.Fatal(err)
	}
	all, err := s.schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.close(ctx); err != nil {
		t.Fatal(err)
	}
	pool, err := sqldb.OpenSQLiteFile(place.Path, url.Values{"_txlock": {"immediate"}, "_pragma": {"synchronous(OFF)", "foreign_keys(ON)"}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		fillTable(ctx, t, tx, &all[i], rows)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	return place
}

func fillTable(ctx context.Context, t *testing.T, tx *sql.Tx, of *table, rows int) {
	t.Helper()
	if !of.keyed {
		rows = 1
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(of.columns)), ", ")
	for n := 1; n <= rows; n++ {
		values := make([]any, len(of.columns))
		for c := range of.columns {
			values[c] = valueOf(&of.columns[c], n)
			if of.name == "log" && of.columns[c].name == "seq" && n == rows {
				values[c] = int64(1 << 20) // so that all segments are below the one of the next Log
			}
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+of.name+" ("+of.names()+") VALUES ("+marks+")", values...); err != nil {
			t.Fatalf("%s: %v", of.name, err)
		}
	}
}

// valueOf is the value of a column in row n. Rows refer to those of the same number, whatever they refer by.
func valueOf(c *column, n int) any {
	switch {
	case c.null && n%3 == 0:
		return nil
	case c.kind == whole:
		return int64(n)
	case c.kind == real:
		return []any{0.1, 1e300 * float64(n), -2.5, math.SmallestNonzeroFloat64, math.Inf(1), math.Copysign(0, -1)}[n%6]
	case c.kind == text && (c.name == "id" || strings.HasSuffix(c.name, "_id") || c.name == "name"):
		return fmt.Sprintf("id_%05d", n)
	case c.kind == text:
		return fmt.Sprintf("%d text Ünïcödé 🜚 %s", n, strings.Repeat("\t\n\\.", n%5))
	default:
		return append(fmt.Appendf(nil, "%05d", n), []byte("\x00\xff\xfe\xf0 bytes")[:n%8]...)
	}
}
