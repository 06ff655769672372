package pyval

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Str returns Python's str(v).
func Str(m *Meter, v Value) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case Markup:
		return string(v), nil
	}
	b, err := AppendStr(m, nil, v)
	return string(b), err
}

// AppendStr appends Python's str(v) to dst.
func AppendStr(m *Meter, dst []byte, v Value) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return appendCharged(m, dst, v)
	case Markup:
		return appendCharged(m, dst, string(v))
	case *Undef:
		return dst, nil
	}
	return appendRepr(m, dst, v)
}

// Repr returns Python's repr(v).
func Repr(m *Meter, v Value) (string, error) {
	b, err := appendRepr(m, nil, v)
	return string(b), err
}

func appendCharged(m *Meter, dst []byte, s string) ([]byte, error) {
	if err := m.Grow(len(s)); err != nil {
		return nil, err
	}
	return append(dst, s...), nil
}

func appendRepr(m *Meter, dst []byte, v Value) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "None"...), nil
	case bool:
		if v {
			return append(dst, "True"...), nil
		}
		return append(dst, "False"...), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case *big.Int:
		return appendBig(m, dst, v)
	case float64:
		return appendFloat(dst, v), nil
	case string:
		return appendQuoted(m, dst, v)
	case Markup:
		return appendWrapped(m, append(dst, "Markup("...), string(v))
	case *Undef:
		return append(dst, "Undefined"...), nil
	}
	if err := m.nest(); err != nil {
		return nil, err
	}
	defer m.unnest()
	return appendContainer(m, dst, v)
}

func appendContainer(m *Meter, dst []byte, v Value) ([]byte, error) {
	switch v := v.(type) {
	case *List:
		return appendItems(m, dst, '[', v.Items, ']')
	case *Tuple:
		return appendTuple(m, dst, v)
	case *Dict:
		return appendDict(m, dst, v)
	case *Range:
		return appendRange(dst, v), nil
	case *View:
		return appendView(m, dst, v)
	case Object:
		s, err := v.Print(m)
		return append(dst, s...), err
	case *Iterator:
		return nil, typeErrorf("an iterator has no text; make a list of it (|list) or join it (|join)")
	}
	return nil, NoText(TypeName(v))
}

func appendWrapped(m *Meter, dst []byte, s string) ([]byte, error) {
	dst, err := appendQuoted(m, dst, s)
	if err != nil {
		return nil, err
	}
	return append(dst, ')'), nil
}

func appendBig(m *Meter, dst []byte, z *big.Int) ([]byte, error) {
	if err := m.Grow(z.BitLen()); err != nil {
		return nil, err
	}
	return z.Append(dst, 10), nil
}

func appendItems(m *Meter, dst []byte, open byte, items []Value, shut byte) ([]byte, error) {
	dst = append(dst, open)
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if err := m.Grow(8); err != nil {
			return nil, err
		}
		if err := m.Step(); err != nil {
			return nil, err
		}
		var err error
		if dst, err = appendRepr(m, dst, item); err != nil {
			return nil, err
		}
	}
	return append(dst, shut), nil
}

func appendTuple(m *Meter, dst []byte, t *Tuple) ([]byte, error) {
	if len(t.Items) != 1 {
		return appendItems(m, dst, '(', t.Items, ')')
	}
	dst, err := appendRepr(m, append(dst, '('), t.Items[0])
	if err != nil {
		return nil, err
	}
	return append(dst, ",)"...), nil
}

func appendDict(m *Meter, dst []byte, d *Dict) ([]byte, error) {
	dst = append(dst, '{')
	for i, e := range d.entries {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		if err := m.Step(); err != nil {
			return nil, err
		}
		var err error
		if dst, err = appendRepr(m, dst, e.Key); err != nil {
			return nil, err
		}
		if dst, err = appendRepr(m, append(dst, ": "...), e.Val); err != nil {
			return nil, err
		}
		if err := m.Grow(8); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendView(m *Meter, dst []byte, v *View) ([]byte, error) {
	items, err := v.collect(m)
	if err != nil {
		return nil, err
	}
	dst = append(append(dst, TypeName(v)...), '(')
	if dst, err = appendItems(m, dst, '[', items, ']'); err != nil {
		return nil, err
	}
	return append(dst, ')'), nil
}

func appendRange(dst []byte, r *Range) []byte {
	dst = strconv.AppendInt(append(dst, "range("...), r.Start, 10)
	dst = strconv.AppendInt(append(dst, ", "...), r.Stop, 10)
	if r.Step != 1 {
		dst = strconv.AppendInt(append(dst, ", "...), r.Step, 10)
	}
	return append(dst, ')')
}

// appendFloat appends Python's repr of f: the shortest digits that read back as f.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 1):
		return append(dst, "inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-inf"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if strings.IndexByte(string(dst[start:]), '.') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}

// appendQuoted appends Python's repr of a string.
func appendQuoted(m *Meter, dst []byte, s string) ([]byte, error) {
	if err := m.Grow(len(s) + 2); err != nil {
		return nil, err
	}
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	dst = append(dst, quote)
	for _, r := range s {
		dst = appendEscaped(dst, r, rune(quote))
	}
	return append(dst, quote), nil
}

func appendEscaped(dst []byte, r, quote rune) []byte {
	switch r {
	case '\\', quote:
		return append(dst, '\\', byte(r)) //nolint:gosec // ASCII
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	if unicode.IsPrint(r) {
		return utf8.AppendRune(dst, r)
	}
	return appendHexEscape(dst, r)
}

func appendHexEscape(dst []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	letter, width := byte('x'), 2
	switch {
	case r > 0xffff:
		letter, width = 'U', 8
	case r > 0xff:
		letter, width = 'u', 4
	}
	dst = append(dst, '\\', letter)
	for shift := 4 * (width - 1); shift >= 0; shift -= 4 {
		dst = append(dst, digits[r>>shift&15])
	}
	return dst
}
