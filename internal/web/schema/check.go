package schema

import (
	"reflect"
	"slices"
	"time"

	"openloop/internal/json"
)

// A Look is the quick check of a decoded value: true means that it is valid beyond doubt. False sends the body the slow way, where its
// schema decides, so a look may err on that side. As it passes it makes absent what was null, members of type json.Value, and so it
// goes on when it is in doubt. The value is addressable. A nil look has nothing to check.
type Look func(v reflect.Value) bool

// check holds the look at a struct type, which is nil while it is being made.
type check struct{ at Look }

// LookAt makes the look at values of type t, of which the schema was made before.
func (b *Builder) LookAt(t reflect.Type) Look {
	if t == typeValue || t == typeBytes {
		return nil
	}
	if t == typeTime {
		return func(v reflect.Value) bool { return IsInYears(*v.Addr().Interface().(*time.Time)) }
	}
	if d, ok := b.described[t]; ok {
		return b.lookAtDescribed(t, d)
	}
	if IsOpt(t) {
		return lookIntoOpt(b.LookAt(t.Field(OptValue).Type))
	}
	if t.Kind() != reflect.Pointer && t.Implements(typeSchema) {
		return b.lookAtDescribed(t, Type{typ: t, schema: reflect.Zero(t).Interface().(Schemer).JSONSchema()})
	}
	switch t.Kind() {
	case reflect.Pointer:
		return lookBehind(b.LookAt(t.Elem()))
	case reflect.Slice, reflect.Array:
		return lookAtItems(t.Elem(), b.LookAt(t.Elem()))
	case reflect.Map:
		return lookAtValues(t.Elem(), b.LookAt(t.Elem()))
	case reflect.Struct:
		return b.lookAtStruct(t)
	default:
		return nil
	}
}

func (b *Builder) lookAtDescribed(t reflect.Type, d Type) Look {
	if d.sure != nil {
		return d.sure
	}
	if bounded(d.schema) {
		return func(v reflect.Value) bool { return v.IsZero() }
	}
	if t.Kind() == reflect.Struct {
		return b.lookAtStruct(t)
	}
	return nil
}

// bounded reports whether a hand-written schema says more than which types a value may have. Its Go types are looked at by themselves.
func bounded(s *Schema) bool {
	if s == nil || s.of != nil {
		return false
	}
	if s.Enum != nil || s.Min != nil || s.Max != nil || s.MinLen > 0 || s.MaxLen > 0 || s.Members != nil {
		return true
	}
	return bounded(s.Items) || bounded(s.Values) || slices.ContainsFunc(s.OneOf, bounded)
}

func lookIntoOpt(inner Look) Look {
	if inner == nil {
		return nil
	}
	return func(v reflect.Value) bool {
		return !v.Field(OptSet).Bool() || v.Field(OptNull).Bool() || inner(v.Field(OptValue))
	}
}

func lookBehind(inner Look) Look {
	if inner == nil {
		return nil
	}
	return func(v reflect.Value) bool { return v.IsNil() || inner(v.Elem()) }
}

// lookAtItems doubts zero items too: they may have been null.
func lookAtItems(item reflect.Type, inner Look) Look {
	if nullIsFine(item) {
		return nil
	}
	return func(v reflect.Value) bool {
		sure := true
		for i := range v.Len() {
			if e := v.Index(i); e.IsZero() || inner != nil && !inner(e) {
				sure = false
			}
		}
		return sure
	}
}

func lookAtValues(value reflect.Type, inner Look) Look {
	if nullIsFine(value) {
		return nil
	}
	return func(v reflect.Value) bool {
		if v.Len() == 0 {
			return true
		}
		room := reflect.New(value).Elem()
		for each := v.MapRange(); each.Next(); {
			room.SetIterValue(each)
			if room.IsZero() || inner != nil && !inner(room) {
				return false
			}
		}
		return true
	}
}

// nullIsFine reports whether a null item of type t is a value of its own.
func nullIsFine(t reflect.Type) bool {
	return t == typeValue || IsOpt(t) || t.Kind() == reflect.Interface
}

// step is the look at one field of a struct.
type step struct {
	index    int
	raw      bool // a json.Value
	required bool
	inner    Look
	rule     Look
}

func (b *Builder) lookAtStruct(t reflect.Type) Look {
	if c := b.checks[t]; c != nil {
		return func(v reflect.Value) bool { return c.at == nil || c.at(v) }
	}
	c := new(check)
	b.checks[t] = c
	var steps []step
	for f := range fields(t) {
		rules, _ := RulesOf(f.Tag) // the schema was made from the same tag
		s := step{index: f.index, raw: f.Type == typeValue && !f.embedded, required: rules.Required}
		s.inner, s.rule = b.LookAt(f.Type), rules.look(f.Type)
		if s.raw || s.required || s.inner != nil || s.rule != nil {
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 {
		return nil
	}
	c.at = func(v reflect.Value) bool {
		sure := true
		for i := range steps {
			if !steps[i].look(v.Field(steps[i].index)) {
				sure = false
			}
		}
		return sure
	}
	return c.at
}

func (s *step) look(v reflect.Value) bool {
	if s.raw && json.Kind(v.Bytes()) == 'n' {
		v.SetZero()
	}
	if s.required && v.IsZero() {
		return false
	}
	return (s.inner == nil || s.inner(v)) && (s.rule == nil || s.rule(v))
}

// IsInYears reports whether a time in UTC can be written with four digits of a year, and is none of the year 0.
func IsInYears(at time.Time) bool {
	year := at.UTC().Year()
	return year >= 1 && year <= 9999
}
