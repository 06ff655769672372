package schema

import (
	"iter"
	"reflect"
	"strings"
)

// field is a field of a struct that JSON knows.
type field struct {
	reflect.StructField

	index    int
	json     string // the member's name
	omit     bool   // may be left out of an answer
	embedded bool   // its members are those of the struct that holds it
}

// fields are the fields of t that JSON knows, by the rules of JSON v2.
func fields(t reflect.Type) iter.Seq[field] {
	return func(yield func(field) bool) {
		for i := range t.NumField() {
			f := field{StructField: t.Field(i), index: i}
			if f.read() && !yield(f) {
				return
			}
		}
	}
}

// read fills in what the tag says, and reports whether the field has a member.
func (f *field) read() bool {
	tag, tagged := f.Tag.Lookup("json")
	if tag == "-" || !f.IsExported() && !f.Anonymous {
		return false
	}
	name, options, _ := strings.Cut(tag, ",")
	f.json = strings.Trim(name, "'")
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitzero", "omitempty":
			f.omit = true
		case "embed":
			f.embedded = true
		}
	}
	if f.Anonymous && (!tagged || name == "") {
		f.embedded = true
	}
	if f.json == "" {
		f.json = f.Name
	}
	return true
}
