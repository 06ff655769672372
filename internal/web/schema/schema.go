// Package schema says which JSON values a Go type takes.
//
// A [Schema] of a struct is made of its fields and their tags by a [Builder]; types with their own JSON methods describe themselves with the
// functions here ([Object], [OneOf], …). The builder also makes a type's [Look], the quick check of a value that was decoded already. The
// package reads no request and writes no document: packages input and openapi do that, with what is described here.
package schema

import (
	"reflect"

	"openloop/internal/errs"
	"openloop/internal/json"
)

// Schema describes the JSON values that a type takes: for the OpenAPI document, for the reference, and for listing what is wrong with a
// body. Schemas of Go structs are made from their tags; schemas of types with own JSON methods are written with the functions below.
// The zero Schema takes any value. A Schema is not changed once a [Builder] has it.
type Schema struct {
	Name        string // of the component in the OpenAPI document; "" describes it in place
	Type        string // object, array, string, integer, number or boolean; "" takes any value
	Format      string // date-time, byte, … of a string
	Description string
	Enum        []string    // the values a string may have; none means all
	Reason      errs.Reason // of a value that is none of Enum; "" means validation_failed
	Min, Max    *float64    // of a number
	MinLen      int         // characters of a string, items of an array
	MaxLen      int         // the same; 0 means no bound
	Nullable    bool        // null is a value of its own, and not the same as absent
	Default     json.Value
	Items       *Schema  // of an array; nil takes any item
	Members     []Member // of an object, in order
	Values      *Schema  // of an object: its further members; nil lets them be anything
	OneOf       []*Schema
	Expect      string // what a union takes, in words: "a string or a list of content parts"
	Tag         string // of a union of objects: the member that says which one it is, by the enum of one value it has in each

	Open bool // an object that keeps the members that it has no place for

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

// Member is a named member of an object.
type Member struct {
	Name        string
	Schema      *Schema
	Description string
	Required    bool // in a request
	Always      bool // in an answer
	OrNull      bool // in an answer
}

// Schemer is implemented by types with own JSON methods that describe what they take. It is called on the zero value.
type Schemer interface {
	JSONSchema() *Schema
}

// Type is a described Go type; see [Describe].
type Type struct {
	typ    reflect.Type
	schema *Schema
	sure   func(reflect.Value) bool
}

// Describe gives the type T the schema s, for a T of another package that has its own JSON methods, or whose tags say too little.
//
// A decoded T is checked with sure: true means that it is valid beyond doubt, false sends the body the slow way, where s decides. A nil
// sure looks at the exported fields of T, by their tags; a value other than the zero one is in doubt if s has bounds of its own.
func Describe[T any](s *Schema, sure func(*T) bool) Type {
	t := Type{typ: reflect.TypeFor[T](), schema: s}
	if sure != nil {
		t.sure = func(v reflect.Value) bool { return sure(v.Addr().Interface().(*T)) }
	}
	return t
}

// Of is the schema of the Go type T.
func Of[T any]() *Schema { return &Schema{of: reflect.TypeFor[T]()} }

// Any takes every value.
func Any() *Schema { return &Schema{} }

// String takes a text.
func String() *Schema { return &Schema{Type: TypeString} }

// Enum takes one of the given texts.
func Enum(values ...string) *Schema { return &Schema{Type: TypeString, Enum: values} }

// Integer takes a whole number.
func Integer() *Schema { return &Schema{Type: TypeInteger} }

// Number takes a number.
func Number() *Schema { return &Schema{Type: TypeNumber} }

// Boolean takes true or false.
func Boolean() *Schema { return &Schema{Type: TypeBoolean} }

// List takes a list of items.
func List(items *Schema) *Schema { return &Schema{Type: TypeArray, Items: items} }

// Object takes an object with the given members and any others.
func Object(name string, members ...Member) *Schema {
	return &Schema{Name: name, Type: TypeObject, Members: members}
}

// MapOf takes an object whose members all are values.
func MapOf(values *Schema) *Schema { return &Schema{Type: TypeObject, Values: values} }

// OneOf takes what one of the alternatives takes; expect says so in words, to follow "must be": "a string or a list of content parts".
// The alternative is chosen by the kind of the value, among objects by the member tag if there is one (see [Schema.Tag]), and otherwise
// as the first whose required members are all there.
func OneOf(name, expect, tag string, alternatives ...*Schema) *Schema {
	return &Schema{Name: name, Expect: expect, Tag: tag, OneOf: alternatives}
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
