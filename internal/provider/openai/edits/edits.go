// Package edits changes bodies in OpenAI's formats in their text, and reads what their clients asked for.
package edits

import (
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/overlay"
)

// TellsUsage reports whether a chunk tells the usage and nothing else.
func TellsUsage(data []byte) bool {
	var in struct {
		Choices []json.Value `json:"choices"`
		Usage   json.Value   `json:"usage"`
	}
	return json.UnmarshalForeign(data, &in) == nil && len(in.Choices) == 0 && json.Kind(in.Usage) == '{'
}

// The member of a body that says what a stream tells beside the answer, and the one in it.
const (
	streamOptions = "stream_options"
	includeUsage  = "include_usage"
)

// AsksUsage reports whether a body asks for the usage of a stream.
func AsksUsage(body json.Value) bool {
	e, _ := json.NewEdit(body)
	options, ok := json.NewEdit(e.Get(streamOptions))
	return ok && json.Kind(options.Get(includeUsage)) == 't'
}

// AskUsage asks for the usage of a stream.
func AskUsage(e *json.Edit) {
	options, ok := json.NewEdit(e.Get(streamOptions))
	if !ok {
		options, _ = json.NewEdit(json.Value("{}"))
	}
	if json.Kind(options.Get(includeUsage)) == 't' {
		return
	}
	options.Set(includeUsage, []byte("true"))
	e.Set(streamOptions, options.Value())
}

// Overlays say how what a saved Prompt sets goes over a body, by the endpoint.
var Overlays = map[llm.Endpoint]*overlay.Rules{
	llm.Chat: {
		Skip: []string{"model"}, Before: map[string][]string{"messages": nil}, Tools: "tools",
		Same: [][]string{{"max_tokens", "max_completion_tokens"}, {"reasoning_effort", "reasoning"}},
	},
	llm.Responses: {
		Skip: []string{"model"}, Before: map[string][]string{"input": {`{"role":"user","content":`, `}`}}, Tools: "tools",
		Nested: []string{"text", "reasoning"},
	},
}

// InstructionsFollow makes the first item of a client's instructions, so that they follow the texts of the Prompt.
func InstructionsFollow(e *json.Edit) {
	text := e.Get("instructions")
	if json.Kind(text) != '"' {
		return
	}
	first := slices.Concat([]byte(`{"input":[{"role":"developer","content":`), text, []byte(`}]}`))
	Overlays[llm.Responses].Apply(e, first)
	e.Remove("instructions")
}
