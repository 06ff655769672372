package openai

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// chatted is an answer with the given text, finish reason and prompt tokens.
func chatted(text string, finish llm.FinishReason) *llm.Response {
	return &llm.Response{Message: llm.Message{Role: llm.Assistant, Content: llm.Text(text)}, Finish: finish}
}

// TestReasoningThatIsSaidTwice decodes streams that give their reasoning plainly, and at their end in the form in which it goes back.
func TestReasoningThatIsSaidTwice(t *testing.T) {
	const said = `{"choices":[{"index":0,"delta":{"reasoning_content":"Hm"}}]}` + "\n" + `{"choices":[{"index":0,"delta":{"reasoning_content":", so."}}]}` + "\n"
	const stop = `{"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}` + "\n"
	readable := llm.Thinking{Type: llm.ThinkingBlock, Thinking: "Hm, so."}
	signed := readable
	signed.Signature = `{"signature":"s","text":"","type":"reasoning.text"}`
	hidden := llm.Thinking{Type: llm.RedactedThinkingBlock, Data: `{"data":"d","type":"reasoning.encrypted"}`}
	for _, c := range []struct {
		name, details string
		want          []llm.Thinking
	}{
		{"signed", `{"type":"reasoning.text","text":"Hm, so.","signature":"s"}`, []llm.Thinking{signed}},
		{"without a signature", `{"type":"reasoning.text","text":"Hm, so."}`, []llm.Thinking{readable}},
		{"in two texts", `{"type":"reasoning.text","text":"Hm","signature":"s"},{"type":"reasoning.text","text":", so.","signature":"s"}`, []llm.Thinking{readable}},
		{"behind what is encrypted", `{"type":"reasoning.encrypted","data":"d"},{"type":"reasoning.text","text":"Hm, so.","signature":"s"}`, []llm.Thinking{signed, hidden}},
		{"another text", `{"type":"reasoning.text","text":" And?"}`, []llm.Thinking{readable, {Type: llm.ThinkingBlock, Thinking: " And?"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := chatted("Hi", llm.FinishStop)
			want.Message.Thinking = c.want
			got, err := tell(t, llm.Chat, said+`{"choices":[{"index":0,"delta":{"reasoning_details":[`+c.details+`]}}]}`+"\n"+stop)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestLooseStreams decodes streams as vendors write them.
func TestLooseStreams(t *testing.T) {
	const hi = `{"choices":[{"index":0,"delta":{"content":"Hi"}}]}` + "\n"
	const stop = `{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n"
	for _, c := range []struct {
		name, lines string
		want        *llm.Response
	}{
		// Fault B2: the end marker in any spelling.
		{"blanks around the marker", hi + " [DONE] ", chatted("Hi", "")},
		{"quotes around the marker", hi + `"[DONE]"`, chatted("Hi", "")},
		{"a marker in lower case", hi + "[done]\r", chatted("Hi", "")},
		{"pings", "ping\n" + hi + ": ping\n" + stop + `"ping"` + "\n[DONE]", chatted("Hi", llm.FinishStop)},
		// Fault B3: an error that says nothing, beside an answer.
		{"an empty error", `{"error":{"message":"","type":"","code":null},"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}`, chatted("Hi", llm.FinishStop)},
		{"other empty errors", `{"error":{},"choices":[]}` + "\n" + `{"error":"","choices":[{"index":0,"delta":{"content":"Hi"}}]}` + "\n" + `{"error":false}` + "\n" + stop, chatted("Hi", llm.FinishStop)},
		// Fault B6: a vendor's own word.
		{"MAX_TOKENS", hi + `{"choices":[{"index":0,"delta":{},"finish_reason":"MAX_TOKENS"}]}`, chatted("Hi", llm.FinishLength)},
		{"safety after output", hi + `{"choices":[{"index":0,"delta":{},"finish_reason":"content_filter: SAFETY"}]}`, chatted("Hi", llm.FinishContentFilter)},
		// Fault B9: a character that is cut in two.
		{"halves", `{"choices":[{"index":0,"delta":{"content":"Hi\ud83d"}}]}` + "\n" + `{"choices":[{"index":0,"delta":{"content":"\ude00"}}]}` + "\n" + stop, chatted("Hi😀", llm.FinishStop)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := tell(t, llm.Chat, c.lines)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// Fault B2: words that tell of a failure are one. Fault B3: so is an empty error without an answer.
func TestFailuresInLooseStreams(t *testing.T) {
	for lines, want := range map[string]errs.Reason{
		`{"choices":[{"index":0,"delta":{"content":"Hi"}}]}` + "\nupstream connect error or disconnect/reset before headers\n[DONE]": errs.ProviderInternal,
		`{"error":{}}` + "\n[DONE]":                                                                            errs.ProviderInternal,
		`{"error":{"message":"","type":""}}` + "\n[DONE]":                                                      errs.ProviderInternal,
		`{"choices":[{"index":0,"delta":{},"finish_reason":"SAFETY"}]}`:                                        errs.ContentFiltered,
		`{"choices":[{"index":0,"delta":{},"finish_reason":"function_call_filter: MALFORMED_FUNCTION_CALL"}]}`: errs.ModelOutputInvalid,
	} {
		if _, err := tell(t, llm.Chat, lines); err == nil || errs.From(err).Reason != want {
			t.Errorf("%s: got %v, want %s", lines, err, want)
		}
	}
}

// Fault B3: an error that says nothing does not spoil a whole answer, of any endpoint.
func TestEmptyErrorsBesideAnswers(t *testing.T) {
	for _, empty := range []string{`{}`, `""`, `false`, `0`, `[]`, `null`, `{"message":null}`, `{"message":"","type":"","code":null}`} {
		for e, body := range map[llm.Endpoint]string{
			llm.Chat:      `{"choices":[{"message":{"content":"Hi"}}],"error":` + empty + `}`,
			llm.Complete:  `{"choices":[{"text":"Hi"}],"error":` + empty + `}`,
			llm.Responses: `{"status":"completed","output":[{"type":"message","content":[{"text":"Hi"}]}],"error":` + empty + `}`,
		} {
			if r, err := decode(e, []byte(body)); err != nil || r.Message.Content.Text != "Hi" {
				t.Errorf("%s with %s: %+v, %v", e, empty, r, err)
			}
		}
		if _, err := decode(llm.Chat, []byte(`{"error":`+empty+`}`)); err == nil {
			t.Errorf("%s alone is an answer", empty)
		}
	}
}

// Fault B7: usage is found wherever a vendor puts it, and what tells nothing takes nothing back.
func TestUsageAnywhere(t *testing.T) {
	const hi = `{"choices":[{"index":0,"delta":{"content":"Hi"}`
	for name, c := range map[string]struct {
		lines string
		want  *llm.Usage
	}{
		"in the choice":      {hi + `,"finish_reason":"stop","usage":{"prompt_tokens":10,"completion_tokens":4}}]}`, &llm.Usage{Input: 10, Output: 4}},
		"in x_groq":          {hi + `,"finish_reason":"stop"}],"x_groq":{"usage":{"prompt_tokens":10,"completion_tokens":4}}}`, &llm.Usage{Input: 10, Output: 4}},
		"at the end":         {hi + `,"finish_reason":"stop"}]}` + "\n" + `{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4}}`, &llm.Usage{Input: 10, Output: 4}},
		"cumulative":         {hi + `}],"usage":{"prompt_tokens":10,"completion_tokens":1}}` + "\n" + hi + `,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":4}}`, &llm.Usage{Input: 10, Output: 4}},
		"zeros later":        {hi + `,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":4}}` + "\n" + `{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}` + "\n" + `{"choices":[],"usage":{}}`, &llm.Usage{Input: 10, Output: 4}},
		"strings, fractions": {hi + `,"finish_reason":"stop"}],"usage":{"prompt_tokens":"1000","completion_tokens":4.0,"prompt_tokens_details":[],"completion_tokens_details":null}}`, &llm.Usage{Input: 1000, Output: 4}},
		"an odd member":      {hi + `,"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":"900","cache_write_tokens":{}},"total_tokens":[]}}`, &llm.Usage{Input: 100, CachedInput: 900, Output: 4}},
		"negative":           {hi + `,"finish_reason":"stop"}],"usage":{"prompt_tokens":-1,"completion_tokens":4}}`, &llm.Usage{Output: 4}},
		"none":               {hi + `,"finish_reason":"stop"}],"usage":[]}`, nil},
		"empty":              {hi + `,"finish_reason":"stop"}],"usage":{}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tell(t, llm.Chat, c.lines)
			if err != nil {
				t.Fatal(err)
			}
			if got.Usage.Known != (c.want != nil) {
				t.Fatalf("got %+v", got.Usage)
			}
			got.Usage.Known, got.Usage.Raw = false, nil
			if c.want != nil && cmp.Diff(*c.want, got.Usage) != "" {
				t.Errorf("got %+v, want %+v", got.Usage, *c.want)
			}
		})
	}
}
