package cohere

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// decodeAll gives each document to one decoder and returns what it told, up to the first failure.
func decodeAll(d *decoder, documents ...string) (told []llm.Event, err error) {
	for _, doc := range documents {
		e, err := d.decode(failure.Call{}, nil, "", []byte(doc))
		if err != nil {
			return told, err
		}
		told = append(told, e)
	}
	return told, nil
}

func TestFailedStreamKeepsItsUsage(t *testing.T) {
	var d decoder
	_, err := decodeAll(&d, `{"type":"message-end","delta":{"finish_reason":"ERROR","usage":{"billed_units":{"input_tokens":3,"output_tokens":1}}}}`)
	if !errs.Is(err, errs.ProviderInternal) {
		t.Errorf("got %v", err)
	}
	want := llm.Event{Usage: &llm.Usage{Input: 3, Output: 1, Known: true}}
	got, whole := d.Last()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(llm.Usage{}, "Raw")); diff != "" || whole {
		t.Errorf("whole %v (-want +got):\n%s", whole, diff)
	}
}

func TestPiecesOfToolCallsGoWhereTheyBelong(t *testing.T) {
	var d decoder
	start := func(index, id string) string {
		return `{"type":"tool-call-start","index":` + index + `,"delta":{"message":{"tool_calls":{"id":"` + id + `","type":"function","function":{"name":"f","arguments":""}}}}}`
	}
	piece := func(index, text string) string {
		return `{"type":"tool-call-delta","index":` + index + `,"delta":{"message":{"tool_calls":{"function":{"arguments":"` + text + `"}}}}}`
	}
	told, err := decodeAll(&d, start("3", "a"), start("7", "b"), piece("3", "A"), piece("7", "B"), piece("9", "nobody's"))
	if err != nil {
		t.Fatal(err)
	}
	want := []llm.Event{
		{ToolCall: &llm.ToolCallDelta{ID: "a", Name: "f"}},
		{ToolCall: &llm.ToolCallDelta{Index: 1, ID: "b", Name: "f"}},
		{ToolCall: &llm.ToolCallDelta{Arguments: "A"}},
		{ToolCall: &llm.ToolCallDelta{Index: 1, Arguments: "B"}},
		{},
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestToolCallsOfAStreamAreBounded(t *testing.T) {
	var d decoder
	last := llm.Event{}
	for range maxCalls + 1 {
		told, err := decodeAll(&d, `{"type":"tool-call-start","delta":{"message":{"tool_calls":{"id":"a"}}}}`)
		if err != nil {
			t.Fatal(err)
		}
		last = told[0]
	}
	if last.ToolCall != nil || len(d.calls) != maxCalls {
		t.Errorf("%d calls are kept", len(d.calls))
	}
}
