package llm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

func fold(events ...llm.Event) *llm.Response {
	var f llm.Fold
	for i := range events {
		f.Add(&events[i])
	}
	return f.Response()
}

func call(index int, id, name, arguments string) llm.Event {
	return llm.Event{ToolCall: &llm.ToolCallDelta{Index: index, ID: id, Name: name, Arguments: arguments}}
}

func TestFold(t *testing.T) {
	assistant := func(m llm.Message) llm.Response {
		m.Role = llm.Assistant
		return llm.Response{Message: m}
	}
	toolCall := func(id, name, arguments string) llm.ToolCall {
		return llm.ToolCall{ID: id, Type: "function", Function: llm.FunctionCall{Name: name, Arguments: arguments}}
	}
	first, second := llm.Usage{Input: 1, Known: true}, llm.Usage{Input: 2, Output: 3, Known: true}
	for name, test := range map[string]struct {
		events []llm.Event
		want   llm.Response
	}{
		"nothing is an empty text": {nil, assistant(llm.Message{Content: llm.Text("")})},
		"texts are joined":         {[]llm.Event{{Text: "a"}, {}, {Text: "b"}}, assistant(llm.Message{Content: llm.Text("ab")})},
		"tool calls come in pieces, in any order": {
			[]llm.Event{call(1, "c2", "g", ""), call(0, "c1", "f", `{"a`), call(1, "", "", "{}"), call(0, "ignored", "ignored", `":1}`)},
			assistant(llm.Message{ToolCalls: []llm.ToolCall{toolCall("c1", "f", `{"a":1}`), toolCall("c2", "g", "{}")}}),
		},
		"tool calls beside a text": {
			[]llm.Event{{Text: "t"}, call(0, "c", "f", "")},
			assistant(llm.Message{Content: llm.Text("t"), ToolCalls: []llm.ToolCall{toolCall("c", "f", "")}}),
		},
		"gaps between indexes are closed":   {[]llm.Event{call(5, "c", "f", "")}, assistant(llm.Message{ToolCalls: []llm.ToolCall{toolCall("c", "f", "")}})},
		"indexes out of bounds are dropped": {[]llm.Event{call(-1, "c", "f", ""), call(1<<30, "c", "f", "")}, assistant(llm.Message{Content: llm.Text("")})},
		"thinking": {
			[]llm.Event{
				{Thinking: llm.ThinkingDelta{Text: "a"}}, {Thinking: llm.ThinkingDelta{Text: "b", Signature: "s"}}, {Thinking: llm.ThinkingDelta{Index: 1, Data: "d"}},
				{Thinking: llm.ThinkingDelta{Index: -1, Text: "x"}}, {Thinking: llm.ThinkingDelta{Index: 1 << 30, Text: "x"}},
			},
			assistant(llm.Message{Content: llm.Text(""), Thinking: []llm.Thinking{
				{Type: llm.ThinkingBlock, Thinking: "ab", Signature: "s"}, {Type: llm.RedactedThinkingBlock, Data: "d"},
			}}),
		},
		"the last of each counts": {
			[]llm.Event{
				{Usage: &first, Model: "m1", Finish: llm.FinishLength, Request: json.Value(`{"a":1}`)}, {Usage: &second, Model: "m2", Finish: llm.FinishStop},
			},
			llm.Response{
				Message: llm.Message{Role: llm.Assistant, Content: llm.Text("")}, Finish: llm.FinishStop, Usage: second, Model: "m2", RawRequest: json.Value(`{"a":1}`),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(&test.want, fold(test.events...)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestFoldGoesOnAfterAResponse takes a response in the middle of a stream and states that later events do not change it.
func TestFoldGoesOnAfterAResponse(t *testing.T) {
	var f llm.Fold
	e := call(0, "c", "f", "{")
	f.Add(&e)
	before := f.Response()
	e.ToolCall.Arguments = "}"
	f.Add(&e)
	after := f.Response()
	if a, b := before.Message.ToolCalls[0].Function.Arguments, after.Message.ToolCalls[0].Function.Arguments; a != "{" || b != "{}" {
		t.Errorf("%q and then %q", a, b)
	}
}

func TestUsageSums(t *testing.T) {
	u := llm.Usage{Input: 1, CachedInput: 2, CacheWrite: 4, Output: 8, Reasoning: 16}
	if u.Prompt() != 7 || u.Completion() != 24 {
		t.Errorf("%d and %d", u.Prompt(), u.Completion())
	}
}
