package file

import "github.com/openloop-server/openloop/internal/json"

// Flow is the content of a Flow's version: attributes that distinguish it from others.
type Flow struct {
	Attributes json.Value `json:"attributes,omitzero"` // an object; absent is the empty one
}

// Kind implements [Content].
func (f *Flow) Kind() Kind { return FlowKind }

// Normalize implements [Content].
func (f *Flow) Normalize() { f.Attributes = dropEmpty(f.Attributes) }
