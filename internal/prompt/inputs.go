package prompt

import (
	"openloop/internal/json"
	"openloop/internal/tmpl"
	"openloop/internal/tmpl/pyval"
)

// Inputs reads the inputs of a call, a JSON object, for a template: numbers keep their text and objects their order. Absent and null
// give no inputs.
func Inputs(raw json.Value) (tmpl.Inputs, error) {
	if len(raw) == 0 || json.Kind(raw) == 'n' {
		return nil, nil
	}
	var members map[string]input
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	out := make(tmpl.Inputs, len(members))
	for name, v := range members {
		out[name] = v.value
	}
	return out, nil
}

// input is one JSON value as templates take it.
type input struct{ value any }

// UnmarshalJSONFrom reads the next value, whatever it is.
func (in *input) UnmarshalJSONFrom(dec *json.Decoder) error {
	switch dec.PeekKind() {
	case json.KindString:
		var s string
		err := json.Decode(dec, &s)
		in.value = s
		return err
	case json.KindNumber:
		raw, err := dec.ReadValue()
		in.value = pyval.Number(raw)
		return err
	case json.KindObject:
		return in.object(dec)
	case json.KindArray:
		var list []input
		err := json.Decode(dec, &list)
		in.value = values(list)
		return err
	default:
		return json.Decode(dec, &in.value) // true, false, null
	}
}

func values(list []input) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i].value
	}
	return out
}

func (in *input) object(dec *json.Decoder) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	object := pyval.OrderedObject{}
	for dec.PeekKind() == json.KindString {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		member := pyval.Member{Name: name.String()}
		var v input
		if err := v.UnmarshalJSONFrom(dec); err != nil {
			return err
		}
		member.Value = v.value
		object = append(object, member)
	}
	in.value = object
	_, err := dec.ReadToken()
	return err
}
