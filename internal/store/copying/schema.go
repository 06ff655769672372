package copying

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/search"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// kind is what a column holds.
type kind byte

const (
	whole kind = iota
	real
	text
	blob
)

// forms is the table of types: how each database names the type of a column of a kind. A column of any other type cannot be copied.
var forms = [...]struct{ sqlite, postgres string }{
	whole: {"INTEGER", "bigint"},
	real:  {"REAL", "double precision"},
	text:  {"TEXT", "text"},
	blob:  {"BLOB", "bytea"},
}

// column is a column of a table.
type column struct {
	name string
	kind kind
	null bool // whether it may be NULL
}

// table is a table as both databases have it.
type table struct {
	name     string
	columns  []column // by name
	key      []int    // the columns by which its rows are ordered: its primary key, or all
	keyed    bool     // whether that is a primary key
	refs     []string // tables that it refers to
	numbered string   // the column that this database numbers by itself, never twice; "" for none
	only     string   // a condition of the rows to copy; "" for all
}

// scanned is what a query of a database's catalogue tells of a column.
type scanned struct {
	table, name, typ string
	null             bool
	key              int // its place in the primary key, from 1 on; 0 for none
	numbered         bool
}

// tables makes tables of their columns, which are in the order of both names.
func tables(columns []scanned, refs [][2]string, typ func(kind) string) ([]table, error) {
	var all []table
	keys := map[string]map[int]int{}
	for i := range columns {
		c := &columns[i]
		if len(all) == 0 || all[len(all)-1].name != c.table {
			all = append(all, table{name: c.table})
			keys[c.table] = map[int]int{}
		}
		t := &all[len(all)-1]
		k := whole
		for k < blob && typ(k) != c.typ {
			k++
		}
		if typ(k) != c.typ {
			return nil, fmt.Errorf("the column %s.%s has the type %s, which no copy knows", c.table, c.name, c.typ)
		}
		if c.key > 0 {
			keys[c.table][c.key] = len(t.columns)
		}
		if c.numbered {
			t.numbered = c.name
		}
		t.columns = append(t.columns, column{c.name, k, c.null && c.key == 0})
	}
	for i := range all {
		t := &all[i]
		t.keyed = len(keys[t.name]) > 0
		for place := 1; place <= len(keys[t.name]); place++ {
			t.key = append(t.key, keys[t.name][place])
		}
		for c := range t.columns {
			if !t.keyed {
				t.key = append(t.key, c)
			}
		}
		for _, ref := range refs {
			if ref[0] == t.name && ref[1] != t.name {
				t.refs = append(t.refs, ref[1])
			}
		}
	}
	return ordered(all), nil
}

// ordered puts each table behind those that it refers to, and otherwise keeps the order.
func ordered(all []table) []table {
	var out []table
	done := map[string]bool{}
	for len(out) < len(all) {
		before := len(out)
		for _, t := range all {
			missing := func(ref string) bool { return !done[ref] }
			if !done[t.name] && !slices.ContainsFunc(t.refs, missing) {
				done[t.name] = true
				out = append(out, t)
			}
		}
		if len(out) == before { // a circle, which no migration makes
			return all
		}
	}
	return out
}

// differ says in what two databases differ, or "".
func differ(a, b []table) string {
	describe := func(all []table) []string {
		var lines []string
		for _, t := range all {
			for i, c := range t.columns {
				lines = append(lines, fmt.Sprintf("%s.%s %s null=%v key=%d", t.name, c.name, forms[c.kind].sqlite, c.null, slices.Index(t.key, i)))
			}
		}
		slices.Sort(lines)
		return lines
	}
	one, other := describe(a), describe(b)
	for i := range max(len(one), len(other)) {
		switch {
		case i >= len(one):
			return other[i]
		case i >= len(other) || one[i] != other[i]:
			return one[i]
		}
	}
	return ""
}

// names are the columns of t, in their order.
func (t *table) names() string {
	out := make([]string, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.name
	}
	return strings.Join(out, ", ")
}

// keyNames are the columns that order t.
func (t *table) keyNames() string {
	out := make([]string, len(t.key))
	for i, c := range t.key {
		out[i] = t.columns[c].name
	}
	return strings.Join(out, ", ")
}

// selection is the query for the rows of t in the order of its key, behind a key if after is set.
func (t *table) selection(after bool) string {
	var conditions []string
	if after {
		marks := make([]string, len(t.key))
		for i := range marks {
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		conditions = append(conditions, "("+t.keyNames()+") > ("+strings.Join(marks, ", ")+")")
	}
	return "SELECT " + t.names() + " FROM " + t.name + t.where(conditions...) + " ORDER BY " + t.keyNames()
}

func (t *table) counting() string { return "SELECT COUNT(*) FROM " + t.name + t.where() }

func (t *table) where(conditions ...string) string {
	if t.only != "" {
		conditions = append(conditions, t.only)
	}
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}

// full is the first segment of Logs that SQLite may still add Logs to: it gives the highest numbers again when their Logs were deleted, so
// such a segment must not be ready (see package search). PostgreSQL never does. What is left out is built anew in the background.
const full = "(SELECT (COALESCE(MAX(seq), 0) + 1) / %d FROM log)"

// narrowForSQLite leaves out what an SQLite database must not hold.
func narrowForSQLite(all []table) {
	below := fmt.Sprintf(full, grams.Places)
	for i := range all {
		switch t := &all[i]; t.name {
		case "log_segment":
			t.only = "segment < " + below
		case "log_gram":
			t.only = fmt.Sprintf("place / %d < %s", grams.Slots, below)
		case "log_fact":
			t.only = fmt.Sprintf("place / %d < %s", search.FactSlots, below)
		}
	}
}

// ours are the names of the migrations of this program, in their order.
func ours() ([]string, error) {
	files, err := fs.Glob(sqldb.Migrations, "migrations/sqlite/*.sql")
	if err != nil {
		return nil, err
	}
	for i, name := range files {
		files[i] = strings.TrimSuffix(path.Base(name), ".sql")
	}
	slices.Sort(files)
	return files, nil
}

// outdated says in words how the migrations of a database differ from those of this program, or "".
func outdated(applied, known []string) string {
	if name := stranger(applied, known); name != "" {
		return fmt.Sprintf(newer, name)
	}
	if len(applied) < len(known) {
		return fmt.Sprintf("It is at migration %s, and this program at %s. Start the server of this version on it once, stop it, and try again.",
			cmp.Or(last(applied), "none"), last(known))
	}
	return ""
}

const newer = "It holds migration %s, which this program does not know: a newer one has changed it. Use that one."

// stranger is a migration that this program does not know, or "".
func stranger(applied, known []string) string {
	for _, name := range applied {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}

func last(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}
