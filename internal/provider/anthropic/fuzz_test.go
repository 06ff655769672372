package anthropic

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
		`{"type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[{"type":"text","text":"Hi"},` +
			`{"type":"tool_use","id":"toolu_1","name":"now","input":{"a":1}},{"type":"thinking","thinking":"Hm.","signature":"c2ln"},` +
			`{"type":"redacted_thinking","data":"ZGF0YQ=="}],"stop_reason":"tool_use","usage":{"input_tokens":4,"output_tokens":2,` +
			`"output_tokens_details":{"thinking_tokens":3},"cache_read_input_tokens":null}}`,
		`{"content":[],"stop_reason":"refusal","stop_details":{"explanation":"No."}}`,
		`{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`,
		`{"content":[{"type":"tool_use","input":[]}],"usage":{"input_tokens":-1,"output_tokens":"x"}}`,
		"", "null", "[]", "<html>", `{"content":`, "{\"content\":[{\"type\":\"text\",\"text\":\"\xff\\ud800\"}]}",
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
		`{"type":"message_start","message":{"model":"claude-haiku-4-5","usage":{"input_tokens":4,"output_tokens":1}}}
{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}
{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}
{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}
{"type":"content_block_stop","index":0}
{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"ZGF0YQ=="}}
{"type":"content_block_start","index":2,"content_block":{"type":"text","text":"H"}}
{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"i"}}
{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_1","name":"now","input":{}}}
{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}
{"type":"content_block_stop","index":3}
{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9,"input_tokens":null}}
{"type":"message_stop"}`,
		`{"type":"ping"}
{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`,
		`{"type":"message_delta","delta":{"stop_reason":"refusal","stop_details":{"explanation":"No."}}}`,
		`{"type":"content_block_start","content_block":{"type":"tool_use"}}`,
		`{"type":"content_block_delta","index":-1,"delta":{"type":"thinking_delta"}}
{"type":"content_block_start","index":99999999,"content_block":{"type":"tool_use"}}
{"type":"content_block_stop","index":7}
{"type":"unheard_of"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d decoder
		var fold llm.Fold
		for line := range bytes.Lines(data) {
			e, err := d.decode(failure.Call{}, nil, "", line)
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
