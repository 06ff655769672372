package pyval

import (
	"math"
	"math/big"
	"math/bits"
)

// Op is an arithmetic operator.
type Op uint8

// The arithmetic operators.
const (
	Add Op = iota
	Sub
	Mul
	Div
	FloorDiv
	Mod
	Pow
)

func (op Op) String() string {
	return [...]string{"+", "-", "*", "/", "//", "%", "** or pow()"}[op]
}

// Arith returns Python's a op b.
func Arith(m *Meter, op Op, a, b Value) (Value, error) {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return arithInt(op, x, y)
		}
	}
	if u, ok := a.(*Undef); ok {
		return nil, u.Err()
	}
	if u, ok := b.(*Undef); ok && !isFormat(op, a) {
		return nil, u.Err()
	}
	if IsNumber(a) && IsNumber(b) {
		return arithNumber(op, a, b)
	}
	return arithSequence(m, op, a, b)
}

func isFormat(op Op, a Value) bool {
	_, ok := Text(a)
	return ok && op == Mod
}

func arithNumber(op Op, a, b Value) (Value, error) {
	_, isFloat := a.(float64)
	if _, ok := b.(float64); ok || isFloat {
		x, err := floatOf(a)
		if err != nil {
			return nil, err
		}
		y, err := floatOf(b)
		if err != nil {
			return nil, err
		}
		return arithFloat(op, x, y)
	}
	if x, ok := Int(a); ok {
		if y, ok := Int(b); ok {
			return arithInt(op, x, y)
		}
	}
	x, _ := bigOf(a)
	y, _ := bigOf(b)
	return arithBig(op, x, y)
}

func arithInt(op Op, x, y int64) (Value, error) {
	switch op {
	case Add:
		if z := x + y; (z > x) == (y > 0) {
			return z, nil
		}
	case Sub:
		if z := x - y; (z < x) == (y > 0) {
			return z, nil
		}
	case Mul:
		if z, ok := mulInt(x, y); ok {
			return z, nil
		}
	case Div:
		if y != 0 && max(x, -x, y, -y) <= 1<<53 && x != math.MinInt64 && y != math.MinInt64 {
			return float64(x) / float64(y), nil
		}
	case FloorDiv:
		if y > 0 {
			return floorDiv(x, y), nil
		}
	case Mod:
		if y > 0 {
			return floorMod(x, y), nil
		}
	case Pow:
	}
	return arithBig(op, big.NewInt(x), big.NewInt(y))
}

func mulInt(x, y int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(max(x, -x)), uint64(max(y, -y))) //nolint:gosec // absolute values
	if hi != 0 || lo > math.MaxInt64 || x == math.MinInt64 || y == math.MinInt64 {
		return 0, false
	}
	return x * y, true
}

// floorDiv rounds down. y must be positive.
func floorDiv(x, y int64) int64 {
	q := x / y
	if x%y < 0 {
		q--
	}
	return q
}

// floorMod is never negative. y must be positive.
func floorMod(x, y int64) int64 {
	r := x % y
	if r < 0 {
		r += y
	}
	return r
}

func arithBig(op Op, x, y *big.Int) (Value, error) {
	z := new(big.Int)
	switch op {
	case Add:
		return normal(z.Add(x, y))
	case Sub:
		return normal(z.Sub(x, y))
	case Mul:
		return normal(z.Mul(x, y))
	case Pow:
		return powBig(x, y)
	case Div, FloorDiv, Mod:
	}
	if y.Sign() == 0 {
		return nil, zeroDivision(op)
	}
	if op == Div {
		f, _ := new(big.Rat).SetFrac(x, y).Float64()
		if math.IsInf(f, 0) {
			return nil, valueErrorf("integer division result too large for a float")
		}
		return f, nil
	}
	q, r := z.QuoRem(x, y, new(big.Int))
	if r.Sign() != 0 && (r.Sign() < 0) != (y.Sign() < 0) {
		q.Sub(q, big.NewInt(1))
		r.Add(r, y)
	}
	if op == Mod {
		return normal(r)
	}
	return normal(q)
}

func zeroDivision(op Op) error {
	if op == Mod {
		return valueErrorf("modulo by zero")
	}
	return valueErrorf("division by zero")
}

func powBig(x, y *big.Int) (Value, error) {
	if y.Sign() < 0 {
		a, err := floatOf(x)
		if err != nil {
			return nil, err
		}
		b, err := floatOf(y)
		if err != nil {
			return nil, err
		}
		return powFloat(a, b)
	}
	if x.BitLen() <= 1 { // x is -1, 0 or 1
		if y.Sign() == 0 || x.Sign() != 0 && y.Bit(0) == 0 {
			return int64(1), nil
		}
		return x.Int64(), nil
	}
	if !y.IsInt64() || y.Int64() > maxIntBits || int64(x.BitLen()-1)*y.Int64() > maxIntBits {
		return nil, errBigInt
	}
	return normal(new(big.Int).Exp(x, y, nil))
}

func powFloat(x, y float64) (Value, error) {
	if x == 0 && y < 0 {
		return nil, valueErrorf("0.0 cannot be raised to a negative power")
	}
	if x < 0 && y != math.Trunc(y) && !math.IsInf(y, 0) {
		return nil, Errorf(Unsupported, "the result is a complex number, which templates don't have")
	}
	z := math.Pow(x, y)
	if math.IsInf(z, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, valueErrorf("numerical result out of range")
	}
	return z, nil
}

func arithFloat(op Op, x, y float64) (Value, error) {
	switch op {
	case Add:
		return x + y, nil
	case Sub:
		return x - y, nil
	case Mul:
		return x * y, nil
	case Pow:
		return powFloat(x, y)
	case Div, FloorDiv, Mod:
	}
	if y == 0 {
		return nil, zeroDivision(op)
	}
	if op == Div {
		return x / y, nil
	}
	q, r := divmodFloat(x, y)
	if op == Mod {
		return r, nil
	}
	return q, nil
}

// divmodFloat is Python's divmod for floats: the remainder has the sign of y.
func divmodFloat(x, y float64) (quo, rem float64) {
	rem = math.Mod(x, y)
	div := (x - rem) / y
	if rem == 0 {
		rem = math.Copysign(0, y)
	} else if (y < 0) != (rem < 0) {
		rem += y
		div--
	}
	if div == 0 {
		return math.Copysign(0, x/y), rem
	}
	quo = math.Floor(div)
	if div-quo > 0.5 {
		quo++
	}
	return quo, rem
}

// Negate returns Python's -v.
func Negate(v Value) (Value, error) {
	switch v := v.(type) {
	case float64:
		return -v, nil
	case *Undef:
		return nil, v.Err()
	}
	z, ok := bigOf(v)
	if !ok {
		return nil, typeErrorf("bad operand type for unary -: '%s'", TypeName(v))
	}
	return normal(new(big.Int).Neg(z))
}

// Positive returns Python's +v.
func Positive(v Value) (Value, error) {
	switch v := v.(type) {
	case bool:
		n, _ := Int(v)
		return n, nil
	case *Undef:
		return nil, v.Err()
	}
	if !IsNumber(v) {
		return nil, typeErrorf("bad operand type for unary +: '%s'", TypeName(v))
	}
	return v, nil
}

// Abs returns Python's abs(v).
func Abs(v Value) (Value, error) {
	switch v := v.(type) {
	case float64:
		return math.Abs(v), nil
	case *Undef:
		return nil, v.Err()
	}
	z, ok := bigOf(v)
	if !ok {
		return nil, typeErrorf("bad operand type for abs(): '%s'", TypeName(v))
	}
	return normal(new(big.Int).Abs(z))
}
