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
		`weather(city=Rome, days = 3)`:           {{Name: "weather", Arguments: `{"city":"Rome","days":3}`}},
		`weather(days=3, city="Rome, \"IT\"")`:   {{Name: "weather", Arguments: `{"days":3,"city":"Rome, \"IT\""}`}},
		`weather(days=3, Rome, more)`:            {{Name: "weather", Arguments: `{"days":3,"city":"Rome","argument_3":"more"}`}},
		`weather('Rome, it\'s', days='x')`:       {{Name: "weather", Arguments: `{"city":"Rome, it's","days":"x"}`}},
		`weather(it's, days=true)`:               {{Name: "weather", Arguments: `{"city":"it's","days":true}`}},
		`weather(12) weather(null)`:              {{Name: "weather", Arguments: `{"city":"12"}`}, {Name: "weather", Arguments: `{"city":"null"}`}},
		`weather(town=Rome) time(zone=UTC)`:      {{Name: "weather", Arguments: `{"city":"town=Rome"}`}, {Name: "time", Arguments: `{"argument_1":"zone=UTC"}`}},
		`Call weather(city=/etc/x?a=b).`:         {{Name: "weather", Arguments: `{"city":"/etc/x?a=b"}`}},
		`weather(city=Rome, city=Oslo)`:          {{Name: "weather", Arguments: `{"city":"Rome","days":"city=Oslo"}`}},
		`weather('Rome)`:                         nil,
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

func TestAForcedToolTakesTheArgumentsThatAreSpelledOut(t *testing.T) {
	for text, want := range map[string]llm.FunctionCall{
		"What is time()? And weather(Rome, 3)?": {Name: "weather", Arguments: `{"city":"Rome","days":3}`},
		"What is time()?":                       {Name: "weather", Arguments: `{"input":"What is time()?"}`},
	} {
		r := asking(text)
		r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsFunction, Function: "weather"}
		got, err := new(mock.Driver).Generate(t.Context(), r)
		if err != nil || len(got.Message.ToolCalls) != 1 {
			t.Fatalf("%+v, %v", got, err)
		}
		if d := cmp.Diff(want, got.Message.ToolCalls[0].Function); d != "" {
			t.Errorf("%s (-want +got):\n%s", text, d)
		}
	}
}

func TestNoToolIsCalledIfTheChoiceIsNone(t *testing.T) {
	r := asking("time()")
	r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsNone}
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil || got.Message.Content.String() != "time()" || got.Message.ToolCalls != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestToolsSaysWhatTheyGave has a client that adds a message of the user to the results, as coding clients do.
func TestToolsSaysWhatTheyGave(t *testing.T) {
	r := asking("time()")
	r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, ToolCalls: []llm.ToolCall{llm.CallOf("c", "time", `{}`)}},
		llm.Message{Role: llm.ToolRole, ToolCallID: "c", Content: llm.Text("It is noon.")}, llm.Message{Role: llm.User, Content: llm.Text("A reminder.")})
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil || got.Message.Content.String() != "It is noon." {
		t.Errorf("%+v, %v", got, err)
	}
}
