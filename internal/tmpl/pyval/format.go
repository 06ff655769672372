package pyval

import (
	"math/big"
	"strconv"
	"strings"
)

// formatter is one call of str.format.
type formatter struct {
	m      *Meter
	args   Args
	auto   int  // number of the next automatic field
	manual bool // a field had a number of its own
	safe   bool // escape inserted values
}

func formatMethod(m *Meter, recv Value, a Args) (Value, error) {
	s, _ := Text(recv)
	_, safe := recv.(Markup)
	f := &formatter{m: m, args: a, safe: safe}
	out, err := f.run(s, 2)
	return like(recv, out), err
}

// run formats s. Fields may contain fields, up to depth levels deep.
func (f *formatter) run(s string, depth int) (string, error) {
	if depth == 0 {
		return "", valueErrorf("max string recursion exceeded")
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			i = len(s)
		}
		if err := f.m.Grow(i + 2); err != nil {
			return "", err
		}
		b.WriteString(s[:i])
		if i == len(s) {
			break
		}
		if i+1 < len(s) && s[i+1] == s[i] {
			b.WriteByte(s[i])
			s = s[i+2:]
			continue
		}
		if s[i] == '}' {
			return "", valueErrorf("single '}' encountered in format string")
		}
		field, rest, err := cutField(s[i+1:])
		if err != nil {
			return "", err
		}
		text, err := f.field(field, depth)
		if err != nil {
			return "", err
		}
		if err := f.m.Grow(len(text)); err != nil {
			return "", err
		}
		b.WriteString(text)
		s = rest
	}
	return b.String(), nil
}

// cutField splits s after the brace that closes a field.
func cutField(s string) (field, rest string, err error) {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[:i], s[i+1:], nil
			}
		}
	}
	return "", "", valueErrorf("expected '}' before end of string")
}

func (f *formatter) field(field string, depth int) (string, error) {
	if err := f.m.Step(); err != nil {
		return "", err
	}
	name, conv, layout, err := splitField(field)
	if err != nil {
		return "", err
	}
	v, err := f.lookup(name)
	if err != nil {
		return "", err
	}
	if v, err = f.convert(v, conv); err != nil {
		return "", err
	}
	if strings.ContainsAny(layout, "{}") {
		if layout, err = f.run(layout, depth-1); err != nil {
			return "", err
		}
	}
	if f.safe && !IsNumber(v) {
		if v, err = Escape(f.m, v); err != nil {
			return "", err
		}
	}
	return Format(f.m, v, layout)
}

// splitField splits name!conversion:layout.
func splitField(field string) (name string, conv byte, layout string, err error) {
	end := len(field)
	bracket := false
	for i := range len(field) {
		if field[i] == '[' {
			bracket = true
		}
		if field[i] == ']' {
			bracket = false
		}
		if !bracket && (field[i] == '!' || field[i] == ':') {
			end = i
			break
		}
	}
	name, rest := field[:end], field[end:]
	if strings.HasPrefix(rest, "!") {
		if len(rest) < 2 || len(rest) > 2 && rest[2] != ':' {
			return "", 0, "", valueErrorf("expected ':' after conversion specifier")
		}
		conv, rest = rest[1], rest[2:]
	}
	return name, conv, strings.TrimPrefix(rest, ":"), nil
}

func (f *formatter) convert(v Value, conv byte) (Value, error) {
	switch conv {
	case 0:
		return v, nil
	case 's':
		return Str(f.m, v)
	case 'r':
		return Repr(f.m, v)
	case 'a':
		return ascii(f.m, v)
	}
	return nil, valueErrorf("unknown conversion specifier")
}

// lookup resolves a field name such as `0.name[key]`.
func (f *formatter) lookup(name string) (Value, error) {
	end := strings.IndexAny(name, ".[")
	if end < 0 {
		end = len(name)
	}
	v, err := f.argument(name[:end])
	path := name[end:]
	for err == nil && path != "" {
		if err := f.m.Step(); err != nil {
			return nil, err
		}
		v, path, err = f.walk(v, path)
	}
	return v, err
}

func (f *formatter) argument(name string) (Value, error) {
	i := f.auto
	if name == "" {
		if f.manual {
			return nil, valueErrorf("cannot switch from manual field specification to automatic field numbering")
		}
		f.auto++
	} else {
		n, err := strconv.ParseUint(name, 10, 31)
		if err != nil {
			return f.named(name)
		}
		if f.auto > 0 {
			return nil, valueErrorf("cannot switch from automatic field numbering to manual field specification")
		}
		f.manual = true
		i = int(n)
	}
	if i >= len(f.args.Pos) {
		return nil, valueErrorf("the format has more fields than arguments")
	}
	return f.args.Pos[i], nil
}

func (f *formatter) named(name string) (Value, error) {
	v, ok := f.args.Lookup(name)
	if !ok {
		return nil, valueErrorf("the format names an argument that is not given")
	}
	return v, nil
}

// walk follows one `.name` or `[key]`.
func (f *formatter) walk(v Value, path string) (Value, string, error) {
	if path[0] == '.' {
		end := strings.IndexAny(path[1:], ".[") + 1
		if end == 0 {
			end = len(path)
		}
		attr, err := formatAttr(v, path[1:end])
		return attr, path[end:], err
	}
	end := strings.IndexByte(path, ']')
	if path[0] != '[' || end < 0 {
		return nil, "", valueErrorf("malformed field name in format string")
	}
	var key Value = path[1:end]
	if n, err := strconv.ParseUint(path[1:end], 10, 31); err == nil {
		key = int64(n)
	}
	item, ok, err := Item(f.m, v, key)
	if err == nil && !ok {
		err = valueErrorf("the format names an item that doesn't exist")
	}
	return item, path[end+1:], err
}

// formatAttr returns the attribute of a value in a format field. It does not find methods, because they cannot be formatted.
func formatAttr(v Value, name string) (Value, error) {
	switch o := v.(type) {
	case *Undef:
		return nil, o.Err()
	case Object:
		if attr, ok := o.Attr(name); ok {
			return attr, nil
		}
	case *Tuple:
		for i, n := range o.Names {
			if n == name {
				return o.Items[i], nil
			}
		}
	}
	return nil, typeErrorf("'%s' object has no attribute '%s'", TypeName(v), name)
}

// Format returns Python's format(v, layout).
func Format(m *Meter, v Value, layout string) (string, error) {
	if layout == "" {
		return Str(m, v)
	}
	f, err := parseSpec(layout)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case float64:
		return f.float(m, v)
	case bool, int64, *big.Int:
		return f.integer(m, v)
	}
	s, ok := Text(v)
	if !ok {
		return "", typeErrorf("unsupported format string passed to %s.__format__", TypeName(v))
	}
	if f.kind != 0 && f.kind != 's' || f.sign != 0 || f.group != 0 || f.align == '=' && f.fill != "0" {
		return "", valueErrorf("invalid format specifier for a str")
	}
	return f.formatText(m, s)
}

func (f *spec) integer(m *Meter, v Value) (string, error) {
	z, _ := bigOf(v)
	switch f.kind {
	case 0, 'd', 'n', 'b', 'o', 'x', 'X':
		if f.prec >= 0 {
			return "", valueErrorf("precision not allowed in integer format specifier")
		}
		return f.formatInt(m, z)
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		x, err := floatOf(v)
		if err != nil {
			return "", err
		}
		return f.formatFloat(m, x)
	case 'c':
		if !z.IsInt64() || z.Int64() < 0 || z.Int64() > 0x10ffff {
			return "", valueErrorf("%%c arg not in range")
		}
		return f.formatText(m, string(rune(z.Int64()))) //nolint:gosec // in range
	}
	return "", valueErrorf("unknown format code for an int")
}

func (f *spec) float(m *Meter, v float64) (string, error) {
	switch f.kind {
	case 'e', 'E', 'f', 'F', 'g', 'G', '%':
		return f.formatFloat(m, v)
	case 'n':
		g := *f
		g.kind = 'g'
		return g.formatFloat(m, v)
	case 0:
	default:
		return "", valueErrorf("unknown format code for a float")
	}
	digits := string(appendFloat(nil, v))
	if f.prec >= 0 {
		digits = strconv.FormatFloat(v, 'g', int(min(max(f.prec, 1), maxPrecision)), 64)
		if !strings.ContainsAny(digits, ".en") {
			digits += ".0"
		}
	}
	negative := strings.HasPrefix(digits, "-")
	return f.formatNumber(m, negative, "", strings.TrimPrefix(digits, "-"))
}
