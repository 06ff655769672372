package llm

import "github.com/openloop-server/openloop/internal/json"

// Tool is a function that the model may ask to have called.
type Tool struct {
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Strict      bool       `json:"strict,omitzero"`
	Parameters  json.Value `json:"parameters,omitzero" object:"true"` // a JSON Schema object; absent: no arguments
}

// Schema is the schema of the arguments of t for an API that demands one. A tool without parameters takes an object without members.
func (t *Tool) Schema() json.Value {
	if len(t.Parameters) == 0 || string(t.Parameters) == "{}" || json.Kind(t.Parameters) == 'n' {
		return json.Value(`{"type":"object","properties":{}}`)
	}
	return t.Parameters
}

// ToolChoice says whether and which tools the model must call: "none", "auto", "required", or the function named Function.
// The zero ToolChoice leaves it to the provider's default.
type ToolChoice struct {
	Mode     string // "none", "auto", "required", "function" or ""
	Function string // its name, with Mode "function"
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

// MarshalJSONTo implements the JSON union of a mode and a named function.
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

// UnmarshalJSONFrom implements the JSON union of a mode and a named function.
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

// ResponseFormat asks for an answer in JSON: of any shape ("json_object"), or of a schema ("json_schema").
type ResponseFormat struct {
	Type string `json:"type"`
	// JSONSchema is the object that OpenAI defines beside the type: {name, schema, strict, description}. A bare JSON Schema is
	// accepted too: adapters look for the member "schema".
	JSONSchema json.Value `json:"json_schema,omitzero"`
}

// Schema is the JSON Schema itself, of either form of JSONSchema; nil when none is given.
func (f *ResponseFormat) Schema() json.Value {
	var named struct {
		Schema json.Value `json:"schema"`
	}
	if err := json.Unmarshal(f.JSONSchema, &named); err != nil || named.Schema == nil {
		return f.JSONSchema
	}
	return named.Schema
}

// Effort is how much a model may reason: a level (low, medium, high, or a provider's own word) or a budget in tokens.
// The zero Effort leaves it to the provider.
type Effort struct {
	Level  string
	Budget int
}

// Tokens is the number of tokens that stands for a level at vendors who know none, false for a level that has none.
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

// MarshalJSONTo implements the JSON union of a level and a budget.
func (e Effort) MarshalJSONTo(enc *json.Encoder) error {
	if e.Level != "" {
		return json.Encode(enc, e.Level)
	}
	if e == (Effort{}) {
		return json.Null(enc)
	}
	return json.Encode(enc, e.Budget)
}

// UnmarshalJSONFrom implements the JSON union of a level and a budget.
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

// Stop is the list of texts at which the model stops. It keeps whether it was given as one string.
type Stop struct {
	Sequences []string
	Single    bool
}

// IsZero reports whether no text is given.
func (s Stop) IsZero() bool { return len(s.Sequences) == 0 }

// MarshalJSONTo implements the JSON union of string and list.
func (s Stop) MarshalJSONTo(enc *json.Encoder) error {
	if s.Single && len(s.Sequences) == 1 {
		return json.Encode(enc, s.Sequences[0])
	}
	if s.Sequences == nil {
		return json.Null(enc)
	}
	return json.Encode(enc, s.Sequences)
}

// UnmarshalJSONFrom implements the JSON union of string and list.
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
