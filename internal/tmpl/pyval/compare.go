package pyval

import (
	"cmp"
	"math"
	"math/big"
	"strings"
)

// Equal reports Python's a == b.
func Equal(m *Meter, a, b Value) (bool, error) {
	switch a.(type) {
	case nil:
		return b == nil, nil
	case *Undef:
		_, ok := b.(*Undef)
		return ok, nil
	}
	if x, ok := Text(a); ok {
		y, ok := Text(b)
		if !ok || len(x) != len(y) {
			return false, nil
		}
		return x == y, m.Work(len(x))
	}
	if IsNumber(a) {
		return IsNumber(b) && compareNumbers(a, b) == 0, nil
	}
	if a == b {
		return true, nil
	}
	if err := m.nest(); err != nil {
		return false, err
	}
	defer m.unnest()
	return equalContainers(m, a, b)
}

func equalContainers(m *Meter, a, b Value) (bool, error) {
	switch x := a.(type) {
	case *List:
		if y, ok := b.(*List); ok {
			return equalItems(m, x.Items, y.Items)
		}
	case *Tuple:
		if y, ok := b.(*Tuple); ok {
			return equalItems(m, x.Items, y.Items)
		}
	case *Dict:
		if y, ok := b.(*Dict); ok {
			return equalDicts(m, x, y)
		}
	case *Range:
		if y, ok := b.(*Range); ok {
			return equalRanges(x, y), nil
		}
	}
	return false, nil
}

func equalRanges(x, y *Range) bool {
	n := x.Len()
	return n == y.Len() && (n == 0 || x.Start == y.Start && (n == 1 || x.Step == y.Step))
}

func equalItems(m *Meter, x, y []Value) (bool, error) {
	if len(x) != len(y) {
		return false, nil
	}
	for i := range x {
		if err := m.Step(); err != nil {
			return false, err
		}
		if eq, err := Equal(m, x[i], y[i]); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

func equalDicts(m *Meter, x, y *Dict) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	for _, e := range x.entries {
		if err := m.Step(); err != nil {
			return false, err
		}
		i := y.find(e.hash)
		if i < 0 {
			return false, nil
		}
		if eq, err := Equal(m, e.Val, y.entries[i].Val); !eq || err != nil {
			return false, err
		}
	}
	return true, nil
}

// unordered is the result of comparing NaN with anything.
const unordered = 2

// compareNumbers returns -1, 0, 1 or unordered.
func compareNumbers(a, b Value) int {
	if x, ok := Int(a); ok {
		if y, ok := Int(b); ok {
			return cmp.Compare(x, y)
		}
	}
	fa, isA := a.(float64)
	fb, isB := b.(float64)
	if isA && math.IsNaN(fa) || isB && math.IsNaN(fb) {
		return unordered
	}
	if isA && isB {
		return cmp.Compare(fa, fb)
	}
	return exact(a).Cmp(exact(b))
}

// exact returns a number other than NaN without loss.
func exact(v Value) *big.Float {
	if f, ok := v.(float64); ok {
		return new(big.Float).SetFloat64(f)
	}
	z, _ := bigOf(v)
	return new(big.Float).SetInt(z)
}

// Relation is an ordering operator.
type Relation uint8

// The ordering operators.
const (
	Less Relation = iota
	LessEqual
	Greater
	GreaterEqual
)

func (r Relation) String() string { return [...]string{"<", "<=", ">", ">="}[r] }

func (r Relation) holds(c int) bool {
	switch r {
	case Less:
		return c == -1
	case LessEqual:
		return c == -1 || c == 0
	case Greater:
		return c == 1
	case GreaterEqual:
		return c == 1 || c == 0
	}
	return false
}

// Order reports Python's a r b for an ordering operator r. It fails for types that have no order.
func Order(m *Meter, r Relation, a, b Value) (bool, error) {
	if IsNumber(a) && IsNumber(b) {
		return r.holds(compareNumbers(a, b)), nil
	}
	if x, ok := Text(a); ok {
		if y, ok := Text(b); ok {
			return r.holds(strings.Compare(x, y)), m.Work(min(len(x), len(y)))
		}
	}
	for _, v := range []Value{a, b} {
		if u, ok := v.(*Undef); ok {
			return false, u.Err()
		}
	}
	if x, y, ok := sameSequences(a, b); ok {
		return orderItems(m, r, x, y)
	}
	return false, typeErrorf("'%s' not supported between instances of '%s' and '%s'", r, TypeName(a), TypeName(b))
}

func sameSequences(a, b Value) (x, y []Value, ok bool) {
	switch a := a.(type) {
	case *List:
		if b, ok := b.(*List); ok {
			return a.Items, b.Items, true
		}
	case *Tuple:
		if b, ok := b.(*Tuple); ok {
			return a.Items, b.Items, true
		}
	}
	return nil, nil, false
}

func orderItems(m *Meter, r Relation, x, y []Value) (bool, error) {
	if err := m.nest(); err != nil {
		return false, err
	}
	defer m.unnest()
	for i := range min(len(x), len(y)) {
		if err := m.Step(); err != nil {
			return false, err
		}
		eq, err := Equal(m, x[i], y[i])
		if err != nil {
			return false, err
		}
		if !eq {
			return Order(m, r, x[i], y[i])
		}
	}
	return r.holds(cmp.Compare(len(x), len(y))), nil
}

// Contains reports Python's `item in in`.
func Contains(m *Meter, in, item Value) (bool, error) {
	if s, ok := Text(in); ok {
		sub, ok := Text(item)
		if !ok {
			return false, typeErrorf("'in <string>' requires string as left operand, not %s", TypeName(item))
		}
		return strings.Contains(s, sub), m.Work(len(s) + len(sub))
	}
	switch c := in.(type) {
	case *Dict:
		_, ok, err := c.Get(m, item)
		return ok, err
	case *View:
		if c.Part == Keys {
			_, ok, err := c.Of.Get(m, item)
			return ok, err
		}
	case *Range:
		n, ok := Int(item)
		return ok && c.holds(n), nil
	}
	if !Iterable(in) {
		return false, typeErrorf("argument of type '%s' is not iterable", TypeName(in))
	}
	items, err := Collect(m, in)
	if err != nil {
		return false, err
	}
	return containsItem(m, items, item)
}

func (r *Range) holds(n int64) bool {
	if r.Len() == 0 || n < min(r.Start, r.at(r.Len()-1)) || n > max(r.Start, r.at(r.Len()-1)) {
		return false
	}
	return (n-r.Start)%r.Step == 0
}

func containsItem(m *Meter, items []Value, item Value) (bool, error) {
	for _, v := range items {
		if err := m.Step(); err != nil {
			return false, err
		}
		if eq, err := Equal(m, v, item); eq || err != nil {
			return eq, err
		}
	}
	return false, nil
}
