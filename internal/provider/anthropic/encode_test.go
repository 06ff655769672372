package anthropic

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

const model = "claude-sonnet-4-5"

// with is a chat of one user message, changed.
func with(change func(*llm.Request)) *llm.Request {
	r := &llm.Request{Model: model, MaxTokens: 100, Messages: []llm.Message{user("Hi")}}
	change(r)
	return r
}

func user(text string) llm.Message {
	return llm.Message{Role: llm.User, Content: llm.Text(text)}
}

func say(messages ...llm.Message) func(*llm.Request) {
	return func(r *llm.Request) { r.Messages = messages }
}

func TestEncodeToolChoice(t *testing.T) {
	for _, c := range []struct {
		choice llm.ToolChoice
		tools  int
		want   *toolChoice
	}{
		{llm.ToolChoice{}, 1, nil},
		{llm.ToolChoice{Mode: llm.ToolsAuto}, 1, &toolChoice{Type: "auto"}},
		{llm.ToolChoice{Mode: llm.ToolsNone}, 1, &toolChoice{Type: "none"}},
		{llm.ToolChoice{Mode: llm.ToolsRequired}, 1, &toolChoice{Type: "any"}},
		{llm.ToolChoice{Mode: llm.ToolsFunction, Function: "f"}, 1, &toolChoice{Type: "tool", Name: "f"}},
		{llm.ToolChoice{Mode: llm.ToolsAuto}, 0, nil},
		{llm.ToolChoice{Mode: llm.ToolsNone}, 0, nil},
	} {
		got := encodeToolChoice(&llm.Request{ToolChoice: c.choice, Tools: make([]llm.Tool, c.tools)})
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("encodeToolChoice(%+v with %d tools) (-want +got):\n%s", c.choice, c.tools, d)
		}
	}
}

func TestEncodeUnsupported(t *testing.T) {
	for _, c := range []struct {
		param  string
		change func(*llm.Request)
	}{
		{"endpoint", func(r *llm.Request) { r.Endpoint = llm.Complete }},
		{"endpoint", func(r *llm.Request) { r.Endpoint = llm.Responses }},
		{"tool_choice", func(r *llm.Request) { r.ToolChoice.Mode = llm.ToolsRequired }},
		{"tool_choice", func(r *llm.Request) { r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsFunction, Function: "f"} }},
		{"tool_choice", func(r *llm.Request) { r.ToolChoice.Mode = "any" }},
		{"suffix", func(r *llm.Request) { r.Suffix = "x" }},
		{"seed", func(r *llm.Request) { r.Seed = new(int64(0)) }},
		{"logprobs", func(r *llm.Request) { r.LogProbs = new(0) }},
		{"presence_penalty", func(r *llm.Request) { r.PresencePenalty = new(0.1) }},
		{"frequency_penalty", func(r *llm.Request) { r.FrequencyPenalty = new(-1.0) }},
		{"response_format", func(r *llm.Request) { r.ResponseFormat = &llm.ResponseFormat{Type: "json_object"} }},
		{"response_format", func(r *llm.Request) { r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema"} }},
		{"messages", say(llm.Message{Role: "critic", Content: llm.Text("x")})},
		{"messages", say(llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: "input_audio"})})},
		{"messages", say(llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "file:///etc/passwd"}})})},
		{"messages", say(llm.Message{Role: llm.ToolRole, Content: llm.Parts(llm.Part{Type: llm.ImagePart})})},
		{"reasoning_effort", func(r *llm.Request) { r.Effort.Level = "xhigh" }},
		{"max_tokens", func(r *llm.Request) { r.Effort.Budget = 100 }},
		{"max_tokens", func(r *llm.Request) { r.Effort.Level = "low" }},
	} {
		_, err := encode(with(c.change), false, false)
		if refused := llm.Refuse("Anthropic", Declaration().Endpoints, with(c.change)); refused != nil {
			err = refused
		}
		if e := errs.From(err); err == nil || e.Reason != errs.UnsupportedParameter || e.Param != c.param || e.Message == "" {
			t.Errorf("encode: %v with param %q, want %s with param %q", err, e.Param, errs.UnsupportedParameter, c.param)
		}
	}
}
