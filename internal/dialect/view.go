package dialect

import (
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// The functions of this file read bodies that may hold what the portable model has no place for, so that Logs tell as much of them as they can.

// Word returns a value that is a string, and "" for another.
func Word(v json.Value) string {
	var out json.Lenient[string]
	_ = json.UnmarshalForeign(v, &out) // what is no string leaves it empty
	return out.V
}

// True reports whether a value is true.
func True(v json.Value) bool { return json.Kind(v) == 't' }

// Streams reports whether a body asks for a stream.
func Streams(body json.Value) bool {
	e, ok := json.NewEdit(body)
	return ok && True(e.Get("stream"))
}

// Opaque returns what stands in the place of a part that cannot be read: its beginning, as JSON.
func Opaque(v json.Value) llm.Part {
	return llm.Part{Type: llm.TextPart, Text: errs.Truncate(string(v), maxOpaque)}
}

const maxOpaque = 2 << 10 // bytes

// OpaqueMessage is a message that cannot be read. read returns a part of its content alone, and false for one that cannot be read either.
func OpaqueMessage(v json.Value, content string, read func(part json.Value) ([]llm.Part, bool)) llm.Message {
	out := llm.Message{Role: llm.User}
	e, ok := json.NewEdit(v)
	if !ok {
		out.Content = llm.Parts(Opaque(v))
		return out
	}
	if role := llm.Role(Word(e.Get("role"))); role == llm.Assistant || role == llm.System || role == llm.Developer {
		out.Role = role
	}
	list, ok := json.Elements(e.Get(content))
	if !ok {
		out.Content = llm.Parts(Opaque(v))
		return out
	}
	parts := []llm.Part{}
	for _, one := range list {
		if some, ok := read(one); ok {
			parts = append(parts, some...)
		} else {
			parts = append(parts, Opaque(one))
		}
	}
	out.Content = llm.Parts(parts...)
	return out
}
