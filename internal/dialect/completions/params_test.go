package completions_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/completions"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func TestCall(t *testing.T) {
	var in completions.TextParams
	body := `{"model":"m","prompt":["a"],"suffix":"c","max_tokens":5,"temperature":0.5,"top_p":0.5,"presence_penalty":0.5,"frequency_penalty":0.5,
		"seed":7,"stop":"b","n":2,"logprobs":3,"user":"u","best_of":2,"logit_bias":{}}`
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	got, err := in.Call()
	if err != nil {
		t.Fatal(err)
	}
	half, seven, three := 0.5, int64(7), 3
	want := &dialect.Call{Name: "m", Samples: 2, Request: llm.Request{
		Prompt: "a", Suffix: "c", MaxTokens: 5, Temperature: &half, TopP: &half, PresencePenalty: &half, FrequencyPenalty: &half, Seed: &seven,
		Stop: []string{"b"}, LogProbs: &three, User: "u",
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func FuzzTextParams(f *testing.F) {
	f.Add([]byte(`{"model":"m","prompt":["a"]}`))
	f.Add([]byte(`{"model":"m","prompt":[[1]],"logit_bias":{"5":1}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var in completions.TextParams
		if json.Unmarshal(body, &in) != nil {
			return
		}
		if c, err := in.Call(); err == nil && c.Request.Prompt == "" {
			t.Errorf("%s: there is nothing to go on from", body)
		}
	})
}
