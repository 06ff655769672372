package mock_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/mock"
)

func asking(text string) *llm.Request {
	r := ask("tools", text)
	r.Tools = []llm.Tool{
		{Name: "weather", Parameters: json.Value(`{"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}}`)},
		{Name: "time"},
	}
	return r
}

func TestToolsCallsWhatTheUserSpellsOut(t *testing.T) {
	for text, want := range map[string][]llm.FunctionCall{
		`weather("Rome, Italy", 3)`:              {{Name: "weather", Arguments: `{"city":"Rome, Italy","days":3}`}},
		`weather(Rome) and time()`:               {{Name: "weather", Arguments: `{"city":"Rome"}`}, {Name: "time", Arguments: `{}`}},
		`weather({"days": 2})`:                   {{Name: "weather", Arguments: `{"days": 2}`}},
		`weather(["a", "b"], f(1, "\")"), more)`: {{Name: "weather", Arguments: `{"city":["a", "b"],"days":"f(1, \"\\\")\")","argument_3":"more"}`}},
		`other(1) weather(`:                      nil,
		"say hello":                              nil,
	} {
		got, err := new(mock.Driver).Generate(t.Context(), asking(text))
		if err != nil {
			t.Fatal(err)
		}
		var calls []llm.FunctionCall
		for _, c := range got.Message.ToolCalls {
			calls = append(calls, c.Function)
		}
		if d := cmp.Diff(want, calls); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
		if want == nil && got.Message.Content.String() != text {
			t.Errorf("%s: the answer is %q", text, got.Message.Content.String())
		}
	}
}

// TestToolsTakesALineAStep answers three times: with the calls of each line that has any, and then with what they gave.
func TestToolsTakesALineAStep(t *testing.T) {
	r := asking("Please:\nweather(Rome) weather(Oslo)\ntime()")
	var got []string
	for range 3 {
		answer, err := new(mock.Driver).Generate(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(answer.Finish)+": "+answer.Message.Content.String())
		r.Messages = append(r.Messages, answer.Message)
		for _, c := range answer.Message.ToolCalls {
			got = append(got, c.ID+" "+c.Function.Name+c.Function.Arguments)
			r.Messages = append(r.Messages, llm.Message{Role: llm.ToolRole, ToolCallID: c.ID, Content: llm.Text("result of " + c.ID)})
		}
	}
	want := []string{
		"tool_calls: ", `call_1_1 weather{"city":"Rome"}`, `call_1_2 weather{"city":"Oslo"}`, "tool_calls: ", "call_4_1 time{}",
		"stop: result of call_1_1\nresult of call_1_2\nresult of call_4_1",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
