package pyval

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxPrecision bounds the digits of a formatted number.
const maxPrecision = 1000

// spec is a parsed format specification, in printf style or of str.format.
type spec struct {
	fill  string
	align byte // '<', '>', '^', '=' or 0
	sign  byte // '+', ' ', '-' or 0
	alt   bool
	group byte // ',' or '_' or 0
	width int64
	prec  int64 // -1 for none
	kind  byte  // 0 for none
}

// parseSpec reads the format specification of str.format.
func parseSpec(s string) (spec, error) {
	f := spec{fill: " ", prec: -1}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case size > 0 && len(s) > size && strings.IndexByte("<>=^", s[size]) >= 0:
		f.fill, f.align, s = string(r), s[size], s[size+1:]
	case s != "" && strings.IndexByte("<>=^", s[0]) >= 0:
		f.align, s = s[0], s[1:]
	}
	if s != "" && strings.IndexByte("+- ", s[0]) >= 0 {
		f.sign, s = s[0], s[1:]
	}
	if strings.HasPrefix(s, "#") {
		f.alt, s = true, s[1:]
	}
	if strings.HasPrefix(s, "0") && f.align == 0 {
		f.fill, f.align = "0", '='
	}
	return f, f.parseSize(s)
}

func (f *spec) parseSize(s string) error {
	var err error
	if f.width, s, err = leadingInt(s); err != nil {
		return err
	}
	f.width = max(f.width, 0)
	if s != "" && (s[0] == ',' || s[0] == '_') {
		f.group, s = s[0], s[1:]
	}
	if strings.HasPrefix(s, ".") {
		if f.prec, s, err = leadingInt(s[1:]); err != nil {
			return err
		}
		if f.prec < 0 {
			return valueErrorf("format specifier missing precision")
		}
	}
	if len(s) > 1 {
		return valueErrorf("invalid format specifier")
	}
	if s != "" {
		f.kind = s[0]
	}
	return nil
}

// leadingInt reads the digits at the beginning of s. It returns -1 if there are none.
func leadingInt(s string) (int64, string, error) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	if i == 0 {
		return -1, s, nil
	}
	n, err := strconv.ParseInt(s[:i], 10, 32)
	if err != nil {
		return 0, "", Errorf(Limit, "a width or precision is too large")
	}
	return n, s[i:], nil
}

// formatText formats a string.
func (f *spec) formatText(m *Meter, s string) (string, error) {
	if f.prec >= 0 && f.prec < int64(runeCount(s)) {
		s = substring(s, 0, f.prec)
	}
	align := f.align
	if align == 0 || align == '=' {
		align = '<'
	}
	return Pad(m, s, f.width, f.fill, align)
}

// formatNumber formats a number from its sign, prefix and digits. digits may include a fraction or an exponent.
func (f *spec) formatNumber(m *Meter, negative bool, prefix, digits string) (string, error) {
	sign := ""
	switch {
	case negative:
		sign = "-"
	case f.sign == '+' || f.sign == ' ':
		sign = string(f.sign)
	}
	head := sign + prefix
	if f.align == '=' {
		body, err := f.grouped(m, digits, f.width-int64(len(head)))
		if err != nil {
			return "", err
		}
		body, err = Pad(m, body, f.width-int64(len(head)), f.fill, '>')
		return head + body, err
	}
	body, err := f.grouped(m, digits, 0)
	if err != nil {
		return "", err
	}
	align := f.align
	if align == 0 {
		align = '>'
	}
	return Pad(m, head+body, f.width, f.fill, align)
}

// grouped inserts the thousands separator into digits. If the fill is zero, it first pads digits with zeros to width.
func (f *spec) grouped(m *Meter, digits string, width int64) (string, error) {
	if f.group == 0 {
		return digits, nil
	}
	end := strings.IndexAny(digits, ".e")
	if end < 0 || strings.IndexByte("xX", f.kind) >= 0 {
		end = len(digits)
	}
	whole, rest := digits[:end], digits[end:]
	size := 3
	if f.group == '_' && strings.IndexByte("boxX", f.kind) >= 0 && f.kind != 0 {
		size = 4
	}
	if f.fill == "0" && width > 0 {
		room := width - int64(len(rest))
		zeros := room - room/int64(size+1)
		if zeros+(zeros-1)/int64(size) < room {
			zeros++
		}
		padded, err := Pad(m, whole, zeros, "0", '>')
		if err != nil {
			return "", err
		}
		whole = padded
	}
	if err := m.Grow(2 * len(whole)); err != nil {
		return "", err
	}
	var b strings.Builder
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%size == 0 {
			b.WriteByte(f.group)
		}
		b.WriteByte(c)
	}
	return b.String() + rest, nil
}

func (f *spec) formatInt(m *Meter, z *big.Int) (string, error) {
	base, prefix := 10, ""
	switch f.kind {
	case 'b':
		base, prefix = 2, "0b"
	case 'o':
		base, prefix = 8, "0o"
	case 'x', 'X':
		base, prefix = 16, "0"+string(f.kind)
	}
	if !f.alt {
		prefix = ""
	}
	if err := m.Grow(z.BitLen()); err != nil {
		return "", err
	}
	digits := new(big.Int).Abs(z).Text(base)
	if f.kind == 'X' {
		digits = strings.ToUpper(digits)
	}
	return f.formatNumber(m, z.Sign() < 0, prefix, digits)
}

// formatFloat formats v with one of the kinds e, E, f, F, g, G, %.
func (f *spec) formatFloat(m *Meter, v float64) (string, error) {
	kind, suffix, prec := f.kind|0x20, "", f.prec
	if f.kind == '%' {
		kind, suffix, v = 'f', "%", v*100
	}
	if prec < 0 {
		prec = 6
	}
	if prec > maxPrecision {
		return "", Errorf(Limit, "a precision is too large")
	}
	var digits string
	switch {
	case math.IsInf(v, 0):
		digits = "inf"
	case math.IsNaN(v):
		digits = "nan"
	default:
		digits = strconv.FormatFloat(math.Abs(v), kind, int(prec), 64)
	}
	if f.alt && prec == 0 && kind == 'f' {
		digits += "."
	}
	if 'A' <= f.kind && f.kind <= 'Z' {
		digits = strings.ToUpper(digits)
	}
	return f.formatNumber(m, math.Signbit(v) && !math.IsNaN(v), "", digits+suffix)
}
