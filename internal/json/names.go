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
