package pyval

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// normal returns z as an int64 if it fits. It fails for integers of more than maxIntBits.
func normal(z *big.Int) (Value, error) {
	if z.IsInt64() {
		return z.Int64(), nil
	}
	if z.BitLen() > maxIntBits {
		return nil, errBigInt
	}
	return z, nil
}

var errBigInt = &Error{Kind: Limit, Msg: "an integer is too large"}

// bigOf returns an integer or bool as a big.Int, which must not be changed.
func bigOf(v Value) (*big.Int, bool) {
	if z, ok := v.(*big.Int); ok {
		return z, true
	}
	if n, ok := Int(v); ok {
		return big.NewInt(n), true
	}
	return nil, false
}

// floatOf returns any number as a float64. It fails for an integer that is too large for one.
func floatOf(v Value) (float64, error) {
	if f, ok := v.(float64); ok {
		return f, nil
	}
	if n, ok := Int(v); ok {
		return float64(n), nil
	}
	z, ok := v.(*big.Int)
	if !ok {
		return 0, typeErrorf("must be a real number, not %s", TypeName(v))
	}
	f, _ := new(big.Float).SetInt(z).Float64()
	if math.IsInf(f, 0) {
		return 0, valueErrorf("int too large to convert to float")
	}
	return f, nil
}

// ToFloat returns Python's float(v) for numbers and strings.
func ToFloat(m *Meter, v Value) (float64, error) {
	if u, ok := v.(*Undef); ok {
		return 0, u.Err()
	}
	s, ok := Text(v)
	if !ok {
		return floatOf(v)
	}
	if err := m.Work(len(s)); err != nil {
		return 0, err
	}
	if f, ok := parseFloat(s); ok {
		return f, nil
	}
	return 0, valueErrorf("could not convert string to float")
}

func parseFloat(s string) (float64, bool) {
	s = strings.ToLower(strings.TrimFunc(s, IsSpace))
	digits, ok := dropUnderscores(s)
	if !ok || strings.ContainsAny(digits, "xp") {
		return 0, false
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// dropUnderscores removes the underscores between digits. It reports false for any other underscore.
func dropUnderscores(s string) (string, bool) {
	if strings.IndexByte(s, '_') < 0 {
		return s, true
	}
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !isAlnum(s[i-1]) || !isAlnum(s[i+1])) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// ToInt returns Python's int(v) for numbers, and int(v, base) for strings.
func ToInt(m *Meter, v Value, base int) (Value, error) {
	if u, ok := v.(*Undef); ok {
		return nil, u.Err()
	}
	if s, ok := Text(v); ok {
		return parseInt(m, s, base)
	}
	switch v := v.(type) {
	case bool:
		n, _ := Int(v)
		return n, nil
	case int64, *big.Int:
		return v, nil
	case float64:
		return truncate(v)
	}
	return nil, typeErrorf("int() argument must be a string or a real number, not '%s'", TypeName(v))
}

func truncate(f float64) (Value, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, valueErrorf("cannot convert float infinity or NaN to integer")
	}
	if math.Abs(f) < 1<<62 {
		return int64(f), nil
	}
	z, _ := big.NewFloat(f).Int(nil)
	return normal(z)
}

func parseInt(m *Meter, s string, base int) (Value, error) {
	bad := valueErrorf("invalid literal for int()")
	if base != 0 && (base < 2 || base > 36) {
		return nil, valueErrorf("int() base must be >= 2 and <= 36, or 0")
	}
	s = strings.ToLower(strings.TrimFunc(s, IsSpace))
	if len(s) > 4300 {
		return nil, bad
	}
	if err := m.Grow(4 * len(s)); err != nil {
		return nil, err
	}
	sign, body := "", s
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, body = strings.TrimPrefix(s[:1], "+"), s[1:]
	}
	base, body = intPrefix(base, body)
	body, ok := dropUnderscores(body)
	if !ok || body == "" || !isAlnum(body[0]) {
		return nil, bad
	}
	z, ok := new(big.Int).SetString(sign+body, base)
	if !ok {
		return nil, bad
	}
	return normal(z)
}

// intPrefix drops 0x, 0o or 0b if base is 0 or matches the prefix. It returns the base to use and the rest.
func intPrefix(base int, s string) (int, string) {
	if len(s) > 2 && s[0] == '0' {
		of := map[byte]int{'x': 16, 'o': 8, 'b': 2}[s[1]]
		if of != 0 && (base == 0 || base == of) {
			return of, strings.TrimPrefix(s[2:], "_")
		}
	}
	if base == 0 {
		base = 10
	}
	return base, s
}

// Round returns Python's round(v, digits).
func Round(v Value, digits int64) (Value, error) {
	f, ok := v.(float64)
	if !ok {
		return roundInt(v, digits)
	}
	if math.IsNaN(f) || math.IsInf(f, 0) || digits > 323 {
		return f, nil
	}
	if digits < -308 {
		return math.Copysign(0, f), nil
	}
	if digits >= 0 {
		r, err := strconv.ParseFloat(strconv.FormatFloat(f, 'f', int(digits), 64), 64)
		if err != nil {
			return nil, valueErrorf("rounded value too large to represent")
		}
		return r, nil
	}
	r, _ := new(big.Float).SetFloat64(f).Rat(nil)
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(-digits), nil)
	q := roundHalfEven(r.Num(), new(big.Int).Mul(r.Denom(), unit))
	out, _ := new(big.Float).SetInt(q.Mul(q, unit)).Float64()
	return math.Copysign(out, f), nil
}

func roundInt(v Value, digits int64) (Value, error) {
	z, ok := bigOf(v)
	if !ok {
		return nil, typeErrorf("type %s doesn't define __round__ method", TypeName(v))
	}
	if digits >= 0 {
		return normal(z)
	}
	if digits < -maxIntBits {
		return int64(0), nil
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(-digits), nil)
	q := roundHalfEven(z, unit)
	return normal(q.Mul(q, unit))
}

// roundHalfEven returns num/den rounded to the nearest integer, with ties to even. den must be positive.
func roundHalfEven(num, den *big.Int) *big.Int {
	q, r := new(big.Int).DivMod(num, den, new(big.Int))
	twice := new(big.Int).Lsh(r, 1)
	if c := twice.Cmp(den); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return q
}
