package json

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// Names lists the names of the members of an object in order; nil if the value is not an object.
func Names(object Value) []string {
	if Kind(object) != '{' {
		return nil
	}
	dec := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	var names []string
	for dec.PeekKind() == KindString {
		name, err := dec.ReadToken()
		if err != nil {
			return nil
		}
		names = append(names, name.String())
		if dec.SkipValue() != nil {
			return nil
		}
	}
	return names
}

// First returns the JSON value at the start of a text that goes on with anything, nil if there is none.
func First(text []byte) Value {
	dec := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	value, err := dec.ReadValue()
	if err != nil {
		return nil
	}
	return value.Clone()
}
