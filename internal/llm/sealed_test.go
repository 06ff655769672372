package llm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
)

var (
	google     = llm.Signer{Name: "google", Bare: llm.GeminiShape}
	openAI     = llm.Signer{Name: "openai", Bare: llm.FernetShape}
	openRouter = llm.Signer{Name: "openrouter", Bare: llm.DetailShape}
	xAI        = llm.Signer{Name: "xai"}
)

// TestWhoseABareSignatureIs states which signer takes a signature without a name in front.
//
// Fault A1: a signature of one vendor at another.
func TestWhoseABareSignatureIs(t *testing.T) {
	const claude, nobody = "anthropic", ""
	for _, c := range []struct{ name, value, onThinking, onCall string }{
		{"Claude 4", "EqQBCkYIBxgCKkBYv3fVYQ", claude, claude},
		{"Claude 3.7", "ErUBCkYIARgCIkCYXQg7mF0XGxVbZ2V0", claude, claude},
		{"Claude, redacted", "EmwKAhgBEgy3va3pzixLafPsn4a", claude, claude},
		{"Claude, of the shorter form", "CAQSpgEKRggHGAIqQFi", claude, claude},
		{"Gemini 2.5", "CiQBvj72+6HI8+eJU+HjXyUghM3MM47797x9IOCmyx0odxqx3BsKcQG+Pvb7", "google", "google"},
		{"Gemini 3", "EpwICpkIAXLI2nxlU6gsWZaZHRYkX1orzuM8vSUFwaAt1JRxEC2hJzPA", "google", "google"},
		{"Gemini in the URL's alphabet", "EpwICpkIAXLI2nxlU6gsWZaZHRYkX1orzuM8vSUFwaAt1JRxEC2hJz-_", "google", "google"},
		{"Gemini, a UUID", "EiYKJGUyNDgzMGE3LTVjZDYtNDJmZS05OThiLWVlNTM5ZTcyYjljMw==", "google", "google"},
		{"OpenAI", "gAAAAABo1pQtT3BlbkFJ", "openai", "openai"},
		{"OpenRouter", `{"type":"reasoning.text","text":"","signature":"ErUB"}`, "openrouter", "openrouter"},
		{"no JSON", `{"type":`, claude, "google"},
		{"another shape", "c2ln", claude, "google"},
		{"no base64", "sig-1", claude, "google"},
		{"the value to skip the check", "skip_thought_signature_validator", claude, "google"},
		{"nothing", "", nobody, nobody},
		{"sealed by another", "ol1.elsewhere.CiQBvj72", nobody, nobody},
		{"sealed by nobody", "ol1.", nobody, nobody},
		{"sealed without a value", "ol1.google", nobody, nobody},
	} {
		t.Run(c.name, func(t *testing.T) {
			type takers struct{ Thinking, Data, Call string }
			var got takers
			for _, s := range []llm.Signer{llm.Claude, google, openAI, openRouter, xAI} {
				if v := s.Thinking(&llm.Thinking{Type: llm.ThinkingBlock, Signature: c.value}); v != "" && v == c.value {
					got.Thinking += s.Name
				}
				if v := s.Thinking(&llm.Thinking{Type: llm.RedactedThinkingBlock, Data: c.value}); v != "" && v == c.value {
					got.Data += s.Name
				}
				if v := s.ToolCall(&llm.ToolCall{Signature: c.value}); v != "" && v == c.value {
					got.Call += s.Name
				}
			}
			if d := cmp.Diff(takers{c.onThinking, c.onThinking, c.onCall}, got); d != "" {
				t.Errorf("takers of %q (-want +got):\n%s", c.value, d)
			}
		})
	}
}

// TestASealedSignatureGoesBackToItsSigner states what clients see, in whole answers and in streams.
func TestASealedSignatureGoesBackToItsSigner(t *testing.T) {
	m := llm.Message{
		Thinking:  []llm.Thinking{{Type: llm.ThinkingBlock, Signature: "c2ln"}, {Type: llm.RedactedThinkingBlock, Data: "ZGF0YQ=="}, {Type: llm.ThinkingBlock}},
		ToolCalls: []llm.ToolCall{{Signature: "Y2FsbA=="}, {}},
	}
	google.SealMessage(&m)
	want := llm.Message{
		Thinking: []llm.Thinking{
			{Type: llm.ThinkingBlock, Signature: "ol1.google.c2ln"}, {Type: llm.RedactedThinkingBlock, Data: "ol1.google.ZGF0YQ=="}, {Type: llm.ThinkingBlock},
		},
		ToolCalls: []llm.ToolCall{{Signature: "ol1.google.Y2FsbA=="}, {}},
	}
	if d := cmp.Diff(want, m); d != "" {
		t.Errorf("SealMessage (-want +got):\n%s", d)
	}
	if got := llm.Claude.Seal("c2ln"); got != "c2ln" {
		t.Errorf("Claude's is shown as %q", got)
	}

	var f llm.Fold
	yield := google.SealEvents(func(e llm.Event, _ error) bool {
		f.Add(&e)
		return true
	})
	call := &llm.ToolCallDelta{ID: "1", Name: "f", Signature: "Y2FsbA=="}
	for _, e := range []llm.Event{
		{Thinking: llm.ThinkingDelta{Text: "Hm."}},
		{Thinking: llm.ThinkingDelta{Signature: "c2"}},
		{Thinking: llm.ThinkingDelta{Signature: "ln"}},
		{Thinking: llm.ThinkingDelta{Index: 1, Data: "ZGF0YQ=="}},
		{ToolCall: call},
	} {
		yield(e, nil)
	}
	got := f.Response().Message
	if d := cmp.Diff(want.Thinking[:2], []llm.Thinking{{Type: llm.ThinkingBlock, Signature: got.Thinking[0].Signature}, got.Thinking[1]}); d != "" {
		t.Errorf("SealEvents (-want +got):\n%s", d)
	}
	if got.ToolCalls[0].Signature != "ol1.google.Y2FsbA==" || call.Signature != "Y2FsbA==" {
		t.Errorf("the call is shown with %q, and the driver's own has %q", got.ToolCalls[0].Signature, call.Signature)
	}
}

// FuzzSeal checks that a sealed value goes back unchanged, to its signer alone, and that no bare value makes shapeOf panic.
func FuzzSeal(f *testing.F) {
	for _, seed := range []string{"c2ln", "EpwICpkIAXLI2nxlU6gs", "EqQBCkYIBxgCKkBYv3fVYQ", "gAAAAABo", `{"a":1}`, "ol1.google.ol1.x", "\x12\xff", "Ev////8K"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, v string) {
		block := llm.Thinking{Type: llm.ThinkingBlock, Signature: google.Seal(v)}
		if got := google.Thinking(&block); got != v {
			t.Errorf("%q went back as %q", v, got)
		}
		if got := openAI.Thinking(&block); got != "" {
			t.Errorf("%q went to another as %q", v, got)
		}
		takers := 0
		for _, s := range []llm.Signer{llm.Claude, google, openAI, openRouter} {
			if s.Thinking(&llm.Thinking{Type: llm.ThinkingBlock, Signature: v}) != "" {
				takers++
			}
		}
		if takers > 1 || takers == 0 && v != "" && !strings.HasPrefix(v, "ol1.") {
			t.Errorf("the bare %q has %d takers", v, takers)
		}
	})
}
