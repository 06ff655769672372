package replicate

import (
	"bytes"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// FuzzPrediction feeds foreign bytes to the reading of predictions.
func FuzzPrediction(f *testing.F) {
	for _, seed := range []string{
		over, running, `{"id":"p1","status":"failed","error":"No. (E005)"}`, `{"id":"p1","status":"canceled"}`,
		`{"id":"p1","status":"succeeded","output":[1,null,["a"],{"b":"c"},"\ud800"],"metrics":{"input_token_count":-1,"output_token_count":1e300}}`,
		`{"id":"p1","status":"succeeded","output":{"a": 1},"metrics":[]}`, `{"id":"p1","status":"new","completed_at":"now"}`,
		"", "null", "[]", `{"id":`, "{\"id\":\"p1\",\"status\":\"succeeded\",\"output\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p := &prediction{raw: body}
		if json.UnmarshalForeign(body, p) != nil {
			return
		}
		s := &session{}
		if err := s.failed(p); err != nil {
			if errs.Is(err, errs.Internal) {
				t.Fatalf("an unclassified error: %v", err)
			}
			return
		}
		out := p.response(10)
		if !out.Message.Content.Set || min(out.Usage.Input, out.Usage.Output) < 0 {
			t.Fatalf("got %+v", out)
		}
	})
}

// FuzzStream feeds foreign bytes to the decoder of streams, one event a line: its name, a blank and its data.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		"output Hello\noutput {\"error\":\"no failure\"}\nlogs x\ndone {}", "output H\ndone {\"reason\":\"canceled\"}", "done {\"reason\":\"error\"}",
		"error {\"detail\":\"No.\"}", "error CUDA out of memory", "error ", "done []", " {\"error\":{}}", "unheard-of {\"a\":1}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := &decoder{model: "m"}
		var fold llm.Fold
		for line := range bytes.Lines(data) {
			name, text, _ := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(" "))
			events, err := d.Decode(failure.Call{}, nil, llmhttp.Event{Name: string(name), Data: text})
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
		if !fold.Response().Message.Content.Set {
			t.Fatal("no message")
		}
	})
}
