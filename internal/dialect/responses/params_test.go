package responses_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// read reads a body, which need not name a model.
func read(t *testing.T, body string) (*responses.ResponseParams, *dialect.Call, error) {
	t.Helper()
	in := responses.ResponseParams{Model: "m"}
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	c, err := in.Call()
	return &in, c, err
}

func user(text string) llm.Message { return llm.Message{Role: llm.User, Content: llm.Text(text)} }

func TestMessages(t *testing.T) {
	weather := llm.CallOf("c1", "weather", `{"city":"Rome"}`)
	signed := weather
	signed.Signature = "ol1.google.xyz"
	image := llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://a.b/c.png", Detail: "low"}}
	for name, tt := range map[string]struct {
		body string
		want []llm.Message
	}{
		"a text":          {`{"input":"hi"}`, []llm.Message{user("hi")}},
		"instructions":    {`{"instructions":"Be brief.","input":"hi"}`, []llm.Message{{Role: llm.System, Content: llm.Text("Be brief.")}, user("hi")}},
		"a short message": {`{"input":[{"role":"user","content":"hi"}]}`, []llm.Message{user("hi")}},
		"roles":           {`{"input":[{"role":"system","content":"s"},{"type":"message","role":"developer","content":[{"type":"input_text","text":"d"}]}]}`, []llm.Message{{Role: llm.System, Content: llm.Text("s")}, {Role: llm.Developer, Content: llm.Text("d")}}},
		"an image":        {`{"input":[{"role":"user","content":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"https://a.b/c.png","detail":"low"}]}]}`, []llm.Message{{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "see"}, image)}}},
		"a refusal":       {`{"input":[{"role":"assistant","content":[{"type":"refusal","refusal":"No."}]}]}`, []llm.Message{{Role: llm.Assistant, Content: llm.Text("No."), Refusal: "No."}}},
		"a file": {
			`{"input":[{"role":"user","content":[{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,QQ=="}]}]}`,
			[]llm.Message{{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.FilePart, File: &llm.File{Name: "a.pdf", Data: "data:application/pdf;base64,QQ=="}})}},
		},
		"nothing but null": {`{"prompt":{"id":"a/b"},"input":null}`, nil},
		"one turn of items": {
			`{"input":[{"role":"user","content":"hi"},{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm."}],"encrypted_content":"gAAAAABx"},
			 {"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Let me see.","annotations":[]}]},
			 {"type":"function_call","id":"fc_1","call_id":"c1","name":"weather","arguments":"{\"city\":\"Rome\"}"},
			 {"type":"function_call_output","call_id":"c1","output":"sunny"},{"role":"assistant","content":"Sunny."},{"role":"assistant","content":"Bye."}]}`,
			[]llm.Message{
				user("hi"),
				{Role: llm.Assistant, Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "gAAAAABx"}}, Content: llm.Text("Let me see."), ToolCalls: []llm.ToolCall{weather}},
				{Role: llm.ToolRole, ToolCallID: "c1", Content: llm.Text("sunny")},
				{Role: llm.Assistant, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "Sunny."}, llm.Part{Type: llm.TextPart, Text: "Bye."})},
			},
		},
		"custom tools and namespaces": {
			`{"input":[{"type":"custom_tool_call","call_id":"c1","name":"patch","input":"a \"b\""},{"type":"function_call","call_id":"c2","name":"log","namespace":"git","arguments":"{}"},
			 {"type":"custom_tool_call_output","call_id":"c1","output":[{"type":"input_text","text":"ok"}]}]}`,
			[]llm.Message{
				{Role: llm.Assistant, ToolCalls: []llm.ToolCall{llm.CallOf("c1", "patch", `{"input":"a \"b\""}`), llm.CallOf("c2", "git__log", "{}")}},
				{Role: llm.ToolRole, ToolCallID: "c1", Content: llm.Text("ok")},
			},
		},
		"reasoning that only its provider reads": {
			`{"input":[{"type":"reasoning","summary":[],"encrypted_content":"gAAAAABx"},{"type":"reasoning","summary":[],"encrypted_content":"ol1..signed.Eq"},
			 {"type":"reasoning","summary":[{"type":"summary_text","text":"unsigned"}]},{"type":"function_call","call_id":"c1","name":"weather","arguments":"{\"city\":\"Rome\"}"},
			 {"type":"reasoning","summary":[],"encrypted_content":"ol1..call.ol1.google.xyz"}]}`,
			[]llm.Message{{
				Role: llm.Assistant, ToolCalls: []llm.ToolCall{signed},
				Thinking: []llm.Thinking{{Type: llm.RedactedThinkingBlock, Data: "gAAAAABx"}, {Type: llm.ThinkingBlock, Signature: "Eq"}},
			}},
		},
		"reasoning that nobody signed": {`{"input":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},{"role":"user","content":"hi"}]}`, []llm.Message{user("hi")}},
	} {
		_, c, err := read(t, tt.body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(tt.want, c.Request.Messages); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestParameters(t *testing.T) {
	half, probabilities := 0.5, 3
	for name, tt := range map[string]struct {
		body string
		want dialect.Call
	}{
		"numbers": {
			`{"input":"x","max_output_tokens":9,"temperature":0.5,"top_p":0.5,"top_logprobs":3,"user":"u","safety_identifier":"s","reasoning":{"effort":"high","summary":"auto"}}`,
			dialect.Call{Name: "m", Request: llm.Request{MaxTokens: 9, Temperature: &half, TopP: &half, LogProbs: &probabilities, User: "u", Effort: llm.Effort{Level: "high"}}},
		},
		"probabilities by include": {`{"input":"x","include":["reasoning.encrypted_content","message.output_text.logprobs"]}`, dialect.Call{Name: "m", Request: llm.Request{LogProbs: new(int)}}},
		"labels": {
			`{"input":"x","metadata":{"a":"b"},"prompt_cache_key":"k","safety_identifier":"s","store":false,"truncation":"disabled","service_tier":"auto","stream_options":{"include_obfuscation":false}}`,
			dialect.Call{Name: "m", Metadata: json.Value(`{"a":"b"}`), Conversation: "k", Request: llm.Request{User: "s"}},
		},
		"without effect": {
			`{"input":"x","text":{"verbosity":"low"},"parallel_tool_calls":false,"max_tool_calls":3,"truncation":"auto","service_tier":"flex","prompt_cache_retention":"24h","context_management":[{}]}`,
			dialect.Call{
				Name: "m", Request: llm.Request{ParallelTools: new(false), ServiceTier: "flex", Verbosity: "low"},
				Ignored: []string{"max_tool_calls", "truncation", "prompt_cache_retention", "context_management"},
			},
		},
		"JSON":   {`{"input":"x","text":{"format":{"type":"json_object"}}}`, dialect.Call{Name: "m", Request: llm.Request{ResponseFormat: &llm.ResponseFormat{Type: "json_object"}}}},
		"a text": {`{"input":"x","text":{"format":{"type":"text"}}}`, dialect.Call{Name: "m"}},
		"a schema": {
			`{"input":"x","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}}}`,
			dialect.Call{Name: "m", Request: llm.Request{ResponseFormat: &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"name":"n","schema":{"type":"object"},"strict":true}`)}}},
		},
		"a saved Prompt": {
			`{"model":"","prompt":{"id":"a/b","variables":{"c":1,"t":{"type":"input_text","text":"T"},"o":{"x":2}}}}`,
			dialect.Call{Name: "prompt:a/b", Inputs: json.Value(`{"c":1,"o":{"x":2},"t":"T"}`)},
		},
		"its version": {`{"prompt":{"id":"a/b","version":"staging"},"inputs":{"c":1}}`, dialect.Call{Name: "prompt:a/b@staging", Inputs: json.Value(`{"c":1}`), Ignored: []string{"model"}}},
	} {
		_, c, err := read(t, tt.body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Request.Messages, c.Parameters = nil, nil; c.Inputs != nil {
			if c.Inputs, err = json.Canonical(c.Inputs); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(&tt.want, c); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestTools(t *testing.T) {
	const textOnly = `{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}`
	const both = `"tools":[{"type":"function","name":"a"},{"type":"namespace","name":"ns","tools":[{"type":"function","name":"b"}]}]`
	a, b := llm.Tool{Name: "a"}, llm.Tool{Name: "ns__b"}
	for name, tt := range map[string]struct {
		body    string
		want    []llm.Tool
		choice  llm.ToolChoice
		ignored []string
	}{
		"flat":       {`"tools":[{"type":"function","name":"a","description":"d","parameters":{"type":"object"},"strict":true}]`, []llm.Tool{{Name: "a", Description: "d", Parameters: json.Value(`{"type":"object"}`), Strict: true}}, llm.ToolChoice{}, nil},
		"nested":     {`"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"function","function":{"name":"a"}}`, []llm.Tool{a}, llm.ToolChoice{Mode: "function", Function: "a"}, nil},
		"custom":     {`"tools":[{"type":"custom","name":"a","description":"d","format":{"type":"grammar","syntax":"regex","definition":"[ab]"}}]`, []llm.Tool{{Name: "a", Description: "d\n\nThe input must match this grammar (regex):\n[ab]", Parameters: json.Value(textOnly)}}, llm.ToolChoice{}, nil},
		"namespaces": {both, []llm.Tool{a, b}, llm.ToolChoice{}, nil},
		"a long name": {
			`"tools":[{"type":"namespace","name":"a_namespace_with_a_name_that_is_long__","tools":[{"type":"function","name":"and_a_function_with_another"}]}]`,
			[]llm.Tool{{Name: "a_namespace_with_a_name_that_is_long__and_a_function_wi_88356e9e"}}, llm.ToolChoice{}, nil,
		},
		"a word":                {both + `,"tool_choice":"required"`, []llm.Tool{a, b}, llm.ToolChoice{Mode: "required"}, nil},
		"one of a namespace":    {both + `,"tool_choice":{"type":"function","name":"b","namespace":"ns"}`, []llm.Tool{a, b}, llm.ToolChoice{Mode: "function", Function: "ns__b"}, nil},
		"a custom one":          {both + `,"tool_choice":{"type":"custom","name":"a"}`, []llm.Tool{a, b}, llm.ToolChoice{Mode: "function", Function: "a"}, nil},
		"those allowed":         {both + `,"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"b","namespace":"ns"}]}`, []llm.Tool{b}, llm.ToolChoice{Mode: "auto"}, nil},
		"an idle search":        {`"tools":[{"type":"web_search","external_web_access":false},{"type":"function","name":"a"}]`, []llm.Tool{a}, llm.ToolChoice{}, []string{"tools.0"}},
		"no choice, said aloud": {both + `,"tool_choice":null`, []llm.Tool{a, b}, llm.ToolChoice{}, nil},
	} {
		_, c, err := read(t, `{"input":"x",`+tt.body+`}`)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(tt.want, c.Request.Tools); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if d := cmp.Diff([]any{tt.choice, tt.ignored}, []any{c.Request.ToolChoice, c.Ignored}); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func TestRefusals(t *testing.T) {
	for body, want := range map[string]string{
		`{"model":"","input":"x"}`:              "validation_failed model",
		`{}`:                                    "validation_failed input",
		`{"input":"x","conversation":"conv_1"}`: "unsupported_parameter conversation",
		`{"input":"x","background":true}`:       "unsupported_parameter background",
		`{"input":[{"type":"item_reference","id":"msg_1"}]}`:                                                           "resource_not_found input.0.id",
		`{"input":[{"role":"user","content":"x"},{"type":"computer_call"}]}`:                                           "unsupported_parameter input.1.type",
		`{"input":[{"content":"x"}]}`:                                                                                  "validation_failed input.0.role",
		`{"input":[{"role":"user","content":[{"type":"input_image","file_id":"file_1"}]}]}`:                            "unsupported_parameter input.0.content.0.file_id",
		`{"input":[{"role":"user","content":[{"type":"input_image"}]}]}`:                                               "validation_failed input.0.content.0.image_url",
		`{"input":[{"role":"user","content":[{"type":"input_text"},{"type":"input_file"}]}]}`:                          "validation_failed input.0.content.1.file_data",
		`{"input":[{"role":"user","content":[{"type":"input_audio"}]}]}`:                                               "validation_failed input.0.content.0.input_audio",
		`{"input":[{"role":"user","content":[{"type":"video"}]}]}`:                                                     "validation_failed input.0.content.0.type",
		`{"input":[{"type":"function_call","name":"a"}]}`:                                                              "validation_failed input.0.call_id",
		`{"input":[{"type":"custom_tool_call","call_id":"a"}]}`:                                                        "validation_failed input.0.name",
		`{"input":[{"type":"function_call_output","output":"a"}]}`:                                                     "validation_failed input.0.call_id",
		`{"input":[{"type":"function_call_output","call_id":"a","output":[{"type":"input_file"}]}]}`:                   "validation_failed input.0.output.0.file_data",
		`{"input":"x","tools":[{"type":"function"}]}`:                                                                  "validation_failed tools.0.name",
		`{"input":"x","tools":[{"type":"web_search"}]}`:                                                                "unsupported_parameter tools.0.type",
		`{"input":"x","tools":[{"type":"web_search","external_web_access":true}]}`:                                     "unsupported_parameter tools.0.type",
		`{"input":"x","tools":[{"type":"function","name":"a"},{"type":"mcp"}]}`:                                        "unsupported_parameter tools.1.type",
		`{"input":"x","tools":[{"type":"namespace","name":"n","tools":[{"type":"code_interpreter"}]}]}`:                "unsupported_parameter tools.0.tools.0.type",
		`{"input":"x","tools":[{"type":"namespace","name":"n","tools":[{"type":"namespace","name":"o","tools":[]}]}]}`: "validation_failed tools.0.tools.0.name",
		`{"input":"x","tool_choice":{"type":"file_search"}}`:                                                           "unsupported_parameter tool_choice.type",
		`{"prompt":{"id":"a","variables":{"v":{"type":"input_image"}}}}`:                                               "unsupported_parameter prompt.variables.v",
	} {
		_, _, err := read(t, body)
		if err == nil {
			t.Errorf("%s is taken", body)
			continue
		}
		e := errs.From(err)
		if got := string(e.Reason) + " " + e.Param; got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}

func FuzzResponseParams(f *testing.F) {
	for _, seed := range []string{
		`{"model":"m","input":"x"}`,
		`{"input":[{"role":"user","content":[{"type":"input_text","text":"a"}]},{"type":"reasoning","summary":[],"encrypted_content":"ol1..call.x"},{"type":"custom_tool_call","call_id":"c","name":"n","input":"i"}]}`,
		`{"model":"m","input":[],"tools":[{"type":"namespace","name":"n","tools":[{"type":"custom","name":"a"}]}],"tool_choice":{"type":"allowed_tools","tools":[{"name":"a"}]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in responses.ResponseParams
		if json.Unmarshal(body, &in) != nil {
			return
		}
		c, err := in.Call()
		if err != nil {
			if r := errs.From(err).Reason; r == errs.Internal {
				t.Errorf("%s: %v", body, err)
			}
			return
		}
		if _, err := json.Marshal(c.Request.Messages); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		whole(t, &in, &responses.Answered{Message: &llm.Message{Role: llm.Assistant}})
	})
}
