package file

import (
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// MCPSetup is the setup values of a Tool of the type [MCPTool].
type MCPSetup struct {
	URL       string                `json:"url"`
	Headers   map[string]json.Value `json:"headers,omitempty"`
	Tool      string                `json:"tool"`                // the server's name of the function, or [AllFunctions]
	Functions []MCPFunction         `json:"functions,omitempty"` // of a Tool of all functions: as the server had them when the version was saved
}

// AllFunctions stands for all functions of an MCP server.
const AllFunctions = "*"

// MCPFunction is a function of an MCP server as models are told of it.
type MCPFunction struct {
	llm.Tool

	Original string `json:"tool,omitempty"` // the server's name of it, if that is not the one for models
}

// MCP returns the setup values of a Tool of the type [MCPTool]. Its error is validation_failed, at "setup_values".
func (t *Tool) MCP() (MCPSetup, error) {
	var s MCPSetup
	if len(t.SetupValues) > 0 && json.UnmarshalForeign(t.SetupValues, &s) != nil {
		return s, errs.Invalid("A Tool of the type mcp has the setup values url and tool, which are texts, and headers, an object of texts.", "setup_values")
	}
	switch {
	case s.URL == "":
		return s, errs.Invalid("The address of the MCP server is missing.", "setup_values", "url")
	case s.Tool == "":
		return s, errs.Invalid("Name a function of the MCP server, or give * for all of them.", "setup_values", "tool")
	}
	return s, nil
}

// MCPFunctions returns the functions of a Tool of the type [MCPTool], by the names for models. several reports whether it is a Tool of all
// functions of its server, which is called by the name of one. Without functions the version was never told of them.
func (t *Tool) MCPFunctions() (functions []MCPFunction, several bool) {
	s, err := t.MCP()
	switch {
	case t.Runs() != MCPTool || err != nil:
		return nil, false
	case s.Tool == AllFunctions:
		return s.Functions, true
	case t.Function == nil:
		return nil, false
	}
	return []MCPFunction{{Tool: *t.Function, Original: s.Tool}}, false
}

// MCPFunction returns the function of the given name, nil if there is none.
func (t *Tool) MCPFunction(name string) *MCPFunction {
	functions, several := t.MCPFunctions()
	if !several && name == "" && len(functions) == 1 {
		return &functions[0]
	}
	i := slices.IndexFunc(functions, func(f MCPFunction) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &functions[i]
}
