package pyval

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// maxIndent bounds the indentation of one level of JSON.
const maxIndent = 100

// encoder writes JSON like Python's json.dumps with sorted keys.
type encoder struct {
	m      *Meter
	out    []byte
	indent string // of one level; "" unless pretty
	pretty bool
}

// ToJSON returns Python's json.dumps(v, sort_keys=True, indent=indent), with <, >, & and ' escaped as in Jinja2's tojson.
func ToJSON(m *Meter, v, indent Value) (Markup, error) {
	e := &encoder{m: m}
	if indent != nil {
		s, ok := Text(indent)
		if !ok {
			n, err := intArg(indent)
			if err != nil {
				return "", err
			}
			s = strings.Repeat(" ", int(min(max(n, 0), maxIndent+1)))
		}
		if len(s) > maxIndent {
			return "", Errorf(Limit, "the indentation is too large")
		}
		e.indent, e.pretty = s, true
	}
	if err := e.value(v, 0); err != nil {
		return "", err
	}
	return Markup(e.out), nil
}

func (e *encoder) value(v Value, level int) error {
	if err := e.m.Grow(8); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		e.out = append(e.out, "null"...)
		return nil
	case bool:
		e.out = strconv.AppendBool(e.out, v)
		return nil
	case int64:
		e.out = strconv.AppendInt(e.out, v, 10)
		return nil
	case *big.Int:
		var err error
		e.out, err = appendBig(e.m, e.out, v)
		return err
	case float64:
		e.out = append(e.out, jsonFloat(v)...)
		return nil
	}
	if s, ok := Text(v); ok {
		return e.text(s)
	}
	if err := e.m.nest(); err != nil {
		return err
	}
	defer e.m.unnest()
	switch v := v.(type) {
	case *List:
		return e.array(v.Items, level)
	case *Tuple:
		return e.array(v.Items, level)
	case *Dict:
		return e.object(v, level)
	}
	return typeErrorf("Object of type %s is not JSON serializable", TypeName(v))
}

func jsonFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return string(appendFloat(nil, f))
}

func (e *encoder) array(items []Value, level int) error {
	if len(items) == 0 {
		e.out = append(e.out, "[]"...)
		return nil
	}
	e.out = append(e.out, '[')
	for i, item := range items {
		if err := e.separate(i, level+1); err != nil {
			return err
		}
		if err := e.value(item, level+1); err != nil {
			return err
		}
	}
	err := e.newline(level)
	e.out = append(e.out, ']')
	return err
}

func (e *encoder) object(d *Dict, level int) error {
	if d.Len() == 0 {
		e.out = append(e.out, "{}"...)
		return nil
	}
	entries, err := e.sorted(d)
	if err != nil {
		return err
	}
	e.out = append(e.out, '{')
	for i, entry := range entries {
		if err := e.separate(i, level+1); err != nil {
			return err
		}
		if err := e.key(entry.Key); err != nil {
			return err
		}
		e.out = append(e.out, ": "...)
		if err := e.value(entry.Val, level+1); err != nil {
			return err
		}
	}
	err = e.newline(level)
	e.out = append(e.out, '}')
	return err
}

// sorted returns the entries ordered by key. It fails if keys cannot be compared.
func (e *encoder) sorted(d *Dict) ([]Entry, error) {
	if err := e.m.GrowItems(4 * d.Len()); err != nil {
		return nil, err
	}
	entries := slices.Clone(d.entries)
	var failed error
	slices.SortStableFunc(entries, func(a, b Entry) int {
		less, err := Order(e.m, Less, a.Key, b.Key)
		if err != nil {
			failed = err
		}
		if less {
			return -1
		}
		more, err := Order(e.m, Greater, a.Key, b.Key)
		if err != nil {
			failed = err
		}
		if more {
			return 1
		}
		return 0
	})
	return entries, failed
}

// key writes the name of a member. Scalars other than strings are written as in JSON.
func (e *encoder) key(k Value) error {
	if s, ok := Text(k); ok {
		return e.text(s)
	}
	switch k.(type) {
	case nil, bool, int64, *big.Int, float64:
		e.out = append(e.out, '"')
		err := e.value(k, 0)
		e.out = append(e.out, '"')
		return err
	}
	return typeErrorf("keys must be str, int, float, bool or None, not %s", TypeName(k))
}

func (e *encoder) separate(i, level int) error {
	if err := e.m.Step(); err != nil {
		return err
	}
	if i > 0 {
		e.out = append(e.out, ',')
		if !e.pretty {
			e.out = append(e.out, ' ')
		}
	}
	return e.newline(level)
}

func (e *encoder) newline(level int) error {
	if !e.pretty {
		return nil
	}
	if err := e.m.Grow(1 + level*len(e.indent)); err != nil {
		return err
	}
	e.out = append(e.out, '\n')
	for range level {
		e.out = append(e.out, e.indent...)
	}
	return nil
}

func (e *encoder) text(s string) error {
	if err := e.m.Grow(2*len(s) + 2); err != nil {
		return err
	}
	e.out = append(e.out, '"')
	for _, r := range s {
		e.out = appendJSONRune(e.out, r)
	}
	e.out = append(e.out, '"')
	return nil
}

func appendJSONRune(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '<', '>', '&', '\'':
		return appendUnit(dst, uint16(r))
	}
	if ' ' <= r && r < 0x7f {
		return append(dst, byte(r))
	}
	if r >= 0x10000 {
		r -= 0x10000
		dst = appendUnit(dst, 0xd800|uint16(r>>10)&0x3ff) //nolint:gosec // 10 bits
		return appendUnit(dst, 0xdc00|uint16(r&0x3ff))
	}
	return appendUnit(dst, uint16(r)) //nolint:gosec // below 0x10000
}

func appendUnit(dst []byte, u uint16) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', digits[u>>12], digits[u>>8&15], digits[u>>4&15], digits[u&15])
}
