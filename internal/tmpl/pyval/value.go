// Package pyval implements Python's values as prompt templates use them. Printing, arithmetic, comparison, indexing, methods, formatting
// and JSON give Python's results.
//
// A [Value] is one of: nil (None), bool, int64, *big.Int (only if int64 is too small), float64, string, [Markup], *[List], *[Tuple],
// *[Dict], *[Range], *[View], *[Iterator], *[Undef] and [Object]. All types but the scalars are pointers, so == is always defined for two
// Values. Strings are UTF-8 and are indexed by code point. Invalid bytes count as U+FFFD.
//
// Every operation whose result may be large charges a [Meter] first, and recursion over nested values is bounded. So no operation panics,
// runs long or takes much memory. Values are not safe for concurrent use. [Convert] makes private ones.
package pyval

import (
	"math/big"
	"unicode/utf8"
)

// Value is any of the types listed in the package comment.
type Value = any

// Markup is a string that is safe HTML. It prints like a string. `+`, `%`, join and replace escape what they add to it.
type Markup string

// List is Python's list.
type List struct{ Items []Value }

// Tuple is Python's tuple. If Names is set, it is a named tuple: Names[i] is the attribute for Items[i].
type Tuple struct {
	Items []Value
	Names []string
}

// Range is Python's range. Step must not be zero.
type Range struct{ Start, Stop, Step int64 }

// View is the result of keys(), values() or items() of a dictionary. It shows later changes of the dictionary.
type View struct {
	Of   *Dict
	Part ViewPart
}

// ViewPart is the part of a dictionary that a [View] shows.
type ViewPart uint8

// The parts of a dictionary that a [View] shows.
const (
	Keys ViewPart = iota
	Values
	Items
)

// Undef is an undefined value. It is empty when printed, tested or iterated. Any other use fails with the message Hint.
type Undef struct{ Hint string }

// Object is a value of the template language itself, such as a macro or a loop.
type Object interface {
	// TypeName returns the name of the type for messages.
	TypeName() string
	// Attr returns the attribute with that name, and whether there is one.
	Attr(name string) (Value, bool)
	// Print returns the printed form. It fails with [NoText] if there is none that is always the same.
	Print(m *Meter) (string, error)
}

// Callable is a value that can be called.
type Callable interface {
	Call(m *Meter, a Args) (Value, error)
}

// Undefinedf returns an undefined value. Its use fails with the message hint.
func Undefinedf(hint string) *Undef { return &Undef{Hint: hint} }

// Err returns the error for a use of u.
func (u *Undef) Err() error { return &Error{Kind: Undefined, Msg: u.Hint} }

// NoText returns the error for printing a value of the type typeName.
func NoText(typeName string) error {
	return typeErrorf("a %s has no text; was a call () forgotten?", typeName)
}

// TypeName returns Python's name of v's type.
func TypeName(v Value) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case Markup:
		return "Markup"
	case *List:
		return "list"
	case *Tuple:
		return "tuple"
	case *Dict:
		return "dict"
	case *Range:
		return "range"
	case *View:
		return [...]string{"dict_keys", "dict_values", "dict_items"}[v.Part]
	case *Iterator:
		return "iterator"
	case *Undef:
		return "Undefined"
	case Object:
		return v.TypeName()
	}
	return "object"
}

// Truth reports Python's bool(v).
func Truth(v Value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case Markup:
		return v != ""
	case *Undef:
		return false
	}
	n, ok := length(v)
	return !ok || n != 0
}

// Len returns Python's len(v). Strings count in code points.
func Len(m *Meter, v Value) (int64, error) {
	if s, ok := Text(v); ok {
		return int64(runeCount(s)), m.Work(len(s))
	}
	if n, ok := length(v); ok {
		return n, nil
	}
	return 0, typeErrorf("object of type '%s' has no len()", TypeName(v))
}

// length returns the number of items of a container.
func length(v Value) (int64, bool) {
	switch v := v.(type) {
	case *List:
		return int64(len(v.Items)), true
	case *Tuple:
		return int64(len(v.Items)), true
	case *Dict:
		return int64(v.Len()), true
	case *Range:
		return v.Len(), true
	case *View:
		return int64(v.Of.Len()), true
	case *Undef:
		return 0, true
	case interface{ Len() int64 }:
		return v.Len(), true
	}
	return 0, false
}

// Len returns the number of integers in r.
func (r *Range) Len() int64 {
	if (r.Step > 0) != (r.Start < r.Stop) || r.Start == r.Stop {
		return 0
	}
	span, step := uint64(r.Stop)-uint64(r.Start), uint64(r.Step) //nolint:gosec // differences of int64 fit uint64
	if r.Step < 0 {
		span, step = -span, -step
	}
	return int64(min((span-1)/step+1, 1<<62))
}

// at returns item i, which must be in range.
func (r *Range) at(i int64) int64 { return r.Start + i*r.Step }

// Text returns the text of a string or Markup, and whether v is one.
func Text(v Value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Markup:
		return string(v), true
	}
	return "", false
}

// Int returns v as an int64 if it is a bool or an integer that fits, and whether it is.
func Int(v Value) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// IsInt reports whether v is an integer and not a bool.
func IsInt(v Value) bool {
	switch v.(type) {
	case int64, *big.Int:
		return true
	}
	return false
}

// IsNumber reports whether v is an integer, a float or a bool.
func IsNumber(v Value) bool {
	switch v.(type) {
	case bool, float64:
		return true
	}
	return IsInt(v)
}

func runeCount(s string) int { return utf8.RuneCountInString(s) }
