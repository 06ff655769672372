package copying

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// filledSQLite is a database with rows in every table that there is, also in those of migrations to come: values at the ends of what columns
// hold, and NULL where it may be. Texts and numbers differ from row to row, so that no key is there twice. Eight rows have all values.
func filledSQLite(t *testing.T, rows int) Place {
	t.Helper()
	place := inFolder(t)
	if samples[rows] == nil {
		fill(t, place, rows)
		made, err := os.ReadFile(place.Path)
		if err != nil {
			t.Fatal(err)
		}
		samples[rows] = made
		return place
	}
	if err := os.WriteFile(place.Path, samples[rows], 0o600); err != nil {
		t.Fatal(err)
	}
	return place
}

// samples are the files of filledSQLite by their rows, each made once. Tests run one after the other.
var samples = map[int][]byte{}

func fill(t *testing.T, place Place, rows int) {
	t.Helper()
	ctx := t.Context()
	if err := makeTables(ctx, sqldb.Options{Path: place.Path}); err != nil {
		t.Fatal(err)
	}
	all := described(t, place).tables
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
	if err := errors.Join(tx.Commit(), pool.Close()); err != nil {
		t.Fatal(err)
	}
}

// described is what a place has besides rows.
func described(t *testing.T, at Place) *description {
	t.Helper()
	return reading(t, at, func(src source) (*description, error) { return src.describe(t.Context()) })
}

// held is what a place holds.
func held(t *testing.T, at Place) []Sum {
	t.Helper()
	return reading(t, at, func(src source) (sums []Sum, err error) {
		d, err := src.describe(t.Context())
		for i := 0; err == nil && i < len(d.tables); i++ {
			sum := newSummer(&d.tables[i])
			err = src.each(t.Context(), &d.tables[i], nil, sum.add)
			sums = append(sums, sum.sum())
		}
		return sums, err
	})
}

// reading opens a place, and returns what read finds there.
func reading[T any](t *testing.T, at Place, read func(source) (T, error)) T {
	t.Helper()
	src, err := open(t.Context(), at, &Options{Serving: true})
	if err != nil {
		t.Fatal(err)
	}
	found, err := read(src)
	if err := errors.Join(err, src.close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return found
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
