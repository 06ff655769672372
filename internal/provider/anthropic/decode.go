package anthropic

import (
	"net/http"
	"strings"

	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
)

// decode translates the body of a 2xx answer. Blocks of server tools have no portable form; they stay in the raw answer.
func decode(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w response
	if err := json.UnmarshalPiece(body, &w); err != nil || w.Content == nil {
		if e := call.Success(h, body); e != nil {
			return nil, e
		}
		return nil, call.Malformed(h, body)
	}
	m := w.message()
	if w.StopReason == refusal && m.Content.Text == "" && m.ToolCalls == nil && m.Thinking == nil {
		return nil, call.Blocked(refusal, w.StopDetails.Explanation, h)
	}
	out := &llm.Response{Message: m, Finish: finish(w.StopReason), Model: w.Model}
	var counts usage
	out.Usage = counts.add(w.Usage)
	return out, nil
}

func (w *response) message() llm.Message {
	m := llm.Message{Role: llm.Assistant}
	var text strings.Builder
	for i := range w.Content {
		b := &w.Content[i]
		switch b.Type {
		case "text":
			text.WriteString(b.Text)
		case "thinking":
			m.Thinking = append(m.Thinking, llm.Thinking{Type: llm.ThinkingBlock, Thinking: b.Thinking, Signature: b.Signature})
		case "redacted_thinking":
			m.Thinking = append(m.Thinking, llm.Thinking{Type: llm.RedactedThinkingBlock, Data: b.Data})
		case "tool_use":
			m.ToolCalls = append(m.ToolCalls, llm.ToolCall{
				ID: b.ID, Type: "function", Function: llm.FunctionCall{Name: b.Name, Arguments: b.arguments()},
			})
		}
	}
	if text.Len() > 0 || m.ToolCalls == nil {
		m.Content = llm.Text(text.String())
	}
	return m
}

// arguments is the input of a tool call as text without white space.
func (b *answerBlock) arguments() string {
	if b.Input == nil {
		return "{}"
	}
	input := b.Input
	_ = input.Compact() // what cannot be compacted stays as it is
	return string(input)
}

const refusal = "refusal"

func finish(reason string) llm.FinishReason {
	switch reason {
	case "end_turn", "stop_sequence":
		return llm.FinishStop
	case "max_tokens", "model_context_window_exceeded":
		return llm.FinishLength
	case "tool_use":
		return llm.FinishToolCalls
	case refusal:
		return llm.FinishContentFilter
	default:
		return llm.FinishReason(reason)
	}
}

// count is a number of tokens, never negative. A null leaves it as it was.
type count int64

// UnmarshalJSONFrom implements the JSON of a nullable number.
func (c *count) UnmarshalJSONFrom(dec *json.Decoder) error {
	if dec.PeekKind() == json.KindNull {
		return dec.SkipValue()
	}
	err := json.Decode(dec, (*int64)(c))
	*c = max(*c, 0)
	return err
}

// usage counts tokens in disjoint buckets, but for thinking, which is part of the output.
type usage struct {
	Input      count `json:"input_tokens"`
	CacheRead  count `json:"cache_read_input_tokens"`
	CacheWrite count `json:"cache_creation_input_tokens"`
	Output     count `json:"output_tokens"`
	Details    struct {
		Thinking count `json:"thinking_tokens"`
	} `json:"output_tokens_details"`

	raw json.Value
}

// add takes a further report of the same call, whose counts replace those of earlier ones, and returns the portable form. A report
// that cannot be read counts as none.
func (u *usage) add(raw json.Value) llm.Usage {
	if raw == nil || json.UnmarshalForeign(raw, u) != nil {
		return llm.Usage{}
	}
	u.raw = merge(u.raw, raw)
	thinking := min(u.Details.Thinking, u.Output)
	return llm.Usage{
		Input: int64(u.Input), CachedInput: int64(u.CacheRead), CacheWrite: int64(u.CacheWrite),
		Output: int64(u.Output - thinking), Reasoning: int64(thinking),
		Known: true, Raw: u.raw,
	}
}

func merge(before, now json.Value) json.Value {
	if before == nil {
		return now
	}
	if merged, err := json.Merge(before, now); err == nil {
		return merged
	}
	return now
}
