package cohere

import (
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// encode translates r into the body of a call.
func encode(r *llm.Request, stream bool) (json.Value, error) {
	if r.LogProbs != nil && *r.LogProbs > 1 {
		return nil, llm.Unsupported("logprobs", "Cohere tells the log probabilities of the answer's own tokens only, so logprobs cannot be %d.", *r.LogProbs)
	}
	out := request{
		Model:            r.Model,
		MaxTokens:        max(r.MaxTokens, 0),
		StopSequences:    r.Stop,
		Temperature:      r.Temperature,
		P:                r.TopP,
		FrequencyPenalty: llm.Unless(r.FrequencyPenalty, 0),
		PresencePenalty:  llm.Unless(r.PresencePenalty, 0),
		Seed:             r.Seed,
		LogProbs:         r.LogProbs != nil,
		Stream:           stream,
	}
	if r.TopP != nil && *r.TopP == 1 {
		out.P = new(0.99) // the highest that the API takes
	}
	var err error
	if out.Messages, err = encodeMessages(r.Messages); err != nil {
		return nil, err
	}
	if err := out.offer(r); err != nil {
		return nil, err
	}
	if out.ResponseFormat, err = encodeFormat(r.ResponseFormat); err != nil {
		return nil, err
	}
	if out.Thinking, err = encodeEffort(r.Effort); err != nil {
		return nil, err
	}
	return llm.Body(&out, r.Other)
}

// offer sets the tools, and whether they are called.
func (out *request) offer(r *llm.Request) error {
	tools := r.Tools
	switch c := r.ToolChoice; c.Mode {
	case "", llm.ToolsAuto:
	case llm.ToolsNone:
		if len(tools) > 0 {
			out.ToolChoice = "NONE"
		}
	case llm.ToolsRequired, llm.ToolsFunction:
		if c.Mode == llm.ToolsFunction {
			tools = named(tools, c.Function)
		}
		if len(tools) == 0 {
			return llm.Unsupported("tool_choice", "The tool choice demands a tool call, but there is no such tool.")
		}
		out.ToolChoice = "REQUIRED"
	}
	out.Tools = encodeTools(tools)
	out.StrictTools = slices.ContainsFunc(tools, func(t llm.Tool) bool { return t.Strict })
	return nil
}

// named is the tool of that name alone.
func named(tools []llm.Tool, name string) []llm.Tool {
	i := slices.IndexFunc(tools, func(t llm.Tool) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return tools[i : i+1]
}

func encodeTools(tools []llm.Tool) []tool {
	out := make([]tool, 0, len(tools))
	for _, t := range tools {
		out = append(out, tool{Type: "function", Function: function{Name: t.Name, Description: t.Description, Parameters: t.Schema()}})
	}
	return out
}

func encodeFormat(f *llm.ResponseFormat) (*responseFormat, error) {
	if f == nil || f.Type == "text" {
		return nil, nil
	}
	out := &responseFormat{Type: "json_object"}
	switch f.Type {
	case "json_object":
	case "json_schema":
		if out.JSONSchema = f.Schema(); len(out.JSONSchema) == 0 {
			return nil, llm.Unsupported("response_format", "A response_format of type json_schema needs a JSON Schema.")
		}
	default:
		return nil, llm.Unsupported("response_format",
			"Cohere takes a response_format of type text, json_object or json_schema, not %s.", f.Type)
	}
	return out, nil
}

func encodeEffort(e llm.Effort) (*thinking, error) {
	out := &thinking{Type: "enabled", TokenBudget: e.Budget}
	switch e.Level {
	case "":
		if e.Budget == 0 {
			return nil, nil
		}
	case "none":
		out.Type = "disabled"
	case "minimal", "low":
		out.TokenBudget = 1_024
	case "medium":
		out.TokenBudget = 8_192
	case "high":
	default:
		return nil, llm.Unsupported("reasoning_effort",
			"Cohere takes a reasoning_effort of none, low, medium, high or a number of tokens, not %s.", e.Level)
	}
	return out, nil
}
