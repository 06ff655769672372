package schema

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// Rules are what the tags of a field say about valid values: required, enum, known, min, max, minlen, maxlen, object and reason.
type Rules struct {
	Required, object bool
	enum, known      []string
	reason           errs.Reason
	min, max         *float64
	minLen, maxLen   int
}

// RulesOf reads the rules in the tag of a field.
func RulesOf(tag reflect.StructTag) (Rules, error) {
	r := Rules{Required: tag.Get("required") == "true", object: tag.Get("object") == "true"}
	r.reason = errs.Reason(tag.Get("reason"))
	if list := tag.Get("enum"); list != "" {
		r.enum = strings.Split(list, ",")
	}
	if list := tag.Get("known"); list != "" {
		r.known = strings.Split(list, ",")
	}
	for name, bound := range map[string]**float64{"min": &r.min, "max": &r.max} {
		if text := tag.Get(name); text != "" {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return r, fmt.Errorf("the tag %s is no number", name)
			}
			*bound = &n
		}
	}
	for name, bound := range map[string]*int{"minlen": &r.minLen, "maxlen": &r.maxLen} {
		if text := tag.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return r, fmt.Errorf("the tag %s is no number above 0", name)
			}
			*bound = n
		}
	}
	return r, nil
}

// narrows reports whether there are rules besides required. Known values are none.
func (r *Rules) narrows() bool {
	return r.object || r.enum != nil || r.min != nil || r.max != nil || r.minLen > 0 || r.maxLen > 0
}

// Apply returns s restricted by the rules. Rules that do not fit the type of s are an error.
func (r *Rules) Apply(s *Schema) (*Schema, error) {
	if !r.narrows() && r.known == nil {
		return s, nil
	}
	if s.Name != "" {
		return nil, fmt.Errorf("bounds cannot be set on the use of the type %s", s.Name)
	}
	out := *s
	out.Known = r.known
	if r.enum != nil && out.Type == TypeArray && out.Items != nil {
		items := *out.Items
		items.Enum, out.Items = r.enum, &items
	} else if r.enum != nil {
		out.Enum, out.Reason = r.enum, r.reason
	}
	if r.min != nil {
		out.Min = r.min
	}
	if r.max != nil {
		out.Max = r.max
	}
	out.MinLen, out.MaxLen = max(out.MinLen, r.minLen), max(out.MaxLen, r.maxLen)
	if r.object {
		out.Type = TypeObject
	}
	return &out, r.fits(&out)
}

func (r *Rules) fits(s *Schema) error {
	numeric := s.Type == TypeInteger || s.Type == TypeNumber
	if (r.min != nil || r.max != nil) && !numeric {
		return fmt.Errorf("min and max are for numbers")
	}
	if (r.minLen > 0 || r.maxLen > 0) && s.Type != TypeString && s.Type != TypeArray {
		return fmt.Errorf("minlen and maxlen are for texts and lists")
	}
	if r.known != nil && s.Type != TypeString {
		return fmt.Errorf("known is for texts")
	}
	if r.enum != nil && s.Type != TypeString && (s.Type != TypeArray || s.Items.Type != TypeString) {
		return fmt.Errorf("enum is for texts")
	}
	return nil
}

// check is the check of a field of type t by the rules.
func (r *Rules) check(t reflect.Type) Check {
	if !r.narrows() {
		return nil
	}
	switch {
	case IsOpt(t):
		return checkOpt(r.exactly(t.Field(OptValue).Type))
	case t.Kind() == reflect.Pointer:
		return checkPointer(r.exactly(t.Elem()))
	case t == typeValue:
		return func(v reflect.Value) bool { return v.Len() == 0 || json.Kind(v.Bytes()) == '{' }
	case t.Kind() == reflect.String && r.minLen == 0:
		exactly := r.exactly(t)
		return func(v reflect.Value) bool { return v.Len() == 0 || exactly(v) } // empty: absent
	default:
		return r.exactly(t)
	}
}

// exactly is the check of a value that is present.
func (r *Rules) exactly(t reflect.Type) Check {
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value) bool {
			text := v.String()
			return r.length(utf8.RuneCountInString(text)) && (r.enum == nil || slices.Contains(r.enum, text))
		}
	case reflect.Slice:
		return func(v reflect.Value) bool {
			for i := range v.Len() {
				if r.enum != nil && !slices.Contains(r.enum, v.Index(i).String()) {
					return false
				}
			}
			return r.length(v.Len())
		}
	case reflect.Float32, reflect.Float64:
		return func(v reflect.Value) bool { return r.bounds(v.Float()) }
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(v reflect.Value) bool { return r.bounds(float64(v.Uint())) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value) bool { return r.bounds(float64(v.Int())) }
	default:
		return func(v reflect.Value) bool { return v.IsZero() }
	}
}

func (r *Rules) length(n int) bool {
	return n >= r.minLen && (r.maxLen == 0 || n <= r.maxLen)
}

func (r *Rules) bounds(n float64) bool {
	return (r.min == nil || n >= *r.min) && (r.max == nil || n <= *r.max)
}
