package chat

import (
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// ToolParam is a function that the model may call: nested, as in Chat Completions, or flat, as in Responses.
type ToolParam struct {
	Type     string            `json:"type,omitempty"`
	Function *dialect.Function `json:"function,omitzero"`

	Name        string     `json:"name,omitempty"`
	Description string     `json:"description,omitempty"`
	Parameters  json.Value `json:"parameters,omitzero" object:"true"`
	Strict      bool       `json:"strict,omitzero"`
}

func (t *ToolParam) function() *dialect.Function {
	if t.Function != nil {
		return t.Function
	}
	return &dialect.Function{Name: t.Name, Description: t.Description, Parameters: t.Parameters, Strict: t.Strict}
}

// tools returns the functions that may be called: all, or those that choice allows.
func tools(in []ToolParam, choice *ToolChoice) ([]llm.Tool, error) {
	var out []llm.Tool
	for i := range in {
		f := in[i].function()
		switch {
		case in[i].Type != "" && in[i].Type != function:
			return nil, dialect.Unsupported("Only functions can be called here, and no tools of a provider.", "tools", i, "type")
		case f.Name == "":
			return nil, errs.Invalid("A tool needs the name of its function.", "tools", i, "function", "name")
		case choice.Allowed != nil && !slices.Contains(choice.Allowed, f.Name):
			continue
		}
		out = append(out, f.Tool())
	}
	return out, nil
}

const function = "function"

// ToolChoice says whether the model must call a tool, and which: a word, or an object that names a function or the tools allowed.
type ToolChoice struct {
	Mode     string // "none", "auto", "required"; "" for an object
	Type     string // of the object
	Function string // the name of the function

	AllowedMode string   // of the tools allowed
	Allowed     []string // their names
}

// IsZero reports whether nothing was said.
func (c ToolChoice) IsZero() bool { return c.Mode == "" && c.Type == "" }

// JSONSchema implements [schema.Schemer].
func (ToolChoice) JSONSchema() *schema.Schema {
	return schema.OneOf("", "\"none\", \"auto\", \"required\" or an object with a type", "",
		schema.Enum(llm.ToolsNone, llm.ToolsAuto, llm.ToolsRequired), schema.Of[toolChoice]())
}

type toolChoice struct {
	Type         string        `json:"type" required:"true" enum:"function,allowed_tools"`
	Function     *named        `json:"function,omitzero"`
	Name         string        `json:"name,omitempty"`
	AllowedTools *allowedTools `json:"allowed_tools,omitzero"`
}

type named struct {
	Name string `json:"name" required:"true"`
}

type allowedTools struct {
	Mode  string      `json:"mode,omitempty" enum:"auto,required"`
	Tools []ToolParam `json:"tools,omitempty"`
}

// UnmarshalJSONFrom reads a word, an object, or null.
func (c *ToolChoice) UnmarshalJSONFrom(dec *json.Decoder) error {
	*c = ToolChoice{}
	switch dec.PeekKind() {
	case json.KindNull:
		return dec.SkipValue()
	case json.KindString:
		return json.Decode(dec, &c.Mode)
	case json.KindObject:
		var o toolChoice
		err := json.Decode(dec, &o)
		*c = ToolChoice{Type: o.Type, Function: o.Name}
		if o.Function != nil {
			c.Function = o.Function.Name
		}
		if o.AllowedTools != nil {
			c.AllowedMode = o.AllowedTools.Mode
			for i := range o.AllowedTools.Tools {
				c.Allowed = append(c.Allowed, o.AllowedTools.Tools[i].function().Name)
			}
		}
		return err
	default:
		return json.WrongKind(dec, "a string or an object")
	}
}

func (c ToolChoice) portable() llm.ToolChoice {
	if c.Type == function {
		return llm.ToolChoice{Mode: llm.ToolsFunction, Function: c.Function}
	}
	if c.Type != "" {
		return llm.ToolChoice{Mode: c.AllowedMode}
	}
	return llm.ToolChoice{Mode: c.Mode}
}
