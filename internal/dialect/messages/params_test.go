package messages_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// read is the call that a body asks for. Members that all requests have are added to it.
func read(t testing.TB, members string) (*dialect.Call, error) {
	t.Helper()
	var p messages.Params
	body := `{"model":"m","max_tokens":9,` + members + `}`
	if !strings.Contains(members, `"messages"`) {
		body = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}],` + members + `}`
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return p.Call()
}

func user(text string) llm.Message { return llm.Message{Role: llm.User, Content: llm.Text(text)} }

func TestParameters(t *testing.T) {
	for members, want := range map[string]llm.Request{
		`"temperature":0.5,"top_p":0.9,"stop_sequences":["a"]`:           {Temperature: new(0.5), TopP: new(0.9), Stop: []string{"a"}},
		`"top_k":4,"cache_control":{"type":"ephemeral","ttl":"1h"}`:      {TopK: new(4), Cache: &llm.Cache{TTL: "1h"}},
		`"thinking":{"type":"adaptive","display":"omitted"}`:             {Effort: llm.Effort{Level: "high"}, HideThinking: true},
		`"tool_choice":{"type":"auto","disable_parallel_tool_use":true}`: {ToolChoice: llm.ToolChoice{Mode: llm.ToolsAuto}, ParallelTools: new(false)},
		`"tools":[{"name":"f","cache_control":{"type":"ephemeral"}}]`:    {Tools: []llm.Tool{{Name: "f", Cache: &llm.Cache{}}}},
		`"metadata":{"user_id":"u"}`:                                     {User: "u"},
		`"metadata":{"user_id":"` + strings.Repeat("u", 65) + `"}`: {
			User: "f20e249d15fa4b9f44ba21d154f62e1efa76ddfdce5d25139a33a4787cee5a8b"},
		`"tool_choice":{"type":"auto"}`:                                                       {ToolChoice: llm.ToolChoice{Mode: llm.ToolsAuto}},
		`"tool_choice":{"type":"none"}`:                                                       {ToolChoice: llm.ToolChoice{Mode: llm.ToolsNone}},
		`"tool_choice":{"type":"any"}`:                                                        {ToolChoice: llm.ToolChoice{Mode: llm.ToolsRequired}},
		`"tool_choice":{"type":"tool","name":"f"}`:                                            {ToolChoice: llm.ToolChoice{Mode: llm.ToolsFunction, Function: "f"}},
		`"thinking":{"type":"enabled","budget_tokens":2000}`:                                  {Effort: llm.Effort{Budget: 2000}},
		`"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low"}`: {Effort: llm.Effort{Level: "low"}},
		`"thinking":{"type":"adaptive"}`:                                                      {Effort: llm.Effort{Level: "high"}},
		`"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}`:                     {Effort: llm.Effort{Level: "max"}},
		`"thinking":{"type":"disabled"},"output_config":{"effort":"low"}`:                     {Effort: llm.Effort{Level: "none"}},
		`"output_config":{"effort":"medium"}`:                                                 {Effort: llm.Effort{Level: "medium"}},
		`"output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}`:        {ResponseFormat: object},
		`"output_format":{"type":"json_schema","schema":{"type":"object"}}`:                   {ResponseFormat: object},
		`"tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true},{"type":"custom","name":"g"}]`: {
			Tools: []llm.Tool{{Name: "f", Description: "d", Parameters: json.Value(`{"type":"object"}`), Strict: true}, {Name: "g"}}},
	} {
		c, err := read(t, members)
		if err != nil {
			t.Errorf("%s: %v", members, err)
			continue
		}
		want.MaxTokens, want.Messages = 9, []llm.Message{user("hi")}
		if d := cmp.Diff(want, c.Request); d != "" || c.Name != "m" {
			t.Errorf("%s (-want +got):\n%s", members, d)
		}
	}
}

var object = &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"name":"answer","schema":{"type":"object"}}`)}

func TestContents(t *testing.T) {
	image := func(url string) llm.Part { return llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: url}} }
	text := func(s string) llm.Part { return llm.Part{Type: llm.TextPart, Text: s} }
	result := func(id, s string) llm.Message {
		return llm.Message{Role: llm.ToolRole, ToolCallID: id, Content: llm.Text(s)}
	}
	for members, want := range map[string][]llm.Message{
		`"system":"Be nice."`: {{Role: llm.System, Content: llm.Text("Be nice.")}, user("hi")},
		`"system":[{"type":"text","text":"Be"},{"type":"text","text":"nice."}]`: {
			{Role: llm.System, Content: llm.Parts(text("Be"), text("nice."))}, user("hi")},
		`"messages":[{"role":"user","content":"a"},{"role":"system","content":[{"type":"text","text":"b"}]},{"role":"assistant","content":"c"}]`: {
			user("a"), {Role: llm.System, Content: llm.Text("b")}, {Role: llm.Assistant, Content: llm.Text("c")}},
		`"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}},
			{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}]}]`: {
			{Role: llm.User, Content: llm.Parts(text("a"), image("data:image/png;base64,QQ=="), image("https://example.com/a.png"))}},
		`"messages":[{"role":"user","content":[{"type":"document","title":"T","source":{"type":"base64","media_type":"application/pdf","data":"QQ=="}},{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]`: {
			{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.FilePart, File: &llm.File{Name: "T", Data: "data:application/pdf;base64,QQ=="}},
				llm.Part{Type: llm.TextPart, Text: "a", Cache: &llm.Cache{}})}},
		`"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":"a","cache_control":{"type":"ephemeral"}}]}]`: {
			{Role: llm.ToolRole, ToolCallID: "1", Content: llm.Text("a"), Cache: &llm.Cache{}}},
		`"messages":[{"role":"user","content":[{"type":"document","title":"T","context":"C","source":{"type":"text","media_type":"text/plain","data":"D"}}]}]`: {user("T\n\nC\n\nD")},
		`"messages":[{"role":"user","content":[{"type":"text","text":"and?"},{"type":"tool_result","tool_use_id":"1","content":"a"},
			{"type":"tool_result","tool_use_id":"2","content":[{"type":"text","text":"b"}],"is_error":true},{"type":"tool_result","tool_use_id":"3"},
			{"type":"tool_result","tool_use_id":"4","is_error":true,"content":[{"type":"image","source":{"type":"url","url":"u"}}]}]}]`: {
			result("1", "a"), {Role: llm.ToolRole, ToolCallID: "2", Content: llm.Text("b"), IsError: true}, result("3", ""),
			{Role: llm.ToolRole, ToolCallID: "4", Content: llm.Parts(image("u")), IsError: true}, user("and?")},
		`"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"redacted_thinking","data":"d"},
			{"type":"thinking","thinking":"","signature":""},{"type":"text","text":"b"},{"type":"tool_use","id":"1","name":"f","input":{"x": 1},"signature":"g"}]}]`: {
			user("a"), {Role: llm.Assistant, Content: llm.Text("b"),
				Thinking:  []llm.Thinking{{Type: "thinking", Thinking: "t", Signature: "s"}, {Type: "redacted_thinking", Data: "d"}},
				ToolCalls: []llm.ToolCall{{ID: "1", Type: "function", Function: llm.FunctionCall{Name: "f", Arguments: `{"x":1}`}, Signature: "g"}}}},
	} {
		c, err := read(t, members)
		if err != nil {
			t.Errorf("%s: %v", members, err)
			continue
		}
		if d := cmp.Diff(want, c.Request.Messages); d != "" {
			t.Errorf("%s (-want +got):\n%s", members, d)
		}
	}
}

func TestWhatHasNoEffectIsTold(t *testing.T) {
	for members, want := range map[string]string{
		`"top_k":1,"service_tier":"auto","context_management":{},"cache_control":{"type":"ephemeral"}`:                                   "context_management service_tier",
		`"context_management":null,"container":null,"cache_control":null`:                                                                "",
		`"thinking":{"type":"adaptive","display":"summarized"}`:                                                                          "",
		`"thinking":{"type":"enabled","budget_tokens":1024},"output_config":{"effort":"low"}`:                                            "thinking.budget_tokens",
		`"thinking":{"type":"disabled"},"output_config":{"effort":"low"}`:                                                                "output_config.effort",
		`"messages":[{"role":"user","content":[{"type":"document","citations":{"enabled":true},"source":{"type":"text","data":"D"}}]}]`:  "citations",
		`"messages":[{"role":"user","content":[{"type":"document","citations":{"enabled":false},"source":{"type":"text","data":"D"}}]}]`: "",
		`"messages":[{"role":"assistant","content":[{"type":"text","text":"a","citations":[]}]}]`:                                        "",
	} {
		c, err := read(t, members)
		if err != nil {
			t.Fatalf("%s: %v", members, err)
		}
		if got := strings.Join(c.Ignored, " "); got != want {
			t.Errorf("%s: told %q, want %q", members, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	in := func(role, block string) string {
		return `"messages":[{"role":"user","content":"a"},{"role":"` + role + `","content":[{"type":"text","text":"b"},` + block + `]}]`
	}
	for members, want := range map[string]string{
		`"mcp_servers":[{}]`: "unsupported_parameter mcp_servers",
		`"container":"c"`:    "unsupported_parameter container",
		`"tools":[{"type":"web_search_20250305","name":"web_search"}]`:                               "unsupported_parameter tools.0.type",
		`"tools":[{"name":"f"},{"type":"mcp_toolset"}]`:                                              "unsupported_parameter tools.1.type",
		`"tools":[{"description":"d"}]`:                                                              "validation_failed tools.0.name",
		`"tool_choice":{"type":"tool"}`:                                                              "validation_failed tool_choice.name",
		`"system":[{"type":"image","source":{"type":"url"}}]`:                                        "unsupported_parameter system.0.type",
		in("system", `{"type":"tool_result"}`):                                                       "unsupported_parameter messages.1.content.1.type",
		in("user", `{"type":"search_result"}`):                                                       "unsupported_parameter messages.1.content.1.type",
		in("user", `{"type":"image"}`):                                                               "validation_failed messages.1.content.1.source",
		in("user", `{"type":"image","source":{"type":"file","file_id":"f"}}`):                        "unsupported_parameter messages.1.content.1.source.type",
		in("user", `{"type":"document","source":{"type":"base64"}}`):                                 "validation_failed messages.1.content.1.source.data",
		in("user", `{"type":"document","source":{"type":"url","url":"ftp://a"}}`):                    "validation_failed messages.1.content.1.source.url",
		in("user", `{"type":"document","source":{"type":"file","file_id":"f"}}`):                     "unsupported_parameter messages.1.content.1.source.file_id",
		in("user", `{"type":"tool_result"}`):                                                         "validation_failed messages.1.content.1.tool_use_id",
		in("user", `{"type":"tool_result","tool_use_id":"1","content":[{"type":"tool_reference"}]}`): "unsupported_parameter messages.1.content.1.content.0.type",
		in("assistant", `{"type":"server_tool_use"}`):                                                "unsupported_parameter messages.1.content.1.type",
		in("assistant", `{"type":"tool_use","name":"f","input":{}}`):                                 "validation_failed messages.1.content.1",
	} {
		_, err := read(t, members)
		if e := errs.From(err); err == nil || string(e.Reason)+" "+e.Param != want {
			t.Errorf("%s: %v at %q, want %s", members, err, e.Param, want)
		}
	}
}

func FuzzParams(f *testing.F) {
	for _, seed := range []string{
		`{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"}]}`,
		`{"model":"m","max_tokens":1,"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":""}],"is_error":true}]}]}`,
		`{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t"},{"type":"tool_use","id":"1","name":"f","input":"x"}]}],"tools":[{"name":"f"}],"tool_choice":{"type":"tool","name":"f"}}`,
		`{"thinking":{"type":"adaptive"},"output_config":{"effort":"low","format":{"type":"json_schema","schema":{}}},"metadata":{"user_id":"u"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var p messages.Params
		if json.Unmarshal(body, &p) != nil {
			return
		}
		c, err := p.Call()
		if (c == nil) == (err == nil) {
			t.Fatalf("%+v, %v", c, err)
		}
		if c == nil {
			if e := errs.From(err); e.Reason != errs.UnsupportedParameter && e.Reason != errs.ValidationFailed || e.Param == "" {
				t.Errorf("%v is no refusal of a member", err)
			}
			return
		}
		if raw, err := json.Marshal(c.Request.Messages); err != nil {
			t.Errorf("%v in %s", err, raw)
		}
	})
}
