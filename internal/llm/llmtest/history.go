package llmtest

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// foreign maps signers to bare values in the form that each one writes.
var foreign = map[string]string{
	"anthropic":  "EqQBCkYIBxgCKkBYv3fVYQ",
	"google":     "CiQBvj72+6HI8+eJU+HjXyUghM3M",
	"openai":     "gAAAAABo1pQtT3BlbkFJ",
	"openrouter": `{"type":"reasoning.text","text":"","signature":"ErUB"}`,
	"elsewhere":  "ol1.elsewhere.c2ln",
}

// histories returns conversations that were held elsewhere, or written by hand.
func (w *Wire) histories() map[string][]llm.Message {
	user := func(text string) llm.Message { return llm.Message{Role: llm.User, Content: llm.Text(text)} }
	says := func(text string, calls ...llm.ToolCall) llm.Message {
		return llm.Message{Role: llm.Assistant, Content: llm.Text(text), ToolCalls: calls}
	}
	calls := func(id, name string) llm.ToolCall {
		return llm.ToolCall{ID: id, Type: "function", Function: llm.FunctionCall{Name: name, Arguments: "{}"}}
	}
	returns := func(id, text string) llm.Message {
		return llm.Message{Role: llm.ToolRole, ToolCallID: id, Content: llm.Text(text)}
	}
	text := func(s string) llm.Part { return llm.Part{Type: llm.TextPart, Text: s} }
	long := strings.Repeat("x", 70) // longer than any wire takes
	signed := says("", calls("a", "now"))
	for signer, value := range foreign {
		if signer != w.Signer {
			signed.Thinking = append(signed.Thinking,
				llm.Thinking{Type: llm.ThinkingBlock, Thinking: "Hm.", Signature: value}, llm.Thinking{Type: llm.RedactedThinkingBlock, Data: value})
			signed.ToolCalls[0].Signature = value
		}
	}
	only := llm.Message{Role: llm.Assistant, Thinking: signed.Thinking}
	mixed := signed // what was thought, said and called in turns
	mixed.Content, mixed.Order = llm.Parts(text("I look."), text("And again.")), []llm.Piece{
		{Kind: llm.ThinkingPiece}, {Kind: llm.TextPiece}, {Kind: llm.CallPiece}, {Kind: llm.ThinkingPiece, Index: 1}, {Kind: llm.TextPiece, Index: 1},
	}
	parts := llm.Message{Role: llm.User, Content: llm.Parts(text("\u2003"), text("Go on."))}
	return map[string][]llm.Message{
		"foreign signatures":          {user("Hi"), signed, returns("a", "12:00"), only, user("And?")},
		"foreign signatures in turns": {user("Hi"), mixed, returns("a", "12:00"), user("And?")},
		"ids of another alphabet":     {user("Hi"), says("", calls("functions.now:0", "now"), calls(long, "now")), returns(long, "1"), returns("functions.now:0", "2")},
		"ids used twice":              {user("Hi"), says("", calls("a", "now")), returns("a", "1"), says("", calls("a", "now")), returns("a", "2")},
		"the same id for two calls":   {user("Hi"), says("", calls("a", "now"), calls("a", "now")), returns("a", "1"), returns("a", "2")},
		"no ids":                      {user("Hi"), says("", calls("", "now"), calls("", "then")), returns("", "1"), returns("", "2")},
		"blank texts":                 {user("\n\n"), user("Hi"), says(" \u00a0", calls("a", "now")), returns("a", "1"), says("\t"), parts},
		"empty results":               {user("Hi"), says("", calls("a", "now"), calls("b", "now")), returns("a", ""), returns("b", " \n")},
		"two turns of the model":      {user("Hi"), says("I look."), says("", calls("a", "now")), says("", calls("b", "now")), returns("a", "1"), returns("b", "2")},
		"a word between the results":  {user("Hi"), says("", calls("a", "now"), calls("b", "then")), returns("b", "2"), user("Wait."), returns("a", "1")},
		"an answer to go on with":     {user("Hi"), says("It is \n")},
	}
}

// histories checks that every conversation becomes legal on the wire. A conversation in which nobody says anything must be refused before
// it is sent, or be legal as it is.
func (h *Harness) histories(t *testing.T, f *fixture) {
	if h.Wire == nil {
		return
	}
	w := h.Wire()
	for name, chat := range w.histories() {
		t.Run(name, func(t *testing.T) {
			r := f.call(t).request()
			r.Messages, r.Model = chat, cmp.Or(w.Model, r.Model)
			s := serve(t, f.answer)
			if _, err := run(t.Context(), h.New(t, s.client(t), s.url), r, false); err != nil {
				t.Fatal(err)
			}
			body := s.requests()[0].body
			signatures, err := w.Read(body)
			if err != nil {
				t.Errorf("%v in %s", err, body)
			}
			if foreign := slices.DeleteFunc(signatures, func(s string) bool { return s == SkipSignature }); len(foreign) > 0 {
				t.Errorf("the signatures %q are sent", foreign)
			}
		})
	}
	t.Run("nothing", func(t *testing.T) {
		r := f.call(t).request()
		r.Messages = []llm.Message{{Role: llm.User, Content: llm.Text(" \u2003\n")}}
		s := serve(t, f.answer)
		_, err := run(t.Context(), h.New(t, s.client(t), s.url), r, false)
		if e := errs.From(err); w.form.rules.needsText && (err == nil || e.Reason != errs.InvalidRequest || e.Param != "messages" || len(s.requests()) > 0) {
			t.Errorf("got %+v after %d requests", e, len(s.requests()))
		}
	})
}
