package file

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// The pools that are no providers.
const (
	PythonPool = "python"
	NativePool = "native" // what needs neither Python nor a provider: some judgments, and Tools without code
)

// PoolOf returns what running a version with this content occupies: [PythonPool], [NativePool], or the provider that a Prompt, an Agent or an
// Evaluator's Prompt asks. It returns "" for what the server does not run.
func PoolOf(c Content) string {
	switch c := c.(type) {
	case *Prompt:
		return cmp.Or(c.Provider, DefaultProvider)
	case *Agent:
		return cmp.Or(c.Provider, DefaultProvider)
	case *Evaluator:
		return c.pool()
	case *Tool:
		return c.pool()
	default:
		return ""
	}
}

func (e *Evaluator) pool() string {
	switch {
	case e.Type == PythonEvaluator && isNative(e.Code):
		return NativePool
	case e.Type == PythonEvaluator:
		return PythonPool
	case e.Type == LLMEvaluator && e.Prompt != nil:
		return cmp.Or(e.Prompt.Provider, DefaultProvider)
	default:
		return ""
	}
}

func (t *Tool) pool() string {
	switch t.Runs() {
	case PythonTool:
		return PythonPool
	case SnippetTool, MockTool, GoogleTool, GetAPICallTool:
		return NativePool
	case SchemaTool, PineconeSearch:
	}
	return ""
}

// isNative reports whether code is that of a preset that has an equal in Go.
func isNative(code string) bool { return code == costCode || code == usageCode || code == latencyCode }

// PoolIn returns [PoolOf] the content of a kind, given in JSON. What cannot be decoded is not run.
func PoolIn(k Kind, content json.Value) string {
	var asks struct {
		Provider string        `json:"provider"`
		Type     EvaluatorType `json:"evaluator_type"`
		Code     string        `json:"code"`
		Tool     ToolType      `json:"tool_type"`
		Source   string        `json:"source_code"`
		Prompt   *struct {
			Provider string `json:"provider"`
		} `json:"prompt"`
	}
	if json.UnmarshalForeign(content, &asks) != nil {
		return ""
	}
	switch k {
	case PromptKind, AgentKind:
		return PoolOf(&Prompt{Provider: asks.Provider})
	case EvaluatorKind:
		e := &Evaluator{Type: asks.Type, Code: asks.Code}
		if asks.Prompt != nil {
			e.Prompt = &Prompt{Provider: asks.Prompt.Provider}
		}
		return PoolOf(e)
	case ToolKind:
		return PoolOf(&Tool{Type: asks.Tool, SourceCode: asks.Source})
	case FlowKind, DatasetKind:
		return ""
	}
	return ""
}
