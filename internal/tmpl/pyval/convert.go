package pyval

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/json"
)

// Number is a JSON number as text. Unlike a float64, it distinguishes 3.0 from 3 and keeps every digit of a large integer.
type Number string

// Member is one member of an [OrderedObject].
type Member struct {
	Name  string
	Value any
}

// OrderedObject is a JSON object that keeps the order of its members.
type OrderedObject []Member

// MarshalJSONTo writes the number as it was read.
func (n Number) MarshalJSONTo(enc *json.Encoder) error { return enc.WriteValue(json.Value(n)) }

// MarshalJSONTo writes the members in their order.
func (o OrderedObject) MarshalJSONTo(enc *json.Encoder) error {
	out := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := json.Marshal(m.Value)
		if err != nil {
			return err
		}
		out = append(append(json.AppendString(out, m.Name), ':'), value...)
	}
	return enc.WriteValue(append(out, '}'))
}

// Convert makes a private Value from v, which is JSON: nil, bool, string, int, int64, float64, [Number], []any, []string, map[string]any,
// map[string]string, [OrderedObject] or raw JSON ([json.Value]). It sorts plain maps, so that results are deterministic. A float64 without
// a fraction becomes an integer, because Go's decoders turn every number into a float64.
func Convert(m *Meter, v any) (Value, error) {
	switch v := v.(type) {
	case nil, bool, string, int64:
		return v, nil
	case int:
		return int64(v), nil
	case float64:
		return convertFloat(v), nil
	case Number:
		return convertNumber(m, v)
	case json.Value:
		decoded, err := DecodeJSON(v)
		if err != nil {
			return nil, valueErrorf("an input is not JSON")
		}
		return Convert(m, decoded)
	}
	if err := m.nest(); err != nil {
		return nil, err
	}
	defer m.unnest()
	switch v := v.(type) {
	case []any:
		return convertList(m, v)
	case []string:
		return convertList(m, v)
	case map[string]any:
		return convertMap(m, v)
	case map[string]string:
		return convertMap(m, v)
	case OrderedObject:
		return convertOrdered(m, v)
	}
	return nil, typeErrorf("an input has a type that templates can't use")
}

func convertFloat(f float64) Value {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return int64(f)
	}
	return f
}

func convertNumber(m *Meter, n Number) (Value, error) {
	s := string(n)
	if err := m.Grow(len(s)); err != nil {
		return nil, err
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, nil
	}
	if isDigits(s) && len(s) < maxIntBits/4 {
		if z, ok := new(big.Int).SetString(s, 10); ok {
			return z, nil
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, valueErrorf("an input has a malformed number")
	}
	return f, nil
}

func isDigits(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func convertList[T any](m *Meter, src []T) (Value, error) {
	if err := m.GrowItems(len(src)); err != nil {
		return nil, err
	}
	out := make([]Value, len(src))
	for i, item := range src {
		v, err := Convert(m, any(item))
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return &List{Items: out}, nil
}

func convertMap[T any](m *Meter, src map[string]T) (Value, error) {
	if err := m.GrowItems(5 * len(src)); err != nil {
		return nil, err
	}
	names := make([]string, 0, len(src))
	for name := range src {
		names = append(names, name)
	}
	slices.Sort(names)
	d := NewDict(len(src))
	for _, name := range names {
		v, err := Convert(m, any(src[name]))
		if err != nil {
			return nil, err
		}
		d.SetName(name, v)
	}
	return d, nil
}

func convertOrdered(m *Meter, src OrderedObject) (Value, error) {
	if err := m.GrowItems(4 * len(src)); err != nil {
		return nil, err
	}
	d := NewDict(len(src))
	for _, member := range src {
		v, err := Convert(m, member.Value)
		if err != nil {
			return nil, err
		}
		d.SetName(member.Name, v)
	}
	return d, nil
}
