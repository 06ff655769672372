package chat_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/chat"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func read(t *testing.T, body string) (*dialect.Call, error) {
	t.Helper()
	var p chat.Params
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	return p.Call()
}

func TestMembersOfRequests(t *testing.T) {
	half, two, no := 0.5, 2, 0
	seed := int64(7)
	weather := llm.Tool{Name: "weather", Description: "Tells it.", Parameters: json.Value(`{"type":"object"}`), Strict: true}
	for body, want := range map[string]dialect.Call{
		`{"model":"m","n":3,"inputs":{"a":1},"metadata":{"b":2},"prompt_cache_key":"k"}`: {
			Name: "m", Samples: 3, Inputs: json.Value(`{"a":1}`), Metadata: json.Value(`{"b":2}`), Conversation: "k",
		},
		`{"temperature":0.5,"top_p":0.5,"presence_penalty":0.5,"frequency_penalty":0.5,"seed":7,"stop":"x","user":"u"}`: {Request: llm.Request{
			Temperature: &half, TopP: &half, PresencePenalty: &half, FrequencyPenalty: &half, Seed: &seed, Stop: []string{"x"}, User: "u",
		}},
		`{"max_tokens":5,"max_completion_tokens":4}`:              {Request: llm.Request{MaxTokens: 4}},
		`{"max_tokens":5,"safety_identifier":"u","stop":["x"]}`:   {Request: llm.Request{MaxTokens: 5, User: "u", Stop: []string{"x"}}},
		`{"reasoning_effort":"low","reasoning":{"max_tokens":9}}`: {Request: llm.Request{Effort: llm.Effort{Level: "low"}}},
		`{"reasoning":{"max_tokens":9}}`:                          {Request: llm.Request{Effort: llm.Effort{Budget: 9}}},
		`{"logprobs":true}`:                                       {Request: llm.Request{LogProbs: &no}},
		`{"logprobs":true,"top_logprobs":2}`:                      {Request: llm.Request{LogProbs: &two}},
		`{"top_logprobs":2}`:                                      {},
		`{"response_format":{"type":"text"}}`:                     {},
		`{"response_format":{"type":"json_schema","json_schema":{"name":"n"}}}`: {Request: llm.Request{
			ResponseFormat: &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"name":"n"}`)},
		}},
		`{"tools":[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object"},"strict":true}}]}`: {Request: llm.Request{Tools: []llm.Tool{weather}}},
		`{"tools":[{"type":"function","name":"weather","description":"Tells it.","parameters":{"type":"object"},"strict":true}]}`:              {Request: llm.Request{Tools: []llm.Tool{weather}}},
		`{"tool_choice":"required"}`:                                        {Request: llm.Request{ToolChoice: llm.ToolChoice{Mode: "required"}}},
		`{"tool_choice":{"type":"function","function":{"name":"weather"}}}`: {Request: llm.Request{ToolChoice: llm.ToolChoice{Mode: "function", Function: "weather"}}},
		`{"tool_choice":{"type":"function","name":"weather"}}`:              {Request: llm.Request{ToolChoice: llm.ToolChoice{Mode: "function", Function: "weather"}}},
		`{"tools":[{"function":{"name":"a"}},{"function":{"name":"b"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"b"}}]}}}`: {
			Request: llm.Request{Tools: []llm.Tool{{Name: "b"}}, ToolChoice: llm.ToolChoice{Mode: "required"}},
		},
		`{"parallel_tool_calls":false,"store":true,"service_tier":"flex","verbosity":"low","prompt_cache_retention":"24h"}`: {
			Request: llm.Request{ParallelTools: new(false), ServiceTier: "flex", Verbosity: "low"}, Ignored: []string{"store", "prompt_cache_retention"},
		},
		`{"logit_bias":{"1":2},"top_k":3}`: {Request: llm.Request{LogitBias: json.Value(`{"1":2}`), TopK: new(3)}},
		`{"parallel_tool_calls":true,"store":false,"service_tier":"auto","logit_bias":{},"modalities":["text"]}`: {},
	} {
		got, err := read(t, body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if d := cmp.Diff(want, *got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-want +got):\n%s", body, d)
		}
	}
}

func TestMessagesOfRequests(t *testing.T) {
	signed := llm.Thinking{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "s"}
	for body, want := range map[string]llm.Message{
		`{"role":"developer","content":"Be kind.","name":"n"}`: {Role: llm.Developer, Content: llm.Text("Be kind."), Name: "n"},
		`{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://x/y","detail":"low"}}]}`: {
			Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "a"}, llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://x/y", Detail: "low"}}),
		},
		`{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"4"}]}`: {Role: llm.ToolRole, ToolCallID: "c", Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "4"})},
		`{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"signature":"s"}]}`: {
			Role: llm.Assistant, ToolCalls: []llm.ToolCall{{ID: "c", Type: "function", Function: llm.FunctionCall{Name: "f", Arguments: "{}"}, Signature: "s"}},
		},
		`{"role":"assistant","refusal":"No."}`:                                           {Role: llm.Assistant, Content: llm.Text("No."), Refusal: "No."},
		`{"role":"assistant","content":[{"type":"refusal","refusal":"No."}]}`:            {Role: llm.Assistant, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "No."}), Refusal: "No."},
		`{"role":"assistant","content":"a","reasoning_content":"Hm.","reasoning":"Hm."}`: {Role: llm.Assistant, Content: llm.Text("a")},
		`{"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.text","text":"Hm.","signature":"s","index":0},{"type":"reasoning.encrypted","data":"d","index":1}]}`: {
			Role: llm.Assistant, Content: llm.Text("a"), Thinking: []llm.Thinking{signed, {Type: llm.RedactedThinkingBlock, Data: "d"}},
		},
		`{"role":"assistant","content":"a","thinking_blocks":[{"type":"thinking","thinking":"Hm.","signature":"s"}]}`: {Role: llm.Assistant, Content: llm.Text("a"), Thinking: []llm.Thinking{signed}},
	} {
		got, err := read(t, `{"messages":[`+body+`]}`)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		if d := cmp.Diff([]llm.Message{want}, got.Request.Messages, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s (-want +got):\n%s", body, d)
		}
	}
}

func TestWhatCannotBeCarriedIsRefusedWithItsPlace(t *testing.T) {
	for body, want := range map[string]string{
		`{"modalities":["text","audio"]}`:   "modalities",
		`{"audio":{}}`:                      "modalities",
		`{"prediction":{}}`:                 "prediction",
		`{"web_search_options":{}}`:         "web_search_options",
		`{"functions":[]}`:                  "functions",
		`{"function_call":"auto"}`:          "function_call",
		`{"tools":[{"type":"web_search"}]}`: "tools.0.type",
		`{"tools":[{"type":"function"}]}`:   "tools.0.function.name",
		`{"messages":[{"content":"a"},{"content":[{"type":"text"},{"type":"file","file":{}}]}]}`: "messages.1.content.1.file.file_data",
		`{"messages":[{"content":[{"type":"file"}]}]}`:                                           "messages.0.content.0.file",
		`{"messages":[{"content":[{"type":"file","file":{"file_id":"file-1"}}]}]}`:               "messages.0.content.0.file.file_id",
		`{"messages":[{"content":[{"type":"input_audio"}]}]}`:                                    "messages.0.content.0.input_audio",
	} {
		_, err := read(t, body)
		if e := errs.From(err); err == nil || e.Param != want || !errs.Is(err, errs.UnsupportedParameter, errs.ValidationFailed) {
			t.Errorf("%s: %v, want it at %s", body, err, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	usage := llm.Usage{Input: 1, CachedInput: 2, CacheWrite: 3, Output: 4, Reasoning: 5, Known: true}
	message := llm.Message{
		Content: llm.Text("Hi"), Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "s"}},
		ToolCalls: []llm.ToolCall{llm.CallOf("c", "f", "")},
	}
	a := chat.NewCompletion("log_1", 7, "m")
	a.Add(&message, llm.FinishStop, nil, usage)
	a.Add(&llm.Message{}, "a word", json.Value(`{"content":[]}`), llm.Usage{})
	got, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"chatcmpl-log_1","object":"chat.completion","created":7,"model":"m","choices":[` +
		`{"index":0,"message":{"role":"assistant","content":"Hi","refusal":null,"annotations":[],"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}],` +
		`"reasoning_content":"Hm.","reasoning_details":[{"type":"reasoning.text","text":"Hm.","signature":"s","index":0}]},"logprobs":null,"finish_reason":"tool_calls"},` +
		`{"index":1,"message":{"role":"assistant","content":"","refusal":null,"annotations":[]},"logprobs":{"content":[]},"finish_reason":"stop","openloop":{"finish_reason":"a word"}}],` +
		`"usage":{"prompt_tokens":6,"completion_tokens":9,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":3},"completion_tokens_details":{"reasoning_tokens":5}},` +
		`"system_fingerprint":null,"service_tier":null}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestChunksOfAStream(t *testing.T) {
	s := chat.NewChunks("log_1", 7, "m", true)
	var got []string
	emit := func(f dialect.Frame) bool {
		if f.Name != "" || !json.Valid(f.Data) {
			t.Errorf("a chunk is %q %s", f.Name, f.Data)
		}
		got = append(got, strings.TrimSuffix(strings.TrimPrefix(string(f.Data), `{"id":"chatcmpl-log_1","object":"chat.completion.chunk","created":7,"model":"m","system_fingerprint":null,"choices":[`), `,"usage":null}`))
		return true
	}
	for _, e := range []llm.Event{
		{Thinking: llm.ThinkingDelta{Text: "Hm."}},
		{Thinking: llm.ThinkingDelta{Signature: "s"}},
		{Text: "Hé", LogProbs: json.Value(`{"content":[]}`)},
		{ToolCall: &llm.ToolCallDelta{Index: 0, ID: "c", Name: "f", Arguments: `{"a"`}},
		{ToolCall: &llm.ToolCallDelta{Index: 0, Arguments: `:1}`}},
		{ToolCall: &llm.ToolCallDelta{Index: 1, ID: "d", Name: "g", Signature: "t"}},
	} {
		s.Event(0, &e, emit)
	}
	s.End(0, &llm.Message{Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: "s"}}}, llm.FinishStop, llm.Usage{Input: 1, Output: 2, Known: true}, emit)
	s.Finish(emit)
	delta := func(members, logProbs string) string {
		return `{"index":0,"delta":{` + members + `},"logprobs":` + logProbs + `,"finish_reason":null}]`
	}
	want := []string{
		delta(`"role":"assistant","content":"","refusal":null`, "null"),
		delta(`"reasoning_content":"Hm."`, "null"),
		delta(`"content":"Hé"`, `{"content":[]}`),
		delta(`"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\""}}]`, "null"),
		delta(`"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]`, "null"),
		delta(`"tool_calls":[{"index":1,"id":"d","type":"function","function":{"name":"g","arguments":""},"signature":"t"}]`, "null"),
		delta(`"reasoning_details":[{"type":"reasoning.text","text":"Hm.","signature":"s","index":0}]`, "null"),
		`{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}]`,
		`],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAStreamStopsWhenItsClientIsGone(t *testing.T) {
	s, n := chat.NewChunks("log_1", 7, "m", false), 0
	gone := func(dialect.Frame) bool { n++; return false }
	if s.Event(0, &llm.Event{Text: "a"}, gone) || n != 1 {
		t.Errorf("%d chunks went to nobody", n)
	}
}

// FuzzParams reads bodies: what can be decoded is carried or refused, and what is carried has a message for each message.
func FuzzParams(f *testing.F) {
	f.Add([]byte(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"tools":[{"name":"f"}],"tool_choice":{"type":"allowed_tools"}}`))
	f.Add([]byte(`{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f"}}],"reasoning_details":[{"data":"d"}]}],"stop":["a"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var p chat.Params
		if json.Unmarshal(body, &p) != nil {
			return
		}
		c, err := p.Call()
		if (c == nil) == (err == nil) {
			t.Fatalf("%v and %v", c, err)
		}
		if err == nil && len(c.Request.Messages) != len(p.Messages) {
			t.Errorf("%d messages of %d", len(c.Request.Messages), len(p.Messages))
		}
	})
}
