package gemini

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/llm"
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

func call(id, name, arguments, signature string) llm.ToolCall {
	return llm.ToolCall{ID: id, Type: "function", Signature: signature, Function: llm.FunctionCall{Name: name, Arguments: arguments}}
}

const hi = `"contents":[{"role":"user","parts":[{"text":"Hi"}]}]`

func TestEncode(t *testing.T) {
	weather := llm.Tool{Name: "weather", Description: "Tells it.", Parameters: json.Value(`{"type":"object","additionalProperties":false}`)}
	for _, c := range []struct {
		name   string
		change func(*llm.Request)
		want   string
	}{
		{"a text", func(*llm.Request) {}, `{` + hi + `}`},
		{
			"instructions from everywhere go to the system",
			say(
				llm.Message{Role: llm.System, Content: llm.Text("One.")}, user("Hi"), user(""),
				llm.Message{Role: llm.Developer, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "Two."}, llm.Part{Type: llm.TextPart})},
			),
			`{"systemInstruction":{"parts":[{"text":"One."},{"text":"Two."}]},` + hi + `}`,
		},
		{
			"images by data URI and by URL",
			say(llm.Message{Role: llm.User, Content: llm.Parts(
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "data:image/png;base64,iVBORw0KGgo="}},
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://example.com/cat.JPG?size=2", Detail: "high"}},
				llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "gs://bucket/cat"}},
				llm.Part{Type: llm.TextPart, Text: "What?"},
			)}),
			`{"contents":[{"role":"user","parts":[
				{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}},
				{"fileData":{"mimeType":"image/jpeg","fileUri":"https://example.com/cat.JPG?size=2"}},
				{"fileData":{"fileUri":"gs://bucket/cat"}},{"text":"What?"}]}]}`,
		},
		{
			"thoughts, text and calls go back with their signatures, and results together",
			say(
				user("Hi"),
				llm.Message{
					Role: llm.Assistant, Content: llm.Text("I look."),
					Thinking: []llm.Thinking{
						{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "c2ln"},
						{Type: llm.RedactedThinkingBlock, Data: "of another provider"},
					},
					ToolCalls: []llm.ToolCall{
						call("1", "weather", `{"city":"Bern"}`, "Y2FsbA=="), call("2", "now", "", ""), call("3", "weather", `{"city`, ""),
					},
				},
				llm.Message{Role: llm.ToolRole, ToolCallID: "1", Content: llm.Text("rain")},
				llm.Message{Role: llm.ToolRole, ToolCallID: "2", Content: llm.Text(`{"hour":9}`)},
				llm.Message{Role: llm.ToolRole, ToolCallID: "3", Content: llm.Text("[1]")},
				llm.Message{Role: llm.ToolRole, ToolCallID: "of an earlier chat", Name: "draw", Content: llm.Parts(
					llm.Part{Type: llm.TextPart, Text: "done"},
					llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "data:image/png;base64,AA=="}},
				)},
				user("And?"),
			),
			`{"contents":[{"role":"user","parts":[{"text":"Hi"}]},
			{"role":"model","parts":[
				{"text":"Hm.","thought":true},{"text":"I look.","thoughtSignature":"c2ln"},
				{"functionCall":{"id":"1","name":"weather","args":{"city":"Bern"}},"thoughtSignature":"Y2FsbA=="},
				{"functionCall":{"id":"2","name":"now","args":{}}},
				{"functionCall":{"id":"3","name":"weather","args":{"INVALID_JSON":"{\"city"}}}]},
			{"role":"user","parts":[
				{"functionResponse":{"id":"1","name":"weather","response":{"result":"rain"}}},
				{"functionResponse":{"id":"2","name":"now","response":{"hour":9}}},
				{"functionResponse":{"id":"3","name":"weather","response":{"result":[1]}}},
				{"functionResponse":{"id":"of an earlier chat","name":"draw","response":{"result":"done"},
					"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}}]},
			{"role":"user","parts":[{"text":"And?"}]}]}`,
		},
		{
			"a signature without a text belongs to the thoughts",
			say(llm.Message{Role: llm.Assistant, Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "c2ln"}}}),
			`{"contents":[{"role":"model","parts":[{"text":"Hm.","thought":true,"thoughtSignature":"c2ln"}]}]}`,
		},
		{
			"the first call of another provider gets the documented signature where one is demanded",
			func(r *llm.Request) {
				r.Model = "gemini-3-pro-preview"
				r.Messages = []llm.Message{{Role: llm.Assistant, ToolCalls: []llm.ToolCall{call("1", "now", "{}", ""), call("2", "now", "{}", "")}}}
			},
			`{"contents":[{"role":"model","parts":[
				{"functionCall":{"id":"1","name":"now","args":{}},"thoughtSignature":"skip_thought_signature_validator"},
				{"functionCall":{"id":"2","name":"now","args":{}}}]}]}`,
		},
		{
			"tools, one of them strict",
			func(r *llm.Request) {
				r.Tools = []llm.Tool{weather, {Name: "now", Strict: true}, {Name: "then", Parameters: json.Value("{}")}}
			},
			`{` + hi + `,"tools":[{"functionDeclarations":[
				{"name":"weather","description":"Tells it.","parametersJsonSchema":{"type":"object","additionalProperties":false}},
				{"name":"now"},{"name":"then"}]}],"toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}}}`,
		},
		{
			"parameters",
			func(r *llm.Request) {
				r.MaxTokens, r.Temperature, r.TopP, r.Stop, r.Seed = 9, new(1.0), new(0.9), []string{"END"}, new(int64(7))
				r.PresencePenalty, r.FrequencyPenalty, r.LogProbs, r.User = new(0.5), new(-0.5), new(3), "u1"
			},
			`{` + hi + `,"generationConfig":{"maxOutputTokens":9,"temperature":1,"topP":0.9,"stopSequences":["END"],"seed":7,
				"presencePenalty":0.5,"frequencyPenalty":-0.5,"responseLogprobs":true,"logprobs":3}}`,
		},
		{
			"values that change nothing",
			func(r *llm.Request) {
				r.MaxTokens, r.PresencePenalty, r.FrequencyPenalty, r.ResponseFormat = -1, new(0.0), new(0.0), &llm.ResponseFormat{Type: "text"}
			},
			`{` + hi + `}`,
		},
		{
			"log probabilities of the tokens alone",
			func(r *llm.Request) { r.LogProbs = new(0) },
			`{` + hi + `,"generationConfig":{"responseLogprobs":true}}`,
		},
		{
			"any JSON",
			func(r *llm.Request) { r.ResponseFormat = &llm.ResponseFormat{Type: "json_object"} },
			`{` + hi + `,"generationConfig":{"responseMimeType":"application/json"}}`,
		},
		{
			"JSON of a schema",
			func(r *llm.Request) {
				r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"name":"x","schema":{"type":"object"}}`)}
			},
			`{` + hi + `,"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}}}`,
		},
		{
			"other wins, member by member in generationConfig",
			func(r *llm.Request) {
				r.MaxTokens, r.Temperature = 9, new(0.5)
				r.Other = json.Value(`{"top_k":5,"candidateCount":1,"generation_config":{"maxOutputTokens":7},"safetySettings":[]}`)
			},
			`{` + hi + `,"safetySettings":[],"generationConfig":{"maxOutputTokens":7,"temperature":0.5,"topK":5,"candidateCount":1}}`,
		},
		{
			"other without a generationConfig of ours",
			func(r *llm.Request) { r.Other = json.Value(`{"topK":5}`) },
			`{` + hi + `,"generationConfig":{"topK":5}}`,
		},
		{
			"other that says nothing of generation",
			func(r *llm.Request) { r.Other = json.Value(`{"cachedContent":"cachedContents/x"}`) },
			`{` + hi + `,"cachedContent":"cachedContents/x"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := encode(with(c.change))
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
		_, err := encode(with(c.change))
		if e := errs.From(err); err == nil || e.Reason != errs.UnsupportedParameter || e.Param != c.param || e.Message == "" {
			t.Errorf("encode: %v with param %q, want %s with param %q", err, e.Param, errs.UnsupportedParameter, c.param)
		}
	}
}

func TestEncodeInvalidOther(t *testing.T) {
	for _, other := range []string{`[1]`, `{"generationConfig":[1]}`} {
		_, err := encode(with(func(r *llm.Request) { r.Other = json.Value(other) }))
		if e := errs.From(err); e == nil || e.Reason != errs.InvalidRequest || e.Param != "other" {
			t.Errorf("encode with other %s: %v, want %s of other", other, err, errs.InvalidRequest)
		}
	}
}
