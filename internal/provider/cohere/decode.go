package cohere

import (
	"net/http"
	"strings"

	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
)

// decode translates the body of a 2xx answer. Citations have no portable form; they stay in the raw answer.
func decode(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w response
	if err := json.UnmarshalPiece(body, &w); err != nil || w.Message == nil || broken(w.FinishReason) {
		if e := call.Success(h, body); e != nil {
			return nil, e
		}
		if broken(w.FinishReason) {
			return nil, call.Finished(w.FinishReason, "", h)
		}
		return nil, call.Malformed(h, body)
	}
	m := w.Message.portable()
	if w.FinishReason == toxic && m.Content.Text == "" && m.ToolCalls == nil && m.Thinking == nil {
		return nil, call.Finished(w.FinishReason, "", h)
	}
	out := &llm.Response{Message: m, Finish: finish(w.FinishReason)}
	if json.Kind(w.LogProbs) == '[' {
		out.LogProbs = w.LogProbs
	}
	if u := portableUsage(w.Usage); u != nil {
		out.Usage = *u
	}
	return out, nil
}

func (a *answer) portable() llm.Message {
	m := llm.Message{Role: llm.Assistant}
	var text strings.Builder
	for _, p := range a.Content {
		text.WriteString(p.Text)
		if p.Thinking != "" {
			m.Thinking = append(m.Thinking, llm.Thinking{Type: llm.ThinkingBlock, Thinking: p.Thinking})
		}
	}
	if a.ToolPlan != "" {
		m.Thinking = append(m.Thinking, llm.Thinking{Type: llm.ThinkingBlock, Thinking: a.ToolPlan})
	}
	for _, c := range a.ToolCalls {
		arguments := c.Function.Arguments
		if arguments == "" {
			arguments = "{}"
		}
		m.ToolCalls = append(m.ToolCalls, llm.ToolCall{
			ID: c.ID, Type: "function", Function: llm.FunctionCall{Name: c.Function.Name, Arguments: arguments},
		})
	}
	if text.Len() > 0 || m.ToolCalls == nil {
		m.Content = llm.Text(text.String())
	}
	return m
}

const toxic = "ERROR_TOXIC"

// broken reports whether a finish reason says that the answer failed.
func broken(reason string) bool { return reason == "ERROR" || reason == "TIMEOUT" }

func finish(reason string) llm.FinishReason {
	switch reason {
	case "COMPLETE", "STOP_SEQUENCE":
		return llm.FinishStop
	case "MAX_TOKENS":
		return llm.FinishLength
	case "TOOL_CALL":
		return llm.FinishToolCalls
	case toxic:
		return llm.FinishContentFilter
	default:
		return llm.FinishReason(reason)
	}
}

// portableUsage reads a report of tokens, nil when there is none that can be read.
func portableUsage(raw json.Value) *llm.Usage {
	var u usage
	if json.Kind(raw) != '{' || json.UnmarshalForeign(raw, &u) != nil {
		return nil
	}
	c := u.Billed
	if c == nil {
		c = u.Tokens
	}
	if c == nil {
		return nil
	}
	input := count(c.Input)
	cached := min(count(u.Cached), input)
	return &llm.Usage{Input: input - cached, CachedInput: cached, Output: count(c.Output), Known: true, Raw: raw}
}

// count is a number of tokens, never negative and never absurd.
func count(n float64) int64 {
	const most = 1 << 40
	return int64(min(max(n, 0), most))
}
