package anthropic

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/llm"
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

func ptr[T any](v T) *T { return &v }

const hi = `"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}]`

func TestEncode(t *testing.T) {
	weather := llm.Tool{Name: "weather", Description: "Tells it.", Parameters: json.Value(`{"type":"object","properties":{"city":{"type":"string"}}}`)}
	for _, c := range []struct {
		name   string
		change func(*llm.Request)
		want   string
	}{
		{"a text", func(*llm.Request) {}, `{"model":"claude-sonnet-4-5","max_tokens":100,` + hi + `}`},
		{
			"instructions from everywhere go to the system",
			say(
				llm.Message{Role: llm.System, Content: llm.Text("One.")}, user("Hi"),
				llm.Message{Role: llm.Developer, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "Two."}, llm.Part{Type: llm.TextPart})},
			),
			`{"model":"claude-sonnet-4-5","max_tokens":100,"system":[{"type":"text","text":"One."},{"type":"text","text":"Two."}],` + hi + `}`,
		},
		{
			"neighbours of one role are one message, and empty texts are none",
			say(user("Hi"), user(""), llm.Message{Role: llm.Assistant, Content: llm.Text("")}, user("there")),
			`{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"text","text":"there"}]}]}`,
		},
		{
			"images by data URI and by URL",
			say(llm.Message{Role: llm.User, Content: llm.Parts(
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "data:image/png;base64,iVBORw0KGgo="}},
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://example.com/cat.jpg", Detail: "high"}},
				llm.Part{Type: llm.TextPart, Text: "What?"},
			)}),
			`{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":[
				{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}},
				{"type":"image","source":{"type":"url","url":"https://example.com/cat.jpg"}},{"type":"text","text":"What?"}]}]}`,
		},
		{
			"thinking, text and tool calls go back in order, unsigned thinking does not",
			say(user("Hi"), llm.Message{
				Role: llm.Assistant, Content: llm.Text("I look."),
				Thinking: []llm.Thinking{
					{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "c2ln"},
					{Type: llm.RedactedThinkingBlock, Data: "ZGF0YQ=="},
					{Type: llm.ThinkingBlock, Thinking: "Of another provider."},
					{Type: llm.ThinkingBlock, Signature: "b21pdHRlZA=="},
				},
				ToolCalls: []llm.ToolCall{
					{ID: "toolu_1", Type: "function", Function: llm.FunctionCall{Name: "weather", Arguments: `{"city":"Bern"}`}},
					{ID: "toolu_2", Type: "function", Function: llm.FunctionCall{Name: "now"}},
					{ID: "toolu_3", Type: "function", Function: llm.FunctionCall{Name: "weather", Arguments: `{"city":"Ge`}},
				},
			},
				llm.Message{Role: llm.ToolRole, ToolCallID: "toolu_1", Name: "weather", Content: llm.Text("rain")},
				llm.Message{Role: llm.ToolRole, ToolCallID: "toolu_2"},
				user("And?"),
			),
			`{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]},
			{"role":"assistant","content":[
				{"type":"thinking","thinking":"Hm.","signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ=="},
				{"type":"thinking","thinking":"","signature":"b21pdHRlZA=="},
				{"type":"text","text":"I look."},
				{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Bern"}},
				{"type":"tool_use","id":"toolu_2","name":"now","input":{}},
				{"type":"tool_use","id":"toolu_3","name":"weather","input":{"INVALID_JSON":"{\"city\":\"Ge"}}]},
			{"role":"user","content":[
				{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"rain"}]},
				{"type":"tool_result","tool_use_id":"toolu_2"},{"type":"text","text":"And?"}]}]}`,
		},
		{
			"tools and a strict one without parameters",
			func(r *llm.Request) {
				r.Tools = []llm.Tool{weather, {Name: "now", Strict: true}, {Name: "then", Parameters: json.Value("{}")}}
			},
			`{"model":"claude-sonnet-4-5","max_tokens":100,` + hi + `,"tools":[
				{"name":"weather","description":"Tells it.","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}},
				{"name":"now","input_schema":{"type":"object","properties":{}},"strict":true},
				{"name":"then","input_schema":{"type":"object","properties":{}}}]}`,
		},
		{
			"parameters",
			func(r *llm.Request) {
				r.Temperature, r.TopP, r.Stop, r.User = ptr(0.5), ptr(0.9), []string{"END"}, "u1"
				r.PresencePenalty, r.FrequencyPenalty = ptr(0.0), ptr(0.0)
			},
			`{"model":"claude-sonnet-4-5","max_tokens":100,` + hi + `,"temperature":0.5,"top_p":0.9,"stop_sequences":["END"],"metadata":{"user_id":"u1"}}`,
		},
		{
			"values that change nothing",
			func(r *llm.Request) {
				r.Temperature, r.TopP, r.ResponseFormat = ptr(1.0), ptr(1.0), &llm.ResponseFormat{Type: "text"}
			},
			`{"model":"claude-sonnet-4-5","max_tokens":100,` + hi + `}`,
		},
		{
			"a schema for the answer",
			func(r *llm.Request) {
				r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"name":"x","schema":{"type":"object"},"strict":true}`)}
			},
			`{"model":"claude-sonnet-4-5","max_tokens":100,` + hi + `,"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}}`,
		},
		{
			"other wins",
			func(r *llm.Request) { r.Other = json.Value(`{"top_k":5,"max_tokens":7}`) },
			`{"model":"claude-sonnet-4-5","max_tokens":7,"top_k":5,` + hi + `}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := encode(with(c.change), false)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(canonical(t, json.Value(c.want)), canonical(t, got)); d != "" {
				t.Errorf("encode (-want +got):\n%s", d)
			}
		})
	}
}

func canonical(t *testing.T, v json.Value) string {
	t.Helper()
	out, err := json.Canonical(v)
	if err != nil {
		t.Fatalf("%s: %v", v, err)
	}
	return string(out)
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
		{"seed", func(r *llm.Request) { r.Seed = ptr(int64(0)) }},
		{"logprobs", func(r *llm.Request) { r.LogProbs = ptr(0) }},
		{"presence_penalty", func(r *llm.Request) { r.PresencePenalty = ptr(0.1) }},
		{"frequency_penalty", func(r *llm.Request) { r.FrequencyPenalty = ptr(-1.0) }},
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
		_, err := encode(with(c.change), false)
		if e := errs.From(err); err == nil || e.Reason != errs.UnsupportedParameter || e.Param != c.param || e.Message == "" {
			t.Errorf("encode: %v with param %q, want %s with param %q", err, e.Param, errs.UnsupportedParameter, c.param)
		}
	}
}

func TestEncodeInvalidOther(t *testing.T) {
	_, err := encode(with(func(r *llm.Request) { r.Other = json.Value(`[1]`) }), false)
	if e := errs.From(err); e == nil || e.Reason != errs.InvalidRequest || e.Param != "other" {
		t.Errorf("encode: %v, want %s of other", err, errs.InvalidRequest)
	}
}
