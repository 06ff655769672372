package sqldb

import (
	"strconv"
	"strings"
)

// MaxList is the most values that one statement gets. Databases have a limit.
const MaxList = 1000

// Where builds the condition of a query with numbered parameters. The zero Where has no condition.
type Where struct {
	conditions []string
	Args       []any
}

// Add joins a condition with AND. Each ? in it stands for one of args.
func (w *Where) Add(condition string, args ...any) {
	parts := strings.Split(condition, "?")
	var b strings.Builder
	b.WriteString(parts[0])
	for i, part := range parts[1:] {
		b.WriteString(w.Param(args[i])) //nolint:gosec // a missing argument is our own mistake and panics in tests
		b.WriteString(part)
	}
	w.conditions = append(w.conditions, b.String())
}

// In adds the condition that expression is one of values. With no values the condition is false.
func In[T any](w *Where, expression string, values []T) {
	if len(values) == 0 {
		w.Add("1 = 0")
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
		if text, ok := args[i].(string); ok {
			args[i] = Storable(text)
		}
	}
	w.Add(expression+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// Among adds the condition that expression is one of values, which may be thousands. On SQLite the numbers become part of the text, because SQLite
// looks up each parameter among all others. On PostgreSQL they are one parameter, because PostgreSQL caches statements by their text.
func (w *Where) Among(d *Dialect, expression string, values []int64) {
	if d.arrays {
		w.Add(expression+" = ANY(?)", values)
		return
	}
	text := []byte(expression + " IN (")
	for i, v := range values {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, v, 10)
	}
	w.Add(string(append(text, ')')))
}

// Listed returns a table that holds values, which may be many thousands, and the argument $1 that it needs. Its columns are n, which counts from 0, and
// value.
func (d *Dialect) Listed(values []int64) (table string, arg any) {
	if d.arrays {
		return d.listed, values
	}
	text := []byte{'['}
	for i, v := range values {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, v, 10)
	}
	return d.listed, string(append(text, ']'))
}

// Values returns of(item) for each item.
func Values[T, V any](items []T, of func(T) V) []V {
	values := make([]V, len(items))
	for i, item := range items {
		values[i] = of(item)
	}
	return values
}

// Param adds a value outside of the conditions and returns its placeholder.
func (w *Where) Param(v any) string {
	w.Args = append(w.Args, v)
	return "$" + strconv.Itoa(len(w.Args))
}

// String returns the WHERE clause, or "" without conditions.
func (w *Where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// Flag returns the stored form of a truth value: 1 or 0.
func Flag(v bool) int64 {
	if v {
		return 1
	}
	return 0
}

// Storable returns s as a text that both databases accept. PostgreSQL refuses U+0000 and invalid UTF-8; both become
// U+FFFD, which no stored id or path holds.
func Storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}
