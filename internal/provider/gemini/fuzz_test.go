package gemini

import (
	"bytes"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

var seeds = []string{
	`{"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},{"text":"Hi","thoughtSignature":"c2ln"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4},"modelVersion":"gemini-2.5-pro","responseId":"REVVabaiCdq4qtsPnZu96Qo"}
{"candidates":[{"content":{"parts":[{"functionCall":{"name":"now","args":{"a":1}},"thoughtSignature":"Y2FsbA=="},{"functionCall":{"id":"x","name":"now"}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"cachedContentTokenCount":5,"toolUsePromptTokenCount":1,"candidatesTokenCount":2,"thoughtsTokenCount":3}}`,
	`{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}`,
	`{"candidates":[{"finishReason":"SAFETY","finishMessage":"No."}]}`,
	`{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"MALFORMED_FUNCTION_CALL"}]}`,
	`{"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS","logprobsResult":{"chosenCandidates":[]}}]}`,
	`{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}`,
	`[{"error":{}}]`, `{"error":null,"candidates":[]}`, `{"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":-1,"cachedContentTokenCount":-2}}`,
	"", "null", "<html>", `{"candidates":`, "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"\xff\",\"args\":\"\\ud800\"}}]},\"finishReason\":\"STOP\"}]}",
}

// FuzzDecode feeds foreign bytes to the decoder of whole answers.
func FuzzDecode(f *testing.F) {
	for _, seed := range seeds {
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

// FuzzStream feeds foreign bytes to the decoder of streams, one document a line.
func FuzzStream(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d decoder
		var fold llm.Fold
		for line := range bytes.Lines(data) {
			events, err := d.decode(failure.Call{}, nil, "", line)
			if err != nil {
				if errs.Is(err, errs.Internal) {
					t.Fatalf("an unclassified error: %v", err)
				}
				return
			}
			for i := range events {
				fold.Add(&events[i])
			}
		}
		last, _ := d.Last()
		fold.Add(&last)
		check(t, fold.Response())
	})
}

func check(t *testing.T, out *llm.Response) {
	t.Helper()
	if out.Message.Role != llm.Assistant || !out.Message.Content.Set && len(out.Message.ToolCalls) == 0 {
		t.Fatalf("no message of the assistant: %+v", out.Message)
	}
	for _, c := range out.Message.ToolCalls {
		if c.ID == "" || c.Function.Arguments == "" {
			t.Fatalf("a tool call without id or arguments: %+v", c)
		}
	}
	u := out.Usage
	if min(u.Input, u.CachedInput, u.CacheWrite, u.Output, u.Reasoning) < 0 {
		t.Fatalf("negative usage: %+v", u)
	}
}
