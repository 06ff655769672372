package pyval

import (
	"errors"
	"math/big"
	"strings"
	"unicode/utf8"
)

// Item returns Python's obj[key]. found is false where Python raises a LookupError or a TypeError.
func Item(m *Meter, obj, key Value) (v Value, found bool, err error) {
	switch o := obj.(type) {
	case *Dict:
		v, found, err = o.Get(m, key)
		if err != nil && errKind(err) == TypeError {
			return nil, false, nil
		}
		return v, found, err
	case *List:
		return sequenceItem(o.Items, key)
	case *Tuple:
		return sequenceItem(o.Items, key)
	case *Range:
		if i, ok := indexOf(key, o.Len()); ok {
			return o.at(i), true, nil
		}
		return nil, false, nil
	case *Undef:
		return nil, false, o.Err()
	}
	s, ok := Text(obj)
	if !ok {
		return nil, false, nil
	}
	if err := m.Work(len(s)); err != nil {
		return nil, false, err
	}
	return textItem(obj, s, key)
}

func errKind(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return 0
}

func sequenceItem(items []Value, key Value) (Value, bool, error) {
	i, ok := indexOf(key, int64(len(items)))
	if !ok {
		return nil, false, nil
	}
	return items[i], true, nil
}

func textItem(obj Value, s string, key Value) (Value, bool, error) {
	i, ok := indexOf(key, int64(runeCount(s)))
	if !ok {
		return nil, false, nil
	}
	return like(obj, substring(s, i, i+1)), true, nil
}

// indexOf resolves an index, which may be negative, into a sequence of n items. It reports false if the index is out of range.
func indexOf(key Value, n int64) (int64, bool) {
	i, ok := Int(key)
	if !ok {
		return 0, false
	}
	if i < 0 {
		i += n
	}
	return i, 0 <= i && i < n
}

// substring returns the code points of s from from up to to, which must be in range.
func substring(s string, from, to int64) string {
	start := runeOffset(s, from)
	return s[start : start+runeOffset(s[start:], to-from)]
}

// runeOffset returns the byte offset of code point n of s.
func runeOffset(s string, n int64) int {
	if int64(len(s)) == int64(runeCount(s)) {
		return int(min(n, int64(len(s))))
	}
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

// Slice returns Python's obj[start:stop:step]. nil stands for an omitted part.
func Slice(m *Meter, obj, start, stop, step Value) (Value, error) {
	switch o := obj.(type) {
	case *List:
		items, err := sliceItems(m, o.Items, start, stop, step)
		return &List{Items: items}, err
	case *Tuple:
		items, err := sliceItems(m, o.Items, start, stop, step)
		return &Tuple{Items: items}, err
	case *Range:
		return sliceRange(o, start, stop, step)
	case *Undef:
		return nil, o.Err()
	}
	if s, ok := Text(obj); ok {
		text, err := sliceText(m, s, start, stop, step)
		return like(obj, text), err
	}
	return nil, typeErrorf("'%s' object is not subscriptable", TypeName(obj))
}

// bounds resolves a slice of a sequence of n items into a Range of indices.
func bounds(n int64, start, stop, step Value) (*Range, error) {
	by, err := sliceIndex(step, 1)
	if err != nil {
		return nil, err
	}
	if by == 0 {
		return nil, valueErrorf("slice step cannot be zero")
	}
	low, high := int64(0), n
	first, last := low, high
	if by < 0 {
		low, high = -1, n-1
		first, last = high, low
	}
	from, err := sliceIndex(start, first)
	if err != nil {
		return nil, err
	}
	to, err := sliceIndex(stop, last)
	if err != nil {
		return nil, err
	}
	if start != nil {
		from = clampIndex(from, n, low, high)
	}
	if stop != nil {
		to = clampIndex(to, n, low, high)
	}
	return &Range{Start: from, Stop: to, Step: max(by, -1<<60)}, nil
}

func sliceIndex(v Value, absent int64) (int64, error) {
	if v == nil {
		return absent, nil
	}
	if n, ok := Int(v); ok {
		return n, nil
	}
	if z, ok := v.(*big.Int); ok {
		return int64(z.Sign()) << 61, nil
	}
	if u, ok := v.(*Undef); ok {
		return 0, u.Err()
	}
	return 0, typeErrorf("slice indices must be integers or None")
}

func clampIndex(i, n, low, high int64) int64 {
	if i < 0 {
		i += n
	}
	return min(max(i, low), high)
}

func sliceItems(m *Meter, items []Value, start, stop, step Value) ([]Value, error) {
	r, err := bounds(int64(len(items)), start, stop, step)
	if err != nil {
		return nil, err
	}
	n := r.Len()
	if err := m.GrowItems(int(n)); err != nil {
		return nil, err
	}
	out := make([]Value, n)
	for i := range out {
		out[i] = items[r.at(int64(i))]
	}
	return out, nil
}

func sliceText(m *Meter, s string, start, stop, step Value) (string, error) {
	if err := m.Grow(len(s)); err != nil {
		return "", err
	}
	r, err := bounds(int64(runeCount(s)), start, stop, step)
	if err != nil {
		return "", err
	}
	n := r.Len()
	if n == 0 {
		return "", nil
	}
	if r.Step == 1 {
		return substring(s, r.Start, r.Start+n), nil
	}
	if err := m.Grow(4 * len(s)); err != nil {
		return "", err
	}
	runes := []rune(s)
	var b strings.Builder
	for i := range n {
		b.WriteRune(runes[r.at(i)])
	}
	return b.String(), nil
}

func sliceRange(o *Range, start, stop, step Value) (Value, error) {
	r, err := bounds(o.Len(), start, stop, step)
	if err != nil {
		return nil, err
	}
	by, ok := mulInt(o.Step, r.Step)
	if !ok {
		return nil, errBigInt
	}
	return &Range{Start: o.at(r.Start), Stop: o.at(r.Stop), Step: by}, nil
}

// Attr returns Python's getattr(obj, name) for the attributes that templates may use. found is false if there is none.
func Attr(obj Value, name string) (v Value, found bool, err error) {
	if strings.HasPrefix(name, "__") {
		return nil, false, Errorf(Unsupported, "access to attribute '%s' is not allowed", name)
	}
	switch o := obj.(type) {
	case *Undef:
		return nil, false, o.Err()
	case Object:
		v, found = o.Attr(name)
		return v, found, nil
	case *Tuple:
		for i, n := range o.Names {
			if n == name {
				return o.Items[i], true, nil
			}
		}
	}
	if method := methodOf(obj, name); method != nil {
		return &bound{name: name, recv: obj, method: method}, true, nil
	}
	return nil, false, nil
}
