package file

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Tool is the content of a Tool's version: a function that a model may call, and the code that runs it.
type Tool struct {
	Function    *llm.Tool  `json:"function,omitzero"`
	SourceCode  string     `json:"source_code,omitempty"`
	SetupValues json.Value `json:"setup_values,omitzero"` // an object
	Attributes  json.Value `json:"attributes,omitzero"`   // an object
	Type        ToolType   `json:"tool_type,omitempty"`   // as [Tool.Runs] tells when not given
}

// ToolType says what runs a Tool.
type ToolType string

// The types of Tools, as the API names them.
const (
	PythonTool     ToolType = "python"
	SchemaTool     ToolType = "json_schema" // nothing runs it: the client does
	SnippetTool    ToolType = "snippet"
	MockTool       ToolType = "mock"
	GoogleTool     ToolType = "google"
	PineconeSearch ToolType = "pinecone_search"
	GetAPICallTool ToolType = "get_api_call"
	MCPTool        ToolType = "mcp" // a function of an MCP server, or all of them; see [MCPSetup]
)

// Kind implements [Content].
func (t *Tool) Kind() Kind { return ToolKind }

// Runs returns the Tool's type: the given one, else the one that follows from its content, else "".
func (t *Tool) Runs() ToolType {
	switch {
	case t.Type != "":
		return t.Type
	case t.SourceCode != "":
		return PythonTool
	case t.Function != nil:
		return SchemaTool
	default:
		return ""
	}
}

// Parameters returns the names of the arguments that the function takes, in order.
func (t *Tool) Parameters() []string {
	if t.Function == nil {
		return nil
	}
	var schema struct {
		Properties json.Value `json:"properties"`
	}
	if json.UnmarshalForeign(t.Function.Parameters, &schema) != nil {
		return nil // a schema of another form names none
	}
	return json.Names(schema.Properties)
}

// Normalize implements [Content]. It removes a type that equals the default, so that it does not make another version.
func (t *Tool) Normalize() {
	if named := t.Type; named != "" {
		t.Type = ""
		if t.Runs() != named {
			t.Type = named
		}
	}
	t.SetupValues = dropEmpty(t.SetupValues)
	t.Attributes = dropEmpty(t.Attributes)
	if t.Function != nil {
		t.Function.Parameters = dropNull(t.Function.Parameters)
	}
}

// MaxFunctionName is the most characters that the name of a function has with all providers.
const MaxFunctionName = 64

// FunctionName returns name with characters that providers take in the names of functions.
func FunctionName(name string) string {
	legal := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, name)
	return cmp.Or(legal[:min(len(legal), MaxFunctionName)], "_")
}
