package tokens_test

import (
	"os"
	"testing"

	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// TestTextsOfEachKind compares with two published tokenizers: o200k of OpenAI (gpt-tokenizer) and that of Anthropic (@anthropic-ai/tokenizer). The
// estimate is nowhere more than an eighth below both or above both.
func TestTextsOfEachKind(t *testing.T) {
	var all, fewest, most int64
	for name, counted := range map[string][2]int64{
		"ar": {130, 403}, "de": {120, 185}, "digits": {377, 392}, "docs": {821, 870}, "emoji": {43, 58}, "en": {206, 209}, "fr": {144, 183}, "go": {576, 749},
		"hi": {129, 480}, "ids": {428, 436}, "ja": {181, 249}, "json": {655, 672}, "jsonmin": {611, 630}, "ko": {139, 262}, "mixed": {163, 164},
		"ru": {143, 282}, "tsx": {409, 459}, "xml": {265, 315}, "zh": {180, 244},
	} {
		raw, err := os.ReadFile("testdata/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		got := tokens.OfText(string(raw))
		if low, high := min(counted[0], counted[1])*7/8, max(counted[0], counted[1])*9/8; got < low || got > high {
			t.Errorf("%s: %d tokens, counted as %v", name, got, counted)
		}
		all, fewest, most = all+got, fewest+min(counted[0], counted[1]), most+max(counted[0], counted[1])
	}
	if all < fewest || all > most {
		t.Errorf("%d tokens in all, counted as %d to %d", all, fewest, most)
	}
}

func TestEverythingThatIsSentCounts(t *testing.T) {
	base := llm.Request{Messages: []llm.Message{{Role: llm.User, Content: llm.Text("hi")}}}
	if got := tokens.Of(&base); got != 6 { // a short word, and a message
		t.Errorf("a greeting has %d tokens", got)
	}
	for name, c := range map[string]struct {
		add  func(*llm.Request)
		more int64
	}{
		"a message": {func(r *llm.Request) {
			r.Messages = append(r.Messages, llm.Message{Role: llm.System, Content: llm.Text("be nice")})
		}, 6},
		"an image": {func(r *llm.Request) {
			r.Messages[0].Content = llm.Parts(llm.Part{Type: llm.TextPart, Text: "hi"}, image)
		}, 1500},
		"a call":   {func(r *llm.Request) { r.Messages[0].ToolCalls = []llm.ToolCall{llm.CallOf("call_1", "f", `{"a":1}`)} }, 12},
		"thinking": {func(r *llm.Request) { r.Messages[0].Thinking = []llm.Thinking{{Thinking: "a greeting"}} }, 2},
		"a function": {func(r *llm.Request) {
			r.Tools = []llm.Tool{{Name: "f", Description: "does it", Parameters: json.Value(`{"type":"object"}`)}}
		}, 16},
		"a form": {func(r *llm.Request) {
			r.ResponseFormat = &llm.ResponseFormat{Type: "json_schema", JSONSchema: json.Value(`{"type":"object"}`)}
		}, 5},
	} {
		r := llm.Request{Messages: []llm.Message{base.Messages[0]}}
		c.add(&r)
		if got := tokens.Of(&r) - tokens.Of(&base); got != c.more {
			t.Errorf("%s adds %d tokens, not %d", name, got, c.more)
		}
	}
}

var image = llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://example.com/a.png"}}
