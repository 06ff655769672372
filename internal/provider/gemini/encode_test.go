package gemini

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

const model = "gemini-2.5-flash"

// with is a chat of one user message, changed.
func with(change func(*llm.Request)) *llm.Request {
	r := &llm.Request{Model: model, Messages: []llm.Message{user("Hi")}}
	change(r)
	return r
}

func user(text string) llm.Message {
	return llm.Message{Role: llm.User, Content: llm.Text(text)}
}

func say(messages ...llm.Message) func(*llm.Request) {
	return func(r *llm.Request) { r.Messages = messages }
}

func TestEncodeToolConfig(t *testing.T) {
	mode := func(mode string, names ...string) *toolConfig {
		return &toolConfig{FunctionCallingConfig: functionCallingConfig{Mode: mode, AllowedFunctionNames: names}}
	}
	plain, strict := []llm.Tool{{Name: "f"}}, []llm.Tool{{Name: "f"}, {Name: "g", Strict: true}}
	for _, c := range []struct {
		choice llm.ToolChoice
		tools  []llm.Tool
		want   *toolConfig
	}{
		{llm.ToolChoice{}, plain, nil},
		{llm.ToolChoice{}, strict, mode("VALIDATED")},
		{llm.ToolChoice{Mode: llm.ToolsAuto}, plain, mode("AUTO")},
		{llm.ToolChoice{Mode: llm.ToolsAuto}, strict, mode("VALIDATED")},
		{llm.ToolChoice{Mode: llm.ToolsNone}, strict, mode("NONE")},
		{llm.ToolChoice{Mode: llm.ToolsRequired}, strict, mode("ANY")},
		{llm.ToolChoice{Mode: llm.ToolsFunction, Function: "f"}, plain, mode("ANY", "f")},
		{llm.ToolChoice{Mode: llm.ToolsAuto}, nil, nil},
		{llm.ToolChoice{Mode: llm.ToolsNone}, nil, nil},
	} {
		got := encodeToolConfig(&llm.Request{ToolChoice: c.choice, Tools: c.tools})
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("encodeToolConfig(%+v, %d tools) (-want +got):\n%s", c.choice, len(c.tools), d)
		}
	}
}

func TestEncodeEffort(t *testing.T) {
	budget := func(n int) *thinkingConfig { return &thinkingConfig{IncludeThoughts: true, ThinkingBudget: &n} }
	level := func(s string) *thinkingConfig { return &thinkingConfig{IncludeThoughts: true, ThinkingLevel: s} }
	for _, c := range []struct {
		model  string
		effort llm.Effort
		want   *thinkingConfig
	}{
		{"gemini-2.5-pro", llm.Effort{}, nil},
		{"gemini-2.5-pro", llm.Effort{Budget: 512}, budget(512)},
		{"gemini-3-pro-preview", llm.Effort{Budget: -1}, budget(-1)},
		{"gemini-2.5-pro", llm.Effort{Level: "minimal"}, budget(1_024)},
		{"gemini-2.5-pro", llm.Effort{Level: "low"}, budget(1_024)},
		{"gemini-2.5-pro", llm.Effort{Level: "medium"}, budget(8_192)},
		{"gemma-3-27b-it", llm.Effort{Level: "high"}, budget(24_576)},
		{"gemini-3-pro-preview", llm.Effort{Level: "high"}, level("HIGH")},
		{"gemini-3.1-flash", llm.Effort{Level: "minimal"}, level("MINIMAL")},
		{"models/gemini-flash-latest", llm.Effort{Level: "low"}, level("LOW")},
		{"gemini-2.5-flash", llm.Effort{Level: "none"}, &thinkingConfig{ThinkingBudget: new(int)}},
	} {
		got, err := encodeEffort(&llm.Request{Model: c.model, Effort: c.effort})
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("encodeEffort(%s, %+v): %v (-want +got):\n%s", c.model, c.effort, err, d)
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
		{"response_format", func(r *llm.Request) { r.ResponseFormat = &llm.ResponseFormat{Type: "grammar"} }},
		{"reasoning_effort", func(r *llm.Request) { r.Effort.Level = "xhigh" }},
		{"messages", say(llm.Message{Role: "critic", Content: llm.Text("x")})},
		{"messages", say(llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: "input_audio"})})},
		{"messages", say(llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "file:///etc/passwd"}})})},
		{"messages", say(llm.Message{Role: llm.Assistant, Content: llm.Parts(llm.Part{Type: llm.ImagePart})})},
		{"messages", say(llm.Message{Role: llm.ToolRole, ToolCallID: "unknown", Content: llm.Text("x")})},
	} {
		_, err := encode(with(c.change), signerOf("google"), true)
		if refused := llm.Refuse("Gemini", Declaration().Endpoints, with(c.change)); refused != nil {
			err = refused
		}
		if e := errs.From(err); err == nil || e.Reason != errs.UnsupportedParameter || e.Param != c.param || e.Message == "" {
			t.Errorf("encode: %v with param %q, want %s with param %q", err, e.Param, errs.UnsupportedParameter, c.param)
		}
	}
}
