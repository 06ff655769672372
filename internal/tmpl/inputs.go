package tmpl

import (
	"errors"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// Inputs are the values for a template, by name. A value is JSON: nil, bool, string, int, int64, float64, [Number], []any, []string,
// map[string]any, map[string]string, [Object], or raw JSON (json.Value). Members of plain maps are sorted by name, and a float64 without a
// fraction counts as an integer. [DecodeInputs] keeps the order of members and the digits of numbers. Rendering does not change the inputs.
type Inputs map[string]any

// Object is a JSON object that keeps the order of its members.
type Object = pyval.OrderedObject

// Number is a JSON number as text.
type Number = pyval.Number

// DecodeInputs decodes a JSON object without loss. null and an empty raw give no inputs. Any other JSON is an error.
func DecodeInputs(raw json.Value) (Inputs, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	v, err := pyval.DecodeJSON(raw)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, nil
	}
	object, ok := v.(Object)
	if !ok {
		return nil, errors.New("the inputs are not a JSON object")
	}
	in := make(Inputs, len(object))
	for _, m := range object {
		in[m.Name] = m.Value
	}
	return in, nil
}

// Has reports whether in gives the variable of a template with this name, other than null.
func (in Inputs) Has(name string) bool { return in.given(newVariable(name)) != nil }

// given returns the value of a variable: the input with its full name, or else the value at its path. It returns nil if there is none.
func (in Inputs) given(v *variable) any {
	if val, ok := in[v.name]; ok || v.path == nil {
		return val
	}
	val := in[v.path[0]]
	for _, key := range v.path[1:] {
		val = member(val, key)
	}
	return val
}

// member returns the member or element of v at key, nil if there is none.
func member(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[key]
	case map[string]string:
		if s, ok := v[key]; ok {
			return s
		}
	case Object:
		for _, m := range slices.Backward(v) {
			if m.Name == key {
				return m.Value
			}
		}
	case []any:
		if i, err := strconv.Atoi(key); err == nil && 0 <= i && i < len(v) {
			return v[i]
		}
	case []string:
		if i, err := strconv.Atoi(key); err == nil && 0 <= i && i < len(v) {
			return v[i]
		}
	case json.Value:
		if decoded, err := pyval.DecodeJSON(v); err == nil {
			return member(decoded, key)
		}
	}
	return nil
}
