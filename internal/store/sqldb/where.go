package sqldb

import (
	"strconv"
	"strings"
)

// MaxList is how many values one statement is given; databases have a limit.
const MaxList = 1000

// Where builds the condition of a query with numbered parameters.
type Where struct {
	conditions []string
	Args       []any
}

// Add joins a condition by AND; each ? in it stands for one of args.
func (w *Where) Add(condition string, args ...any) {
	parts := strings.Split(condition, "?")
	var b strings.Builder
	b.WriteString(parts[0])
	for i, part := range parts[1:] {
		b.WriteString(w.Param(args[i])) //nolint:gosec // a missing argument is a mistake of ours, and panics in tests
		b.WriteString(part)
	}
	w.conditions = append(w.conditions, b.String())
}

// In adds that expression is one of values; it is false when there are none.
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

// Among adds that expression is one of values, which may be thousands. SQLite looks for each parameter among all others, so numbers are
// part of the text there; PostgreSQL remembers statements by their text, so there they are one parameter.
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

// Values are what of reads of each item.
func Values[T, V any](items []T, of func(T) V) []V {
	values := make([]V, len(items))
	for i, item := range items {
		values[i] = of(item)
	}
	return values
}

// Param adds a value beside the conditions and returns its placeholder.
func (w *Where) Param(v any) string {
	w.Args = append(w.Args, v)
	return "$" + strconv.Itoa(len(w.Args))
}

// String is the WHERE clause, "" without conditions.
func (w *Where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// Flag is how a truth is stored.
func Flag(v bool) int64 {
	if v {
		return 1
	}
	return 0
}

// Storable is s as a text that both databases take: PostgreSQL refuses U+0000 and invalid UTF-8, which no stored id or path holds.
func Storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}
