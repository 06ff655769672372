package schema

import (
	"reflect"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

// A Check tests a decoded value quickly. True means that the value is certainly valid. False means that its schema must decide, so a Check
// may return false for valid values. A Check also empties members of type json.Value that are null, and therefore always visits the whole
// value. The value is addressable. A nil Check accepts everything.
type Check func(v reflect.Value) bool

// pending holds the check of a struct type. It is nil while it is being made, as the type may contain itself.
type pending struct{ check Check }

// Check makes the check of values of type t. Their schema was made before.
func (b *Builder) Check(t reflect.Type) Check {
	if t == typeValue || t == typeBytes {
		return nil
	}
	if t == typeTime {
		return func(v reflect.Value) bool { return IsInYears(*v.Addr().Interface().(*time.Time)) }
	}
	if d, ok := b.described[t]; ok {
		return b.checkDescribed(t, d)
	}
	if IsOpt(t) {
		return checkOpt(b.Check(t.Field(OptValue).Type))
	}
	if t.Kind() != reflect.Pointer && t.Implements(typeSchema) {
		return b.checkDescribed(t, Type{typ: t, schema: reflect.Zero(t).Interface().(Schemer).JSONSchema()})
	}
	switch t.Kind() {
	case reflect.Pointer:
		return checkPointer(b.Check(t.Elem()))
	case reflect.Slice, reflect.Array:
		return checkItems(t.Elem(), b.Check(t.Elem()))
	case reflect.Map:
		return checkValues(t.Elem(), b.Check(t.Elem()))
	case reflect.Struct:
		return b.checkStruct(t)
	default:
		return nil
	}
}

func (b *Builder) checkDescribed(t reflect.Type, d Type) Check {
	if d.sure != nil {
		return d.sure
	}
	if bounded(d.schema) {
		return func(v reflect.Value) bool { return v.IsZero() }
	}
	if t.Kind() == reflect.Struct {
		return b.checkStruct(t)
	}
	return nil
}

// bounded reports whether a hand-written schema restricts more than the type of a value. The Go types in it have checks of their own.
func bounded(s *Schema) bool {
	if s == nil || s.of != nil {
		return false
	}
	if s.Enum != nil || s.Min != nil || s.Max != nil || s.MinLen > 0 || s.MaxLen > 0 || s.Members != nil {
		return true
	}
	return bounded(s.Items) || bounded(s.Values) || slices.ContainsFunc(s.OneOf, bounded)
}

func checkOpt(inner Check) Check {
	if inner == nil {
		return nil
	}
	return func(v reflect.Value) bool {
		return !v.Field(OptSet).Bool() || v.Field(OptNull).Bool() || inner(v.Field(OptValue))
	}
}

func checkPointer(inner Check) Check {
	if inner == nil {
		return nil
	}
	return func(v reflect.Value) bool { return v.IsNil() || inner(v.Elem()) }
}

// checkItems returns false for zero items, which may have been null.
func checkItems(item reflect.Type, inner Check) Check {
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

func checkValues(value reflect.Type, inner Check) Check {
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

// nullIsFine reports whether type t can hold null.
func nullIsFine(t reflect.Type) bool {
	return t == typeValue || IsOpt(t) || t.Kind() == reflect.Interface
}

type step struct {
	index    int
	raw      bool // a json.Value
	required bool
	inner    Check
	rule     Check
}

func (b *Builder) checkStruct(t reflect.Type) Check {
	if c := b.checks[t]; c != nil {
		return func(v reflect.Value) bool { return c.check == nil || c.check(v) }
	}
	c := new(pending)
	b.checks[t] = c
	var steps []step
	for f := range fields(t) {
		rules, _ := RulesOf(f.Tag) // the schema was made from the same tag
		s := step{index: f.index, raw: f.Type == typeValue && !f.embedded, required: rules.Required}
		s.inner, s.rule = b.Check(f.Type), rules.check(f.Type)
		if s.raw || s.required || s.inner != nil || s.rule != nil {
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 {
		return nil
	}
	c.check = func(v reflect.Value) bool {
		sure := true
		for i := range steps {
			if !steps[i].check(v.Field(steps[i].index)) {
				sure = false
			}
		}
		return sure
	}
	return c.check
}

func (s *step) check(v reflect.Value) bool {
	if s.raw && json.Kind(v.Bytes()) == 'n' {
		v.SetZero()
	}
	if s.required && v.IsZero() {
		return false
	}
	return (s.inner == nil || s.inner(v)) && (s.rule == nil || s.rule(v))
}

// IsInYears reports whether the year of a time in UTC is from 1 to 9999, as RFC 3339 can write it.
func IsInYears(at time.Time) bool {
	year := at.UTC().Year()
	return year >= 1 && year <= 9999
}
