package pyval

import (
	"math/big"
	"strings"
	"unicode"
)

// printf is one evaluation of format % args.
type printf struct {
	m       *Meter
	args    []Value
	next    int
	mapping *Dict
	out     []byte
}

// Printf returns Python's format % args.
func Printf(m *Meter, format string, args Value) (string, error) {
	if err := m.Grow(len(format)); err != nil {
		return "", err
	}
	p := &printf{m: m, args: []Value{args}}
	open := false // arguments may remain unused
	switch a := args.(type) {
	case *Tuple:
		p.args = a.Items
	case *Dict:
		p.mapping, open = a, true
	case *List:
		open = true
	}
	for format != "" {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			p.out = append(p.out, format...)
			break
		}
		p.out = append(p.out, format[:i]...)
		rest, err := p.directive(format[i+1:])
		if err != nil {
			return "", err
		}
		format = rest
	}
	if p.next < len(p.args) && !open {
		return "", typeErrorf("not all arguments converted during string formatting")
	}
	return string(p.out), nil
}

// directive formats the directive after a percent sign and returns the rest of the format.
func (p *printf) directive(s string) (string, error) {
	if err := p.m.Step(); err != nil {
		return "", err
	}
	var key Value
	if strings.HasPrefix(s, "(") {
		name, rest, err := mappingKey(s[1:])
		if err != nil {
			return "", err
		}
		if p.mapping == nil {
			return "", typeErrorf("format requires a mapping")
		}
		v, ok := p.mapping.GetName(name)
		if !ok {
			return "", valueErrorf("the format names a key that is not in the mapping")
		}
		key, s = v, rest
		p.args, p.next = []Value{key}, 0
	}
	f, s, err := p.parse(s)
	if err != nil {
		return "", err
	}
	if s == "" {
		return "", valueErrorf("incomplete format")
	}
	if s[0] == '%' {
		p.out = append(p.out, '%')
		return s[1:], nil
	}
	f.kind = s[0]
	v, err := p.arg()
	if err != nil {
		return "", err
	}
	text, err := p.convert(&f, v)
	if err != nil {
		return "", err
	}
	p.out = append(p.out, text...)
	return s[1:], p.m.Grow(2 * len(text))
}

// mappingKey reads up to the parenthesis that closes the key.
func mappingKey(s string) (key, rest string, err error) {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[:i], s[i+1:], nil
			}
		}
	}
	return "", "", valueErrorf("incomplete format key")
}

func (p *printf) arg() (Value, error) {
	if p.next >= len(p.args) {
		return nil, typeErrorf("not enough arguments for format string")
	}
	p.next++
	return p.args[p.next-1], nil
}

// parse reads flags, width, precision and length modifier.
func (p *printf) parse(s string) (spec, string, error) {
	f := spec{fill: " ", prec: -1}
	left, zero := false, false
	for s != "" && strings.IndexByte("-+ #0", s[0]) >= 0 {
		switch s[0] {
		case '-':
			left = true
		case '0':
			zero = true
		case '#':
			f.alt = true
		case '+':
			f.sign = '+'
		case ' ':
			if f.sign == 0 {
				f.sign = ' '
			}
		}
		s = s[1:]
	}
	width, s, err := p.size(s)
	if err != nil {
		return f, s, err
	}
	left = left || width < 0 && width != -1
	f.width = max(width, -width)
	if width == -1 {
		f.width = 0
	}
	if strings.HasPrefix(s, ".") {
		if f.prec, s, err = p.size(s[1:]); err != nil {
			return f, s, err
		}
		f.prec = max(f.prec, 0)
	}
	switch {
	case left:
		f.align = '<'
	case zero:
		f.fill, f.align = "0", '='
	}
	if s != "" && strings.IndexByte("hlL", s[0]) >= 0 {
		s = s[1:] // a length modifier has no meaning
	}
	return f, s, nil
}

// size reads a number, or takes an argument for a star. It returns -1 if there is neither.
func (p *printf) size(s string) (int64, string, error) {
	if !strings.HasPrefix(s, "*") {
		return leadingInt(s)
	}
	v, err := p.arg()
	if err != nil {
		return 0, "", err
	}
	n, err := intArg(v)
	if err == nil && (n > 1<<31 || n < -1<<31) {
		err = Errorf(Limit, "a width or precision is too large")
	}
	return n, s[1:], err
}

func (p *printf) convert(f *spec, v Value) (string, error) {
	switch f.kind {
	case 's':
		return p.text(f, v, Str)
	case 'r':
		return p.text(f, v, Repr)
	case 'a':
		return p.text(f, v, ascii)
	case 'c':
		return p.char(f, v)
	case 'd', 'i', 'u', 'x', 'X', 'o':
		return p.integer(f, v)
	case 'e', 'E', 'f', 'F', 'g', 'G':
		if u, ok := v.(*Undef); ok {
			return "", u.Err()
		}
		x, err := floatOf(v)
		if err != nil {
			return "", err
		}
		return f.formatFloat(p.m, x)
	}
	return "", valueErrorf("unsupported format character")
}

func (p *printf) text(f *spec, v Value, print func(*Meter, Value) (string, error)) (string, error) {
	s, err := print(p.m, v)
	if err != nil {
		return "", err
	}
	g := *f
	g.fill = " "
	if g.align != '<' {
		g.align = '>'
	}
	if err := p.m.Grow(len(s)); err != nil {
		return "", err
	}
	return g.formatText(p.m, s)
}

// ascii returns Python's ascii(v).
func ascii(m *Meter, v Value) (string, error) {
	s, err := Repr(m, v)
	if err != nil || isASCII(s) {
		return s, err
	}
	if err := m.Grow(6 * len(s)); err != nil {
		return "", err
	}
	var out []byte
	for _, r := range s {
		if r <= unicode.MaxASCII {
			out = append(out, byte(r)) //nolint:gosec // ASCII
		} else {
			out = appendHexEscape(out, r)
		}
	}
	return string(out), nil
}

func (p *printf) char(f *spec, v Value) (string, error) {
	if s, ok := Text(v); ok && runeCount(s) == 1 {
		return p.text(f, s, Str)
	}
	n, err := intArg(v)
	if err != nil {
		return "", typeErrorf("%%c requires int or char")
	}
	if n < 0 || n > unicode.MaxRune {
		return "", valueErrorf("%%c arg not in range")
	}
	return p.text(f, string(rune(n)), Str)
}

func (p *printf) integer(f *spec, v Value) (string, error) {
	if x, ok := v.(float64); ok && strings.IndexByte("diu", f.kind) >= 0 {
		t, err := truncate(x)
		if err != nil {
			return "", err
		}
		v = t
	}
	if u, ok := v.(*Undef); ok {
		return "", u.Err()
	}
	z, ok := bigOf(v)
	if !ok {
		return "", typeErrorf("%%%c format: a real number is required, not %s", f.kind, TypeName(v))
	}
	g := *f
	if g.prec >= 0 {
		digits := new(big.Int).Abs(z).String()
		padded, err := Pad(p.m, digits, g.prec, "0", '>')
		if err != nil {
			return "", err
		}
		return g.formatNumber(p.m, z.Sign() < 0, "", padded)
	}
	return g.formatInt(p.m, z)
}
