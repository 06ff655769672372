package copying

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// schemas are the tables of both databases.
func schemas(t *testing.T) (ofSQLite, ofPostgres []table) {
	t.Helper()
	return described(t, filledSQLite(t, 8)).tables, described(t, onServer(t)).tables
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
