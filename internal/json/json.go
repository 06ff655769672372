// Package json is the only package of this repository that encodes and decodes JSON.
//
// It fixes the options of github.com/go-json-experiment/json (the API of Go 1.27's encoding/json/v2) for two kinds of input: bodies of our
// own callers, which must be valid UTF-8, and bytes of providers, which may have lone surrogates. Both may have duplicate member names; the
// last one counts, as in Python's json module.
//
// Struct tags are those of JSON v2: `omitzero`, and `,embed` on a field of type [Value] to keep unknown members byte for byte.
// Nesting deeper than 10,000 is a syntax error. Functions are safe for concurrent use.
package json

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Value is raw JSON text. The zero Value is absent; it marshals as null.
type Value = jsontext.Value

// Unmarshal decodes a caller's JSON, which must be valid UTF-8, into v.
// Unknown members are ignored unless v embeds a [Value]. Errors are described by [Describe].
func Unmarshal(data []byte, v any) error {
	return json.Unmarshal(data, v, jsontext.AllowDuplicateNames(true), texts)
}

// UnmarshalKnown is like [Unmarshal], but an unknown member is an error.
func UnmarshalKnown(data []byte, v any) error {
	return json.Unmarshal(data, v, jsontext.AllowDuplicateNames(true), json.RejectUnknownMembers(true), texts)
}

// UnmarshalForeign decodes a provider's JSON into v. Invalid UTF-8 is replaced by U+FFFD.
func UnmarshalForeign(data []byte, v any) error {
	return json.Unmarshal(data, v, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Marshal encodes v. Map members come in sorted order, so equal values give equal bytes. Nil slices encode as [].
func Marshal(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

// MarshalWrite encodes v to w like [Marshal].
func MarshalWrite(w io.Writer, v any) error {
	return json.MarshalWrite(w, v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
}

// MarshalIndent encodes v like [Marshal], with an indent of two blanks for each level.
func MarshalIndent(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true), jsontext.WithIndent("  "))
}

// Indent returns raw with an indent of two blanks for each level. Members keep their order, and numbers their digits.
func Indent(raw Value) (Value, error) {
	out := slices.Clone(raw)
	err := out.Indent(jsontext.WithIndent("  "), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	return out, err
}

// Canonical returns raw in a form that is equal for equal values: without white space, with sorted members, and with numbers and strings as
// in RFC 8785. Duplicate members and invalid UTF-8 are errors.
func Canonical(raw Value) (Value, error) {
	out := slices.Clone(raw)
	err := out.Canonicalize()
	return out, err
}

// CanonicalExact is like [Canonical], but integers keep all digits. RFC 8785 makes different integers above 2⁵³ equal.
func CanonicalExact(raw Value) (Value, error) {
	out := slices.Clone(raw)
	err := out.Canonicalize(jsontext.CanonicalizeRawInts(false))
	return out, err
}

// Valid reports whether data is one JSON text.
func Valid(data []byte) bool {
	return Value(data).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// Kind is the first byte of a JSON value: 'n', 't', 'f', '"', '0', '{' or '['; 0 if data has none.
func Kind(data []byte) byte {
	return byte(Value(data).Kind())
}

// Object returns v if it is an object, and nil otherwise.
func Object(v Value) Value {
	if Kind(v) != '{' {
		return nil
	}
	return v
}

// ObjectOrEmpty returns v if it is an object, and an empty one otherwise.
func ObjectOrEmpty(v Value) Value {
	if Kind(v) != '{' {
		return Value("{}")
	}
	return v
}

// AppendString appends s as a JSON string; invalid UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	if plain(s) {
		dst = append(dst, '"')
		dst = append(dst, s...)
		return append(dst, '"')
	}
	out, _ := jsontext.AppendQuote(dst, s) // its error reports invalid UTF-8
	return out
}

// AppendValue appends v like [Marshal]. It is for types that always encode: of another one it appends null.
func AppendValue(dst []byte, v any) []byte {
	raw, err := Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, raw...)
}

// plain reports whether s needs no escapes in quotes: it is printable ASCII without quotes and backslashes. It tests eight bytes at a time.
func plain(s string) bool {
	const (
		low   = 0x0101010101010101
		high  = 0x8080808080808080
		quote = low * '"'
		slash = low * '\\'
		space = low * ' '
	)
	for len(s) >= 8 {
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		q, b := w^quote, w^slash
		// The high bit of a byte is set where it is no ASCII, below a space, a quote or a backslash (or, harmlessly, next to one).
		if (w|(w-space)|(q-low)&^q|(b-low)&^b)&high != 0 {
			return false
		}
		s = s[8:]
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// Fault says where and why a JSON text could not be read.
type Fault struct {
	Syntax  bool   // the text is not JSON; otherwise a value has the wrong type
	UTF8    bool   // the text is not valid UTF-8
	Pointer string // RFC 6901 pointer to the faulty value, "" for the document
	Line    int    // 1-based
	Column  int    // 1-based, in bytes
	Reason  string // a short sentence that does not quote the text
}

// Describe turns an error of [Unmarshal] over data into a [Fault].
func Describe(data []byte, err error) Fault {
	if se, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		f := at(data, int(se.ByteOffset))
		f.Syntax, f.Pointer, f.Reason = true, string(se.JSONPointer), syntaxReason(se.Err)
		f.UTF8 = !utf8.Valid(data)
		return f
	}
	if se, ok := errors.AsType[*json.SemanticError](err); ok {
		f := at(data, int(se.ByteOffset))
		f.Pointer, f.Reason = string(se.JSONPointer), "the value has the wrong type"
		return f
	}
	return Fault{Syntax: true, Line: 1, Column: 1, Reason: "the text ends too early"}
}

func syntaxReason(err error) string {
	if err == nil {
		return "the text is not JSON"
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "the text ends too early"
	}
	return err.Error()
}

func at(data []byte, offset int) Fault {
	offset = max(0, min(offset, len(data)))
	head := data[:offset]
	return Fault{Line: 1 + bytes.Count(head, []byte{'\n'}), Column: offset - bytes.LastIndexByte(head, '\n')}
}
