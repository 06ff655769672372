package openai

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// The types of a response format.
const (
	textFormat   = "text"
	objectFormat = "json_object"
	schemaFormat = "json_schema"

	unnamedSchema = "response" // the name of a schema that came without one
)

// format is a response format taken apart: OpenAI's endpoints nest the same members differently.
type format struct {
	Type        string
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Schema      json.Value `json:"schema"`
	Strict      json.Value `json:"strict"`
}

// formatOf takes f apart. A schema decides the type, also when f calls itself json_object.
func formatOf(f *llm.ResponseFormat) (format, error) {
	if json.Kind(f.JSONSchema) != '{' {
		switch f.Type {
		case textFormat, objectFormat:
			return format{Type: f.Type}, nil
		case schemaFormat:
			return format{}, llm.Unsupported("response_format", "A response_format of type json_schema needs the member json_schema.")
		}
	}
	if f.Type != objectFormat && f.Type != schemaFormat {
		return format{}, llm.Unsupported("response_format", "A response_format is of type text, json_object or json_schema.")
	}
	var out format
	if err := json.UnmarshalForeign(f.JSONSchema, &out); err != nil || json.Kind(out.Schema) != '{' {
		out = format{Schema: f.JSONSchema}
	}
	out.Type = schemaFormat
	if out.Name == "" {
		out.Name = unnamedSchema
	}
	return out, nil
}

// schema adds the members that describe a schema.
func (b object) schema(f format) object {
	b = b.string("name", f.Name).text("description", f.Description).raw("schema", f.Schema)
	if f.Strict != nil {
		b = b.raw("strict", f.Strict)
	}
	return b
}
