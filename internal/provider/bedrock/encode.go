package bedrock

import (
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// encode translates r into the body of a call, the same for both operations.
func encode(r *llm.Request) (json.Value, error) {
	out := request{Inference: encodeInference(r)}
	var err error
	if out.System, out.Messages, err = turnsFor(r.Model).Split(r.Messages); err != nil {
		return nil, err
	}
	settle(out.Messages)
	if word := llm.ServiceTier(r.ServiceTier); word != "" {
		out.ServiceTier = &tier{Type: word}
	}
	if out.ToolConfig, err = encodeTools(r, out.Messages); err != nil {
		return nil, err
	}
	if out.OutputConfig, err = encodeFormat(r.ResponseFormat); err != nil {
		return nil, err
	}
	if err := out.reason(r); err != nil {
		return nil, err
	}
	if empty(out.Inference) {
		out.Inference = nil
	}
	body, err := json.Marshal(&out)
	if err != nil {
		return nil, llm.Invalid("messages", "A JSON value of the request is not valid.", err)
	}
	if body, err = merge(body, r.Other); err != nil {
		return nil, llm.Invalid("other", "The member other has to be a JSON object, and so have its inferenceConfig and additionalModelRequestFields.", err)
	}
	return body, nil
}

func encodeInference(r *llm.Request) *inference {
	out := &inference{MaxTokens: max(r.MaxTokens, 0), Temperature: r.Temperature, TopP: r.TopP, StopSequences: r.Stop}
	if familyOf(r.Model) == claude { // whose newer models refuse the parameters, and whose defaults they are
		out.Temperature, out.TopP = llm.Unless(r.Temperature, 1), llm.Unless(r.TopP, 1)
	}
	return out
}

func empty(c *inference) bool {
	return c.MaxTokens == 0 && c.Temperature == nil && c.TopP == nil && len(c.StopSequences) == 0
}

// encodeTools gives nil when there are no tools to send. A conversation with calls has to come with tools: when none are offered any more,
// they are those of its calls.
func encodeTools(r *llm.Request, turns []message) (*toolConfig, error) {
	mode := r.ToolChoice.Mode
	optional := mode == "" || mode == llm.ToolsNone || mode == llm.ToolsAuto
	switch used := usesTools(turns); {
	case mode == llm.ToolsNone && len(r.Tools) > 0 && used:
		return nil, llm.Unsupported("tool_choice", "Amazon Bedrock's Converse API has no tool_choice none in a conversation that uses tools.")
	case optional && len(r.Tools) == 0 && used:
		return configOf(r.Model, llm.CalledTools(r.Messages)), nil
	case mode == llm.ToolsNone, optional && len(r.Tools) == 0:
		return nil, nil
	}
	out := configOf(r.Model, r.Tools)
	switch mode {
	case "":
	case llm.ToolsAuto:
		out.ToolChoice = &toolChoice{Auto: &struct{}{}}
	case llm.ToolsRequired:
		out.ToolChoice = &toolChoice{Any: &struct{}{}}
	case llm.ToolsFunction:
		out.ToolChoice = &toolChoice{Tool: &named{r.ToolChoice.Function}}
	}
	return out, nil
}

func configOf(model string, tools []llm.Tool) *toolConfig {
	f := familyOf(model)
	out := &toolConfig{Tools: make([]tool, 0, len(tools))}
	for _, t := range tools {
		out.Tools = append(out.Tools, tool{Spec: &toolSpec{Name: t.Name, Description: t.Description, InputSchema: inputSchema{t.Schema()}, Strict: t.Strict}})
		if point := f.cachePoint(t.Cache); point != nil {
			out.Tools = append(out.Tools, tool{CachePoint: point})
		}
	}
	return out
}

// usesTools reports whether the conversation holds calls of tools, or results.
func usesTools(turns []message) bool {
	return slices.ContainsFunc(turns, func(m message) bool {
		return slices.ContainsFunc(m.Content, func(b block) bool { return b.ToolUse != nil || b.ToolResult != nil })
	})
}

// encodeFormat asks for an answer in JSON. The API knows schemas only.
func encodeFormat(f *llm.ResponseFormat) (*outputConfig, error) {
	if f == nil || f.Type == "text" {
		return nil, nil
	}
	schema := f.Schema()
	if f.Type != "json_schema" || json.Kind(schema) != '{' {
		return nil, llm.Unsupported("response_format",
			"Amazon Bedrock takes a response_format of type json_schema with a schema, not one of type %s.", f.Type)
	}
	var named struct {
		Name        string     `json:"name"`
		Description string     `json:"description"`
		Schema      json.Value `json:"schema"`
	}
	if json.Unmarshal(f.JSONSchema, &named) != nil || named.Schema == nil { // a bare schema, whose members are its own
		named.Name, named.Description = "", ""
	}
	text, err := json.Marshal(schema) // without white space, its members in their order
	if err != nil {
		return nil, llm.Invalid("response_format", "The schema of the response_format is not valid JSON.", err)
	}
	return &outputConfig{textFormat{Type: "json_schema", Structure: structure{jsonSchema{
		Name: named.Name, Description: named.Description, Schema: string(text),
	}}}}, nil
}
