package cohere

import (
	"bytes"
	"errors"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// FuzzDecode feeds foreign bytes to the decoder of whole answers.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","message":{"role":"assistant","content":[{"type":"thinking","thinking":"Hm."},{"type":"text","text":"Hi"}],` +
			`"tool_plan":"I look.","tool_calls":[{"id":"now_1","type":"function","function":{"name":"now","arguments":""}}]},` +
			`"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":3,"output_tokens":4.5},"tokens":{"input_tokens":5},"cached_tokens":9},` +
			`"logprobs":[{"text":"Hi","token_ids":[1],"logprobs":[-0.5]}]}`,
		`{"message":{},"finish_reason":"ERROR_TOXIC"}`, `{"message":{"content":[{"text":"H"}]},"finish_reason":"TIMEOUT"}`,
		`{"message":"invalid api token"}`, `{"finish_reason":"ERROR"}`,
		`{"message":{"content":null,"tool_calls":[null]},"usage":{"tokens":{"input_tokens":-1e300,"output_tokens":1e300}}}`,
		`{"message":{},"usage":{"billed_units":{"input_tokens":"x"}}}`,
		"", "null", "[]", "<html>", `{"message":`, "{\"message\":{\"content\":[{\"text\":\"\xff\\ud800\"}]}}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := decode(failure.Call{}, nil, body)
		if err != nil {
			if errs.Is(err, errs.Internal) {
				t.Fatalf("an unclassified error: %v", err)
			}
			return
		}
		check(t, out)
	})
}

// FuzzStream feeds foreign bytes to the decoder of streams, one event a line.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}
{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}}
{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"Hm."}}}}
{"type":"content-end","index":0}
{"type":"content-delta","index":1,"delta":{"message":{"content":[{"text":"Hi"}]}},"logprobs":{"text":"Hi","token_ids":[1],"logprobs":[-0.5]}}
{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I look."}}}
{"type":"tool-call-start","index":2,"delta":{"message":{"tool_calls":{"id":"now_1","type":"function","function":{"name":"now","arguments":""}}}}}
{"type":"tool-call-delta","index":2,"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}}
{"type":"tool-call-end","index":2}
{"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":0,"end":2,"text":"Hi","sources":[]}}}}
{"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":3,"output_tokens":4}}}}
[DONE]`,
		`{"type":"message-end","delta":{"finish_reason":"ERROR","error":"upstream error"}}`,
		`{"type":"message-end","delta":{"finish_reason":"TIMEOUT"}}`,
		`{"type":"message-end"}`,
		`{"message":"rate limit exceeded"}`,
		`{"type":"tool-call-end"}
{"type":"tool-call-delta","index":-1,"delta":{"message":{"tool_calls":[]}}}
{"type":"tool-call-start","index":99999999,"delta":{"message":{"tool_calls":null}}}
{"type":"unheard-of"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d decoder
		var fold llm.Fold
		for line := range bytes.Lines(data) {
			e, err := d.decode(failure.Call{}, nil, "", bytes.TrimSuffix(line, []byte("\n")))
			if errors.Is(err, llmhttp.ErrStray) {
				continue
			}
			if err != nil {
				if errs.Is(err, errs.Internal) {
					t.Fatalf("an unclassified error: %v", err)
				}
				return
			}
			fold.Add(&e)
		}
		check(t, fold.Response())
	})
}

func check(t *testing.T, out *llm.Response) {
	t.Helper()
	if out.Message.Role != llm.Assistant || !out.Message.Content.Set && len(out.Message.ToolCalls) == 0 {
		t.Fatalf("no message of the assistant: %+v", out.Message)
	}
	u := out.Usage
	if min(u.Input, u.CachedInput, u.CacheWrite, u.Output, u.Reasoning) < 0 {
		t.Fatalf("negative usage: %+v", u)
	}
}
