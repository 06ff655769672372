// Package schema says which JSON values a Go type takes.
//
// A [Builder] makes the [Schema] of a struct from its fields and their tags. A type with its own JSON methods describes itself with the
// functions of this package ([Object], [OneOf], …). The builder also makes the [Check] of a type, a fast test of a decoded value.
//
// The package reads no requests and writes no documents. Packages input and openapi do that, from its schemas.
package schema

import (
	"reflect"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// Schema describes the JSON values that a type accepts. The OpenAPI document, the reference page and the validation of bodies use it.
// The zero Schema accepts any value. A Schema must not be changed after a [Builder] has seen it.
type Schema struct {
	Name        string // of the component in the OpenAPI document; "" describes it in place
	Type        string // object, array, string, integer, number or boolean; "" accepts any value
	Format      string // date-time, byte, … of a string
	Description string
	Enum        []string // the values a string may have; none means all
	Known       []string // values of a string that may have others too; nothing checks them
	Min, Max    *float64 // of a number
	MinLen      int      // characters of a string, items of an array
	MaxLen      int      // the same; 0 means no bound
	Nullable    bool     // null is a value of its own, and not the same as absent
	Default     json.Value
	Items       *Schema  // of an array; nil accepts any item
	Members     []Member // of an object, in order
	Values      *Schema  // of an object: its further members; nil lets them be anything
	OneOf       []*Schema
	Expect      string      // what a union accepts, in words: "a string or a list of content parts"
	Tag         string      // of a union of objects: the member that tells them apart; each object has it with an enum of one value
	Reason      errs.Reason // of a value that is none of Enum; "" means validation_failed
	Open        bool        // an object that keeps unknown members

	of  reflect.Type // stands for the schema of this type until the Builder has replaced it
	pkg string       // the package of the Go type, to tell two of one name apart
}

// Names yields the names of an object's members.
func (s *Schema) Names(yield func(string) bool) {
	for i := range s.Members {
		if !yield(s.Members[i].Name) {
			return
		}
	}
}

// Demands reports whether an operation refuses an empty object for s. An absent body is read as one.
func (s *Schema) Demands() bool {
	if s.OneOf != nil {
		return !slices.ContainsFunc(s.OneOf, func(one *Schema) bool { return !one.Demands() })
	}
	if s.Type != "" && s.Type != TypeObject {
		return true
	}
	return slices.ContainsFunc(s.Members, func(m Member) bool { return m.Required || m.Either != "" })
}

// Groups returns the names of members of which a request needs at least one, by group.
func (s *Schema) Groups() [][]string {
	var out [][]string
	at := map[string]int{}
	for i := range s.Members {
		m := &s.Members[i]
		if m.Either == "" {
			continue
		}
		if _, ok := at[m.Either]; !ok {
			at[m.Either] = len(out)
			out = append(out, nil)
		}
		out[at[m.Either]] = append(out[at[m.Either]], m.Name)
	}
	return out
}

// Member is a named member of an object.
type Member struct {
	Name        string
	Schema      *Schema
	Description string
	Required    bool   // in a request
	Either      string // a request needs at least one of the members with the same text here; the operation checks it. "" means none
	Always      bool   // in an answer
	OrNull      bool   // in an answer
}

// Schemer is implemented by types with their own JSON methods, to describe what they accept. It is called on the zero value.
type Schemer interface {
	JSONSchema() *Schema
}

// Type is a described Go type; see [Describe].
type Type struct {
	typ    reflect.Type
	schema *Schema
	sure   func(reflect.Value) bool
}

// Describe gives the type T the schema s. It is for types of other packages that have their own JSON methods or too few tags.
//
// sure is the [Check] of T: true means that a decoded value is certainly valid, false means that s must decide. With a nil sure, the
// exported fields of T are checked by their tags; if s has bounds of its own, only the zero value is certain.
func Describe[T any](s *Schema, sure func(*T) bool) Type {
	t := Type{typ: reflect.TypeFor[T](), schema: s}
	if sure != nil {
		t.sure = func(v reflect.Value) bool { return sure(v.Addr().Interface().(*T)) }
	}
	return t
}

// Of is the schema of the Go type T.
func Of[T any]() *Schema { return &Schema{of: reflect.TypeFor[T]()} }

// Any accepts every value.
func Any() *Schema { return &Schema{} }

// String accepts a string.
func String() *Schema { return &Schema{Type: TypeString} }

// Enum accepts one of the given strings.
func Enum(values ...string) *Schema { return &Schema{Type: TypeString, Enum: values} }

// Integer accepts a whole number.
func Integer() *Schema { return &Schema{Type: TypeInteger} }

// Number accepts a number.
func Number() *Schema { return &Schema{Type: TypeNumber} }

// Boolean accepts true or false.
func Boolean() *Schema { return &Schema{Type: TypeBoolean} }

// List accepts a list of items.
func List(items *Schema) *Schema { return &Schema{Type: TypeArray, Items: items} }

// Object accepts an object with the given members and any others.
func Object(name string, members ...Member) *Schema {
	return &Schema{Name: name, Type: TypeObject, Members: members}
}

// MapOf accepts an object whose members are all of the schema values.
func MapOf(values *Schema) *Schema { return &Schema{Type: TypeObject, Values: values} }

// OneOf accepts what one of the alternatives accepts. expect says what that is, in words that follow "must be": "a string or a list of
// content parts". The JSON kind of a value chooses the alternative. Among several objects the member tag chooses (see [Schema.Tag]);
// without a tag it is the first object whose required members are all present.
func OneOf(name, expect, tag string, alternatives ...*Schema) *Schema {
	return &Schema{Name: name, Expect: expect, Tag: tag, OneOf: alternatives}
}

// TextOr accepts a string, or a list of items. expect says so in words, as of [OneOf].
func TextOr(expect string, items *Schema) *Schema {
	return OneOf("", expect, "", String(), List(items))
}

// The types of a [Schema].
const (
	TypeObject  = "object"
	TypeArray   = "array"
	TypeString  = "string"
	TypeInteger = "integer"
	TypeNumber  = "number"
	TypeBoolean = "boolean"
)
