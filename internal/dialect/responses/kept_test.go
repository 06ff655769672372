package responses_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// TestWhatIsKeptShowsTheSameAnswer states that the parameters on a Log tell all that the answer to the request echoed.
func TestWhatIsKeptShowsTheSameAnswer(t *testing.T) {
	answered := &responses.Answered{Message: &llm.Message{Role: llm.Assistant, Content: llm.Text("Hi."), ToolCalls: []llm.ToolCall{
		llm.CallOf("c1", "git__log", `{"input":"x"}`), llm.CallOf("c2", "weather", `{}`),
	}}}
	for _, body := range []string{
		`{"input":"x"}`,
		`{"input":"x","store":true,"instructions":"Be brief.","previous_response_id":"resp_log_1","temperature":0,"top_p":0.5,"top_logprobs":2,"max_output_tokens":7,"user":"u",
		 "safety_identifier":"s","prompt_cache_key":"k","metadata":{"a":"b"},"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}},"reasoning":{"effort":"low","summary":"auto"}}`,
		`{"input":[{"role":"user","content":"x"}],"tools":[{"type":"function","name":"weather","parameters":{"type":"object"},"strict":true},
		 {"type":"function","function":{"name":"nested"}},{"type":"namespace","name":"git","tools":[{"type":"custom","name":"log","format":{"type":"grammar","syntax":"lark","definition":"a"}}]},
		 {"type":"web_search","external_web_access":false}],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"weather"}]}}`,
		`{"input":"x","tools":[{"type":"function","name":"weather"}],"tool_choice":{"type":"function","name":"weather"}}`,
		`{"prompt":{"id":"a/b","version":"staging","variables":{"secret":"s"}},"inputs":{"secret":"t"},"stream":true}`,
	} {
		r, c, err := read(t, body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		kept, err := responses.Kept(c.Parameters)
		if err != nil {
			t.Fatal(err)
		}
		want := json.AppendValue(nil, responses.NewResponse(r, "log_2", time.Unix(1, 0), "m", answered))
		got := json.AppendValue(nil, responses.NewResponse(kept, "log_2", time.Unix(1, 0), "m", answered))
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s (-answered +shown):\n%s", body, d)
		}
		if kept.Input.Set || kept.Inputs != nil || kept.Stream || kept.Prompt != nil && kept.Prompt.Variables != nil {
			t.Errorf("%s is kept as %s", body, c.Parameters)
		}
	}
}

func TestNothingIsKeptOfWhatIsNotStored(t *testing.T) {
	if _, c, err := read(t, `{"input":"x","store":false}`); err != nil || c.Parameters != nil {
		t.Errorf("%v: %s is kept", err, c.Parameters)
	}
}

func TestAnswerOf(t *testing.T) {
	for item, want := range map[string]string{
		"msg_log_1_0": "log_1", "rs_log_1_12": "log_1", "fc_log_1_0": "log_1", "ctc_log_1_0": "log_1", "fco_log_1_in_2": "log_1", "ctco_log_1_in_2": "log_1", "msg_a_b_0": "a_b",
		"": "", "_": "", "msg_": "", "msg_x": "", "item_log_1_0": "", "log_1": "",
	} {
		if got := responses.AnswerOf(item); got != want {
			t.Errorf("%q is of %q, want %q", item, got, want)
		}
	}
}

// TestInputItemsSayWhatWasGiven reads the items of an input as an input again.
func TestInputItemsSayWhatWasGiven(t *testing.T) {
	r, c, err := read(t, `{"input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"https://a/b.png","detail":"low"},
		{"type":"input_file","filename":"c.pdf","file_data":"data:application/pdf;base64,JVBERg=="},{"type":"input_file","file_url":"https://a/d.pdf"},
		{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]},
		{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
		{"type":"function_call_output","call_id":"c1","output":[{"type":"input_file","filename":"e.txt","file_data":"data:text/plain;base64,SGk="}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	items := json.AppendValue(nil, responses.InputItems(r, "log_1", c.Request.Messages))
	_, again, err := read(t, `{"input":`+string(items)+`}`)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c.Request.Messages, again.Request.Messages); d != "" {
		t.Errorf("(-given +shown):\n%s", d)
	}
}
