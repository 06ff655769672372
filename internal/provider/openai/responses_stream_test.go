package openai

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// tell decodes the events of a stream, one a line, and mends them as every driver's are.
func tell(t *testing.T, e llm.Endpoint, lines string) (*llm.Response, error) {
	t.Helper()
	s, fold := newStream(e), llm.Fold{}
	for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
		events, err := s.Decode(failure.Call{}, nil, llmhttp.Event{Data: []byte(line)})
		if err != nil && !errors.Is(err, llmhttp.ErrStray) {
			return nil, err
		}
		for i := range events {
			fold.Add(&events[i])
		}
	}
	if !s.Ended() {
		last, whole := s.Last()
		if !whole {
			t.Fatal("the stream is cut")
		}
		fold.Add(&last)
	}
	out := fold.Response()
	out.Message.Mend()
	return out, nil
}

// Fault B11: an item may be told in pieces, whole, or with the answer alone; in any case it is told once.
func TestResponsesToldLate(t *testing.T) {
	const (
		reasoning = `{"id":"rs","type":"reasoning","summary":[{"type":"summary_text","text":"I see."},{"type":"summary_text","text":"So."}],"encrypted_content":"e"}`
		message   = `{"id":"msg","type":"message","content":[{"type":"output_text","text":"Hello"},{"type":"refusal","refusal":" no"}]}`
		call      = `{"id":"fc","type":"function_call","call_id":"c","name":"f","arguments":"{\"a\":1}"}`
		completed = `{"type":"response.completed","response":{"model":"m","output":[` + reasoning + `,` + message + `,` + call + `],"usage":{"input_tokens":1,"output_tokens":2}}}`
		bare      = `{"type":"response.completed","response":{"model":"m","output":[],"usage":{"input_tokens":1,"output_tokens":2}}}`
	)
	want, err := decodeResponses([]byte(`{"status":"completed","model":"m","output":[` + reasoning + `,` + message + `,` + call + `],"usage":{"input_tokens":1,"output_tokens":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	items := `{"type":"response.output_item.done","output_index":0,"item":` + reasoning + `}
{"type":"response.output_item.done","output_index":1,"item":` + message + `}
{"type":"response.output_item.done","output_index":2,"item":` + call + `}
`
	parts := `{"type":"response.reasoning_summary_text.done","output_index":0,"summary_index":0,"text":"I see."}
{"type":"response.reasoning_summary_part.done","output_index":0,"summary_index":1,"part":{"type":"summary_text","text":"So."}}
{"type":"response.output_text.done","output_index":1,"content_index":0,"text":"Hello"}
{"type":"response.refusal.done","output_index":1,"content_index":1,"refusal":" no"}
{"type":"response.output_item.added","output_index":2,"item":{"id":"fc","type":"function_call","call_id":"c","name":"f","arguments":""}}
{"type":"response.function_call_arguments.done","output_index":2,"arguments":"{\"a\":1}"}
`
	deltas := `{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"I "}
{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"see."}
{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"So"}
{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Hel"}
{"type":"response.output_item.added","output_index":2,"item":{"id":"fc","type":"function_call","call_id":"c","name":"f","arguments":""}}
{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"a\""}
`
	nowhere := strings.NewReplacer(`"output_index":0,`, "", `"output_index":1,`, "", `"output_index":2,`, "")
	for name, lines := range map[string]string{
		"the answer alone":                        completed,
		"items alone":                             items + bare,
		"items, and the answer":                   items + completed,
		"parts, and the answer":                   parts + completed,
		"parts and items":                         parts + items + bare,
		"the beginning in pieces, and items":      deltas + items + bare,
		"the beginning in pieces, and parts":      deltas + parts + items + completed,
		"the beginning in pieces, and the answer": deltas + completed,
		"no places":                               nowhere.Replace(items) + completed,
		"pieces without places":                   nowhere.Replace(deltas+items) + completed,
		"arguments before their call":             `{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"a\""}` + "\n" + items + bare,
		"not streamed":                            `{"object":"response","status":"completed","model":"m","output":[` + reasoning + `,` + message + `,` + call + `],"usage":{"input_tokens":1,"output_tokens":2}}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tell(t, llm.Responses, lines)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
