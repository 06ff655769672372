package cohere

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// with is a chat of one user message, changed.
func with(change func(*llm.Request)) *llm.Request {
	r := &llm.Request{Model: "command-a-03-2025", Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hi")}}}
	change(r)
	return r
}

func say(messages ...llm.Message) func(*llm.Request) {
	return func(r *llm.Request) { r.Messages = messages }
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
		{"logprobs", func(r *llm.Request) { r.LogProbs = new(2) }},
		{"response_format", func(r *llm.Request) { r.ResponseFormat = &llm.ResponseFormat{Type: "regex"} }},
		{"response_format", func(r *llm.Request) { r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema"} }},
		{"reasoning_effort", func(r *llm.Request) { r.Effort.Level = "xhigh" }},
		{"messages", say(llm.Message{Role: "critic", Content: llm.Text("x")})},
		{"messages", say(llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: "input_audio"})})},
		{"messages", say(llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.ImagePart})})},
		{"messages", say(llm.Message{Role: llm.System, Content: llm.Parts(llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://a.example/b.png"}})})},
	} {
		_, err := encode(with(c.change), false)
		if refused := llm.Refuse("Cohere", Declaration().Endpoints, with(c.change)); refused != nil {
			err = refused
		}
		if e := errs.From(err); err == nil || e.Reason != errs.UnsupportedParameter || e.Param != c.param || e.Message == "" {
			t.Errorf("encode: %v, want %s with param %q", err, errs.UnsupportedParameter, c.param)
		}
	}
}

func TestEncodeRefusesBrokenSchema(t *testing.T) {
	r := with(func(r *llm.Request) { r.Tools = []llm.Tool{{Name: "f", Parameters: json.Value(`{"type":`)}} })
	if _, err := encode(r, false); !errs.Is(err, errs.InvalidRequest) {
		t.Errorf("got %v, want invalid_request", err)
	}
}
