package wire

import (
	"math"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Attributes are the attributes of a span, a resource, an event or a link.
type Attributes map[string]Value

// Value is the value of an attribute: a text or other JSON. The zero Value is absent.
type Value struct {
	text string
	raw  json.Value // of a value that is not a text
	set  bool
}

// Text makes a Value of a text. Invalid UTF-8 becomes U+FFFD.
func Text(s string) Value { return Value{text: strings.ToValidUTF8(s, "\uFFFD"), set: true} }

// Raw makes a Value of JSON.
func Raw(raw json.Value) Value {
	var text string
	if json.Kind(raw) == '"' && json.UnmarshalForeign(raw, &text) == nil {
		return Text(text)
	}
	return Value{raw: raw, set: len(raw) > 0}
}

// Integer makes a Value of a whole number.
func Integer(n int64) Value { return Value{raw: strconv.AppendInt(nil, n, 10), set: true} }

// Boolean makes a Value of a truth value.
func Boolean(b bool) Value { return Value{raw: strconv.AppendBool(nil, b), set: true} }

// Float makes a Value of a number. NaN and the infinities become texts, since JSON has no such numbers.
func Float(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Text(strconv.FormatFloat(f, 'g', -1, 64))
	}
	raw, err := json.Marshal(f)
	return Value{raw: raw, set: err == nil}
}

// List makes a Value of a list.
func List(values []Value) Value {
	raw := []byte{'['}
	for i, v := range values {
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = v.appendJSON(raw)
	}
	return Value{raw: append(raw, ']'), set: true}
}

// Object makes a Value of an object. Its members are sorted by name.
func Object(members Attributes) Value {
	raw, err := json.Marshal(members)
	return Value{raw: raw, set: err == nil}
}

// MarshalJSONTo writes the value. An absent one is null.
func (v Value) MarshalJSONTo(enc *json.Encoder) error { return enc.WriteValue(v.JSON()) }

// Given reports whether there is a value other than null.
func (v Value) Given() bool { return v.set && json.Kind(v.raw) != 'n' }

// Set reports whether there is a value, which may be null.
func (v Value) Set() bool { return v.set }

// Raw is the JSON of a value that is not a text; nil for a text and for an absent value.
func (v Value) Raw() json.Value { return v.raw }

// Text is the text, or the JSON of any other value; "" if absent or null.
func (v Value) Text() string {
	if !v.Given() {
		return ""
	}
	if v.raw != nil {
		return string(v.raw)
	}
	return v.text
}

// JSON is the value as JSON; null if absent.
func (v Value) JSON() json.Value { return v.appendJSON(nil) }

func (v Value) appendJSON(dst []byte) json.Value {
	switch {
	case v.raw != nil:
		return append(dst, v.raw...)
	case v.set:
		return json.AppendString(dst, v.text)
	default:
		return append(dst, "null"...)
	}
}

// Document is the object or list that the value is, or that its text holds: many instrumentations write objects and lists as text. It is nil
// if there is none.
func (v Value) Document() json.Value {
	raw := v.raw
	if raw == nil {
		raw = json.Value(strings.TrimSpace(v.text))
	}
	if kind := json.Kind(raw); kind != '{' && kind != '[' || !json.Valid(raw) {
		return nil
	}
	return raw
}

// DocumentOrText is [Value.Document], or [Value.JSON] if there is no document.
func (v Value) DocumentOrText() json.Value {
	if doc := v.Document(); doc != nil {
		return doc
	}
	return v.JSON()
}

// Unquoted is the string in a text that holds a JSON string; any other value is unchanged.
func (v Value) Unquoted() Value {
	if text := json.Value(strings.TrimSpace(v.text)); json.Kind(text) == '"' && json.Valid(text) {
		return Raw(text)
	}
	return v
}

// Float is the number, which may be written as a text.
func (v Value) Float() (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(v.Text()), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// Int is the whole number, which may be written as a text or with a fraction of zero.
func (v Value) Int() (int64, bool) {
	if n, err := strconv.ParseInt(strings.TrimSpace(v.Text()), 10, 64); err == nil {
		return n, true
	}
	f, ok := v.Float()
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// Texts are the texts of a list, in JSON or printed by Python. Any other value is a list of one.
func (v Value) Texts() []string {
	if !v.Given() {
		return nil
	}
	if values, ok := v.Items(); ok {
		out := make([]string, len(values))
		for i, item := range values {
			out[i] = item.Text()
		}
		return out
	}
	return []string{v.Text()}
}

// Items are the items of a list, in JSON or printed by Python. ok reports whether v is one.
func (v Value) Items() (values []Value, ok bool) {
	if v.raw == nil {
		return parsePython(v.text)
	}
	var raws []json.Value
	if json.Kind(v.raw) != '[' || json.UnmarshalForeign(v.raw, &raws) != nil {
		return nil, false
	}
	for _, raw := range raws {
		values = append(values, Raw(raw))
	}
	return values, true
}
