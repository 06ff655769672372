package input

import (
	"errors"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/schema"
)

const maxUnions = 32 // nested unions; each reads its part of the body once more

// validator compares a JSON text with a schema. It collects every violation, and edits that convert scalars. It is slow, and runs only when
// the one-pass decoding of a body failed.
type validator struct {
	found   *violations
	unknown *unknowns // nil to ignore unknown members
	loc     []any
	edits   []edit // in the order of the text
	unions  int
}

// edit replaces the bytes from:to of a text.
type edit struct {
	from, to int
	text     string
}

// walk hands the decoder of json.Unmarshal to the validator.
type walk struct {
	v      *validator
	schema *schema.Schema
	base   int // of the value in the whole text
}

// UnmarshalJSONFrom implements the method of JSON v2.
func (w *walk) UnmarshalJSONFrom(dec *json.Decoder) error {
	return w.v.value(dec, w.base, w.schema, false)
}

// validate walks text, which is valid JSON.
func (v *validator) validate(text []byte, s *schema.Schema) error {
	err := json.Unmarshal(text, &walk{v, s, 0})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// errEnough stops the validator after maxCounted violations.
var errEnough = errors.New("enough violations")

func (v *validator) rewritten(text []byte) []byte {
	out := make([]byte, 0, len(text)+32)
	last := 0
	for _, e := range v.edits {
		out = append(append(out, text[last:e.from]...), e.text...)
		last = e.to
	}
	return append(out, text[last:]...)
}

func (v *validator) push(part any) { v.loc = append(v.loc, part) }
func (v *validator) pop()          { v.loc = v.loc[:len(v.loc)-1] }

func (v *validator) fault(f *fault) {
	if f != nil {
		v.found.add(v.loc, f)
	}
}

// value reads the next value of dec. An empty string for an optional enum counts as absent.
func (v *validator) value(dec *json.Decoder, base int, s *schema.Schema, optional bool) error {
	if v.found.enough() {
		return errEnough
	}
	kind := dec.PeekKind()
	if kind == json.KindNull && s.Nullable {
		return dec.SkipValue()
	}
	switch {
	case s.OneOf != nil:
		return v.union(dec, base, s)
	case s.Type == "":
		return dec.SkipValue()
	case s.Type == schema.TypeObject && kind == json.KindObject:
		return v.object(dec, base, s)
	case s.Type == schema.TypeArray && kind == json.KindArray:
		return v.array(dec, base, s)
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if optional && s.Enum != nil && string(raw) == `""` {
		return nil
	}
	text, f := scalar(raw, s)
	v.fault(f)
	if f == nil {
		v.rewrite(base+int(dec.InputOffset())-len(raw), raw, text)
	}
	return nil
}

// rewrite adds the edit that replaces raw, at the given offset, by text; none if text is empty.
func (v *validator) rewrite(at int, raw json.Value, text string) {
	if text != "" && text != string(raw) {
		v.edits = append(v.edits, edit{at, at + len(raw), text})
	}
}

func (v *validator) object(dec *json.Decoder, base int, s *schema.Schema) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	seen := make([]bool, len(s.Members))
	for dec.PeekKind() != '}' {
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		i := slices.IndexFunc(s.Members, func(m schema.Member) bool { return m.Name == name })
		if err := v.member(dec, base, s, name, i, seen); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for i, m := range s.Members {
		if m.Required && !seen[i] {
			v.push(m.Name)
			v.fault(missing())
			v.pop()
		}
	}
	return nil
}

func missing() *fault { return &fault{kind: ruleMissing, message: "is required"} }

// member reads the value of the member name. i is its index in s.Members, -1 if it is not there.
func (v *validator) member(dec *json.Decoder, base int, s *schema.Schema, name string, i int, seen []bool) error {
	if i < 0 {
		if s.Values == nil {
			v.noteUnknown(name, s)
			return dec.SkipValue()
		}
		v.push(errs.Truncate(name, maxLocName))
		defer v.pop()
		return v.value(dec, base, s.Values, false)
	}
	m := &s.Members[i]
	if dec.PeekKind() == json.KindNull && !m.Schema.Nullable {
		return dec.SkipValue() // the same as absent
	}
	seen[i] = true
	v.push(name)
	defer v.pop()
	return v.value(dec, base, m.Schema, !m.Required)
}

// noteUnknown reports an unknown member of an object.
func (v *validator) noteUnknown(name string, s *schema.Schema) {
	if v.unknown == nil || s.Open || len(s.Members) == 0 {
		return
	}
	v.push(errs.Truncate(name, maxLocName))
	v.unknown.add(v.loc, s.Names)
	v.pop()
}

func (v *validator) array(dec *json.Decoder, base int, s *schema.Schema) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	items := s.Items
	if items == nil {
		items = schema.Any()
	}
	n := 0
	for ; dec.PeekKind() != ']'; n++ {
		v.push(n)
		err := v.value(dec, base, items, false)
		v.pop()
		if err != nil {
			return err
		}
	}
	if n < s.MinLen {
		v.fault(faultf(ruleListShort, "must have at least %s", schema.Counted(s.MinLen, "item")))
	}
	if s.MaxLen > 0 && n > s.MaxLen {
		v.fault(faultf(ruleListLong, "must have at most %s", schema.Counted(s.MaxLen, "item")))
	}
	_, err := dec.ReadToken()
	return err
}

// union reads a value by one of several schemas. The kind of the value chooses it, and the members of an object do.
func (v *validator) union(dec *json.Decoder, base int, s *schema.Schema) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	base += int(dec.InputOffset()) - len(raw)
	if v.unions == maxUnions {
		v.fault(&fault{kind: ruleNesting, message: "is nested too deeply"})
		return nil
	}
	fitting := slices.DeleteFunc(slices.Clone(s.OneOf), func(one *schema.Schema) bool { return !takes(one, raw) })
	switch {
	case len(fitting) == 0:
		v.coerced(base, raw, s)
		return nil
	case len(fitting) > 1 && raw.Kind() == json.KindObject:
		one, f := choose(raw, s.Tag, fitting)
		if f != nil {
			v.fault(f)
			return nil
		}
		fitting[0] = one
	}
	v.unions++
	defer func() { v.unions-- }()
	return json.Unmarshal(raw, &walk{v, fitting[0], base})
}

// coerced converts a value that fits none of several schemas, by the first schema that allows it.
func (v *validator) coerced(base int, raw json.Value, s *schema.Schema) {
	for _, one := range s.OneOf {
		if one.Type == "" {
			continue
		}
		if text, f := scalar(raw, one); f == nil {
			v.rewrite(base, raw, text)
			return
		}
	}
	v.fault(&fault{kind: ruleUnion, message: "must be " + s.Expect})
}

// takes reports whether s accepts values of the kind of raw without conversion.
func takes(s *schema.Schema, raw json.Value) bool {
	if s.OneOf != nil {
		return slices.ContainsFunc(s.OneOf, func(one *schema.Schema) bool { return takes(one, raw) })
	}
	switch raw.Kind() {
	case json.KindNull:
		return s.Nullable || s.Type == ""
	case json.KindString:
		return (s.Type == schema.TypeString || s.Type == "") && (s.Enum == nil || isOneOf(raw, s.Enum))
	case json.KindNumber:
		return s.Type == schema.TypeInteger || s.Type == schema.TypeNumber || s.Type == ""
	case json.KindObject:
		return s.Type == schema.TypeObject || s.Type == ""
	case json.KindArray:
		return s.Type == schema.TypeArray || s.Type == ""
	default:
		return s.Type == schema.TypeBoolean || s.Type == ""
	}
}

func isOneOf(raw json.Value, values []string) bool {
	var text string
	return json.Unmarshal(raw, &text) == nil && slices.Contains(values, text)
}

// choose returns the alternative that an object matches best.
func choose(raw json.Value, tag string, alternatives []*schema.Schema) (*schema.Schema, *fault) {
	var members map[string]json.Value
	if err := json.Unmarshal(raw, &members); err != nil {
		return alternatives[0], nil // the validator will report the members
	}
	if tag != "" {
		return chooseByTag(members[tag], tag, alternatives)
	}
	for _, one := range alternatives {
		if complete(one, members) {
			return one, nil
		}
	}
	return alternatives[0], nil
}

func chooseByTag(given json.Value, tag string, alternatives []*schema.Schema) (*schema.Schema, *fault) {
	var all []string
	for _, one := range alternatives {
		for _, m := range one.Members {
			if m.Name != tag {
				continue
			}
			if isOneOf(given, m.Schema.Enum) {
				return one, nil
			}
			all = append(all, m.Schema.Enum...)
		}
	}
	return nil, faultf(ruleUnion, "must have a %s that is one of %s", tag, strings.Join(all, ", "))
}

func complete(s *schema.Schema, members map[string]json.Value) bool {
	for _, m := range s.Members {
		if m.Required && members[m.Name].Kind() == 0 {
			return false
		}
	}
	return true
}
