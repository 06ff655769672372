package messages

import (
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// ToolParam is a function that the model may call.
type ToolParam struct {
	Type        string     `json:"type,omitempty"` // custom, or one of a provider's own tools
	Name        string     `json:"name,omitempty"`
	Description string     `json:"description,omitempty"`
	InputSchema json.Value `json:"input_schema,omitzero" object:"true"`
	Strict      bool       `json:"strict,omitzero"`

	CacheControl *llm.Cache `json:"cache_control,omitzero"`
}

func tools(in []ToolParam) ([]llm.Tool, error) {
	var out []llm.Tool
	for i := range in {
		t := &in[i]
		switch {
		case t.Type != "" && t.Type != "custom":
			return nil, dialect.Unsupported("The tool "+t.Type+" of a provider cannot be used here. Give the model a function that does the same.", "tools", i, "type")
		case t.Name == "":
			return nil, errs.Invalid("is missing", "tools", i, "name")
		}
		out = append(out, llm.Tool{Name: t.Name, Description: t.Description, Parameters: t.InputSchema, Strict: t.Strict, Cache: t.CacheControl})
	}
	return out, nil
}

// ToolChoice says whether the model must call a tool, and which.
type ToolChoice struct {
	Type            string `json:"type" required:"true" enum:"auto,any,tool,none"`
	Name            string `json:"name,omitempty"`
	DisableParallel bool   `json:"disable_parallel_tool_use,omitzero"`
}

func (c *ToolChoice) portable() (llm.ToolChoice, error) {
	switch {
	case c == nil:
		return llm.ToolChoice{}, nil
	case c.Type == "any":
		return llm.ToolChoice{Mode: llm.ToolsRequired}, nil
	case c.Type != "tool":
		return llm.ToolChoice{Mode: c.Type}, nil
	case c.Name == "":
		return llm.ToolChoice{}, errs.Invalid("is missing", "tool_choice", "name")
	}
	return llm.ToolChoice{Mode: llm.ToolsFunction, Function: c.Name}, nil
}
