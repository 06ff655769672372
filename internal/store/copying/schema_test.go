package copying

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// schemas makes both databases with the migrations of this program, and reads their tables.
func schemas(t *testing.T) (ofSQLite, ofPostgres []table) {
	t.Helper()
	path, url := filepath.Join(t.TempDir(), "a.db"), server.URL(t)
	for _, o := range []sqldb.Options{{Path: path}, {URL: url}} {
		if err := makeTables(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	s, err := openSQLite(t.Context(), path, asItLies)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context()) //nolint:errcheck // it was only read
	p, err := openPostgres(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close(t.Context()) //nolint:errcheck // it was only read
	if ofSQLite, err = s.schema(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ofPostgres, err = p.schema(t.Context()); err != nil {
		t.Fatal(err)
	}
	return ofSQLite, ofPostgres
}

// TestEachColumnHasItsFormInBothDatabases fails for a migration that makes a table or a column that a copy does not know.
func TestEachColumnHasItsFormInBothDatabases(t *testing.T) {
	ofSQLite, ofPostgres := schemas(t)
	lines := func(all []table) map[string]string {
		out := map[string]string{}
		for _, table := range all {
			for i, c := range table.columns {
				place := "no key"
				for n, k := range table.key {
					if k == i && table.keyed {
						place = "key " + string(rune('1'+n))
					}
				}
				null := "not null"
				if c.null {
					null = "or null"
				}
				out[table.name+"."+c.name] = forms[c.kind].sqlite + " as " + forms[c.kind].postgres + ", " + null + ", " + place
			}
		}
		return out
	}
	if diff := cmp.Diff(lines(ofSQLite), lines(ofPostgres)); diff != "" {
		t.Errorf("(-sqlite +postgres):\n%s", diff)
	}
	if len(ofSQLite) < 35 {
		t.Errorf("only %d tables were found", len(ofSQLite))
	}
	for _, table := range ofSQLite {
		if !table.keyed && !made(table.name) {
			t.Errorf("%s has no primary key: a copy of many rows could not go on after it was killed", table.name)
		}
	}
}

// TestTablesThatAreReferredToComeFirst in both databases.
func TestTablesThatAreReferredToComeFirst(t *testing.T) {
	ofSQLite, ofPostgres := schemas(t)
	for _, all := range [][]table{ofSQLite, ofPostgres} {
		place := map[string]int{}
		for i, table := range all {
			place[table.name] = i
		}
		for _, table := range all {
			for _, ref := range table.refs {
				if place[ref] >= place[table.name] {
					t.Errorf("%s comes before %s, to which it refers", table.name, ref)
				}
			}
		}
		if place["deployment"] == 0 {
			t.Error("no references were found")
		}
	}
}
