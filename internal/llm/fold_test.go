package llm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func TestFoldJoinsLogProbs(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string
		want   string
	}{
		{"none", nil, ``},
		{"one is kept as it is", []string{`{"content": [1], "refusal": null}`}, `{"content": [1], "refusal": null}`},
		{"chat", []string{`{"content":[{"token":"a"}],"refusal":null}`, `{"content":[],"refusal":null}`, `{"content":[{"token":"b"}],"refusal":null}`}, `{"content":[{"token":"a"},{"token":"b"}],"refusal":null}`},
		{"columns", []string{`{"tokens":["a"],"text_offset":[0]}`, `{"tokens":["b","c"],"text_offset":[1,2]}`}, `{"text_offset":[0,1,2],"tokens":["a","b","c"]}`},
		{"no objects", []string{`[1]`, `2`}, `[1,2]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f llm.Fold
			for _, p := range c.pieces {
				f.Add(&llm.Event{LogProbs: json.Value(p)})
			}
			if d := cmp.Diff(c.want, string(f.Response().LogProbs)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestFoldTakesCallsAndThoughtsInTurns(t *testing.T) {
	var f llm.Fold
	for _, text := range []string{"a", "b", "c"} {
		for i := range 5 {
			f.Add(&llm.Event{
				Thinking: llm.ThinkingDelta{Index: i, Text: text},
				ToolCall: &llm.ToolCallDelta{Index: i, ID: "id", Name: "f", Arguments: text},
			})
		}
	}
	m := f.Response().Message
	for i := range 5 {
		if got := m.ToolCalls[i].Function.Arguments + " " + m.Thinking[i].Thinking; got != "abc abc" {
			t.Errorf("block %d is %q", i, got)
		}
	}
}

func TestEventsFoldToTheirResponse(t *testing.T) {
	want := &llm.Response{
		Message: llm.Message{
			Role: llm.Assistant, Content: llm.Text("t"),
			Thinking:  []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "a", Signature: "s"}, {Type: llm.RedactedThinkingBlock, Data: "d"}},
			ToolCalls: []llm.ToolCall{{ID: "c", Type: "function", Signature: "g", Function: llm.FunctionCall{Name: "f", Arguments: "{}"}}},
		},
		Finish: llm.FinishToolCalls, Model: "m", Usage: llm.Usage{Input: 1, Known: true}, LogProbs: json.Value("[1]"),
	}
	if d := cmp.Diff(want, fold(want.Events()...)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
