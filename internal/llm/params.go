package llm

import "github.com/openloop-server/openloop/internal/json"

// Tool is a function that the model may call.
type Tool struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Strict      bool       `json:"strict,omitzero"`
	Parameters  json.Value `json:"parameters,omitzero" object:"true"` // a JSON Schema object; absent if the function takes no arguments
	Cache       *Cache     `json:"-"`                                 // see [Message]
}

// Schema returns the JSON Schema of the arguments of t, for APIs that demand one. Without parameters it is an object without members.
func (t *Tool) Schema() json.Value {
	if len(t.Parameters) == 0 || string(t.Parameters) == "{}" || json.Kind(t.Parameters) == 'n' {
		return json.Value(`{"type":"object","properties":{}}`)
	}
	return t.Parameters
}

// ToolChoice says whether the model must call a tool, and which. Mode is "none", "auto", "required", or "function" for the function named
// Function. The zero ToolChoice means the provider's default.
type ToolChoice struct {
	Mode     string // "none", "auto", "required", "function" or ""
	Function string // the function's name if Mode is "function"
}

// The modes of a ToolChoice.
const (
	ToolsNone     = "none"
	ToolsAuto     = "auto"
	ToolsRequired = "required"
	ToolsFunction = "function"
)

type namedToolChoice struct {
	Type     string `json:"type"`
	Function struct {
		Name string `json:"name"`
	} `json:"function"`
}

// MarshalJSONTo writes a mode, a named function, or null for the zero ToolChoice.
func (c ToolChoice) MarshalJSONTo(enc *json.Encoder) error {
	if c.Mode == "" {
		return json.Null(enc)
	}
	if c.Mode != ToolsFunction {
		return json.Encode(enc, c.Mode)
	}
	n := namedToolChoice{Type: "function"}
	n.Function.Name = c.Function
	return json.Encode(enc, n)
}

// UnmarshalJSONFrom reads a mode, a named function, or null.
func (c *ToolChoice) UnmarshalJSONFrom(dec *json.Decoder) error {
	*c = ToolChoice{}
	switch dec.PeekKind() {
	case json.KindNull:
		return dec.SkipValue()
	case json.KindString:
		return json.Decode(dec, &c.Mode)
	case json.KindObject:
		var n namedToolChoice
		err := json.Decode(dec, &n)
		*c = ToolChoice{Mode: ToolsFunction, Function: n.Function.Name}
		return err
	default:
		return json.WrongKind(dec, "a string or a named function")
	}
}

// ResponseFormat asks for an answer in JSON, of any shape ("json_object") or after a schema ("json_schema").
type ResponseFormat struct {
	Type string `json:"type"`
	// JSONSchema is the object that OpenAI defines beside the type: {name, schema, strict, description}. A bare JSON Schema works too: the
	// member "schema" tells the two apart.
	JSONSchema json.Value `json:"json_schema,omitzero"`
}

// Schema returns the JSON Schema from either form of JSONSchema, or nil if there is none.
func (f *ResponseFormat) Schema() json.Value {
	var named struct {
		Schema json.Value `json:"schema"`
	}
	if err := json.Unmarshal(f.JSONSchema, &named); err != nil || named.Schema == nil {
		return f.JSONSchema
	}
	return named.Schema
}

// Wanted returns the schema that a JSON answer must follow, nil for any shape. wanted is false if f is nil or asks for text. It is for APIs
// that know only objects and schemas. Errors are unsupported_parameter. vendor is the vendor's name for their messages.
func (f *ResponseFormat) Wanted(vendor string) (schema json.Value, wanted bool, err error) {
	switch {
	case f == nil || f.Type == "text":
		return nil, false, nil
	case f.Type == "json_object":
	case f.Type != "json_schema":
		return nil, false, Unsupported("response_format", "%s takes a response_format of type text, json_object or json_schema, not %s.", vendor, f.Type)
	default:
		if schema = f.Schema(); len(schema) == 0 {
			return nil, false, Unsupported("response_format", "A response_format of type json_schema needs a JSON Schema.")
		}
	}
	return schema, true, nil
}

// Effort says how much a model may reason: a level ("low", "medium", "high", or a provider's own word) or a budget in tokens. The zero
// Effort means the provider's default.
type Effort struct {
	Level  string
	Budget int
}

// Tokens returns the budget in tokens that stands for a level at vendors without levels. ok is false for a level that has none.
func (e Effort) Tokens() (int, bool) {
	switch e.Level {
	case "minimal", "low":
		return 1_024, true
	case "medium":
		return 8_192, true
	case "high":
		return 24_576, true
	default:
		return 0, false
	}
}

// MarshalJSONTo writes a level as a string, a budget as a number, and the zero Effort as null.
func (e Effort) MarshalJSONTo(enc *json.Encoder) error {
	if e.Level != "" {
		return json.Encode(enc, e.Level)
	}
	if e == (Effort{}) {
		return json.Null(enc)
	}
	return json.Encode(enc, e.Budget)
}

// UnmarshalJSONFrom reads a level, a budget, or null.
func (e *Effort) UnmarshalJSONFrom(dec *json.Decoder) error {
	*e = Effort{}
	switch dec.PeekKind() {
	case json.KindNull:
		return dec.SkipValue()
	case json.KindString:
		return json.Decode(dec, &e.Level)
	case json.KindNumber:
		return json.Decode(dec, &e.Budget)
	default:
		return json.WrongKind(dec, "a string or an integer")
	}
}

// Stop lists the texts at which the model stops. Single says that it was written as one string, not as a list.
type Stop struct {
	Sequences []string
	Single    bool
}

// IsZero reports whether there are no texts.
func (s Stop) IsZero() bool { return len(s.Sequences) == 0 }

// MarshalJSONTo writes a string if Single is set, a list, or null.
func (s Stop) MarshalJSONTo(enc *json.Encoder) error {
	if s.Single && len(s.Sequences) == 1 {
		return json.Encode(enc, s.Sequences[0])
	}
	if s.Sequences == nil {
		return json.Null(enc)
	}
	return json.Encode(enc, s.Sequences)
}

// UnmarshalJSONFrom reads a string, a list, or null.
func (s *Stop) UnmarshalJSONFrom(dec *json.Decoder) error {
	*s = Stop{}
	switch dec.PeekKind() {
	case json.KindNull:
		return dec.SkipValue()
	case json.KindString:
		s.Single, s.Sequences = true, make([]string, 1)
		return json.Decode(dec, &s.Sequences[0])
	case json.KindArray:
		return json.Decode(dec, &s.Sequences)
	default:
		return json.WrongKind(dec, "a string or a list of strings")
	}
}
