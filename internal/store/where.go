package store

import (
	"strconv"
	"strings"
)

// maxList is how many values one statement is given; databases have a limit.
const maxList = 1000

// where builds the condition of a query with numbered parameters.
type where struct {
	conditions []string
	args       []any
}

// add joins a condition by AND; each ? in it stands for one of args.
func (w *where) add(condition string, args ...any) {
	parts := strings.Split(condition, "?")
	var b strings.Builder
	b.WriteString(parts[0])
	for i, part := range parts[1:] {
		b.WriteString(w.param(args[i])) //nolint:gosec // a missing argument is a mistake of ours, and panics in tests
		b.WriteString(part)
	}
	w.conditions = append(w.conditions, b.String())
}

// in adds that expression is one of values; it is false when there are none.
func in[T any](w *where, expression string, values []T) {
	if len(values) == 0 {
		w.add("1 = 0")
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
		if text, ok := args[i].(string); ok {
			args[i] = storable(text)
		}
	}
	w.add(expression+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

// among adds that expression is one of values, which may be thousands. SQLite looks for each parameter among all others, so numbers are
// part of the text there; PostgreSQL remembers statements by their text, so there they are one parameter.
func (w *where) among(d *dialect, expression string, values []int64) {
	if d.arrays {
		w.add(expression+" = ANY(?)", values)
		return
	}
	text := []byte(expression + " IN (")
	for i, v := range values {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, v, 10)
	}
	w.add(string(append(text, ')')))
}

// param adds a value beside the conditions and returns its placeholder.
func (w *where) param(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// String is the WHERE clause, "" without conditions.
func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// storable is s as a text that both databases take: PostgreSQL refuses U+0000 and invalid UTF-8, which no stored id or path holds.
func storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}
