package mock_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/mock"
)

// twoWords is the signature of "lorem ipsum".
const twoWords = "ol1.mock.Noyvh6phm2OIJufgqIY1gO7fwWxb835MwCr8Fd4X2XQ="

func thinking(model, text string) *llm.Request {
	r := asking(text)
	r.Model = model
	return r
}

// TestThinkThinksBeforeEachCallAndTheText has the events of two turns, each piece by piece.
func TestThinkThinksBeforeEachCallAndTheText(t *testing.T) {
	r := thinking("think/2", "weather(Rome) time()")
	first := told(t, r)
	var turn llm.Fold
	for i := range first {
		turn.Add(&first[i])
	}
	answer := turn.Response()
	r.Messages = append(r.Messages, answer.Message)
	for _, c := range answer.Message.ToolCalls {
		r.Messages = append(r.Messages, llm.Message{Role: llm.ToolRole, ToolCallID: c.ID, Content: llm.Text(c.Function.Name + " gave this")})
	}
	second := told(t, r)
	thought := func(i int) []llm.Event {
		return []llm.Event{
			{Thinking: llm.ThinkingDelta{Index: i, Text: "lorem "}, Block: 2*i + 1}, {Thinking: llm.ThinkingDelta{Index: i, Text: "ipsum"}, Block: 2*i + 1},
			{Thinking: llm.ThinkingDelta{Index: i, Signature: twoWords}, Block: 2*i + 1},
		}
	}
	call := func(i int, id, name, arguments string) llm.Event {
		return llm.Event{ToolCall: &llm.ToolCallDelta{Index: i, ID: id, Name: name, Arguments: arguments}, Block: 2*i + 2}
	}
	text := func(s string) llm.Event { return llm.Event{Text: s, Block: 2} }
	end := func(finish llm.FinishReason, u llm.Usage) llm.Event {
		u.Known = true
		return llm.Event{Finish: finish, Usage: &u, Model: "think/2"}
	}
	want := append(append(thought(0), call(0, "call_1_1", "weather", `{"city":"Rome"}`)), append(thought(1), call(1, "call_1_2", "time", `{}`),
		end(llm.FinishToolCalls, llm.Usage{Input: 2, Output: 2, Reasoning: 4}))...)
	if d := cmp.Diff(want, first); d != "" {
		t.Errorf("first turn (-want +got):\n%s", d)
	}
	want = append(thought(0), text("weather "), text("gave "), text("this\ntime "), text("gave "), text("this"),
		end(llm.FinishStop, llm.Usage{Input: 8, Output: 6, Reasoning: 2}))
	if d := cmp.Diff(want, second); d != "" {
		t.Errorf("second turn (-want +got):\n%s", d)
	}
}

// told returns the events of a stream, without the request in its last.
func told(t *testing.T, r *llm.Request) (events []llm.Event) {
	t.Helper()
	for e, err := range new(mock.Driver).Stream(t.Context(), r) {
		if err != nil {
			t.Fatal(err)
		}
		e.Request = nil
		events = append(events, e)
	}
	return events
}

func TestThinkOfAForcedCall(t *testing.T) {
	r := thinking("think", "Rome")
	r.ToolChoice = llm.ToolChoice{Mode: llm.ToolsRequired}
	got, err := new(mock.Driver).Generate(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got.Usage.Reasoning != 50 || len(got.Message.Thinking) != 1 || len(got.Message.ToolCalls) != 1 {
		t.Errorf("got %+v, %+v", got.Message, got.Usage)
	}
}

func TestThinkChecksSignatures(t *testing.T) {
	const foreign = "messages.1.content.1: Invalid `signature` in `thinking` block"
	own := llm.Thinking{Type: llm.ThinkingBlock, Thinking: "lorem ipsum", Signature: twoWords}
	for name, test := range map[string]struct {
		second llm.Thinking
		want   string
	}{
		"its own":                  {own, ""},
		"none":                     {llm.Thinking{Type: llm.ThinkingBlock, Thinking: "of a model that signs nothing"}, ""},
		"other thinking":           {llm.Thinking{Type: llm.ThinkingBlock, Thinking: "lorem", Signature: twoWords}, foreign},
		"no thinking":              {llm.Thinking{Type: llm.ThinkingBlock, Signature: twoWords}, foreign},
		"another signature":        {llm.Thinking{Type: llm.ThinkingBlock, Thinking: "lorem ipsum", Signature: "ol1.mock.forged"}, foreign},
		"bare":                     {llm.Thinking{Type: llm.ThinkingBlock, Thinking: "lorem ipsum", Signature: twoWords[len("ol1.mock."):]}, foreign},
		"signed by another":        {llm.Thinking{Type: llm.ThinkingBlock, Thinking: "lorem ipsum", Signature: "ol1.google.EpwICpkI"}, foreign},
		"redacted, so another's":   {llm.Thinking{Type: llm.RedactedThinkingBlock, Data: "EpwICpkI"}, foreign},
		"own data, which it lacks": {llm.Thinking{Type: llm.RedactedThinkingBlock, Data: twoWords}, foreign},
	} {
		r := ask("think", "first")
		r.Messages = append(r.Messages, llm.Message{Role: llm.Assistant, Content: llm.Text("x"), Thinking: []llm.Thinking{own, test.second}},
			llm.Message{Role: llm.User, Content: llm.Text("second")})
		_, err := new(mock.Driver).Generate(t.Context(), r)
		if test.want == "" && err == nil {
			continue
		}
		want := &errs.Error{
			Reason: errs.InvalidRequest, Message: test.want, Origin: mock.Display, Provider: mock.Slug, Model: "think", ProviderStatus: 400,
			ProviderCode: "invalid_request_error", ProviderRequestID: "req_mock",
		}
		if d := cmp.Diff(want, err); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
