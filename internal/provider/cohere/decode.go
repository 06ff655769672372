package cohere

import (
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
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
	if llm.Filtered(w.FinishReason) && m.Content.Text == "" && m.ToolCalls == nil && m.Thinking == nil {
		return nil, call.Finished(w.FinishReason, "", h)
	}
	out := &llm.Response{Message: m, Finish: llm.FinishOf(w.FinishReason)}
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
		m.ToolCalls = append(m.ToolCalls, llm.CallOf(c.ID, c.Function.Name, c.Function.Arguments))
	}
	if text.Len() > 0 || m.ToolCalls == nil {
		m.Content = llm.Text(text.String())
	}
	return m
}

// broken reports whether a finish reason says that the answer failed.
func broken(reason string) bool {
	return strings.EqualFold(reason, "ERROR") || strings.EqualFold(reason, "TIMEOUT")
}

// portableUsage reads a report of tokens, nil when there is none that can be read.
func portableUsage(raw json.Value) *llm.Usage {
	var u usage
	if json.Kind(raw) != '{' || json.UnmarshalForeign(raw, &u) != nil {
		return nil
	}
	c := &u.Billed.V
	if !c.told() {
		c = &u.Tokens.V
	}
	if !c.told() {
		return nil
	}
	cached := min(u.Cached.N, c.Input.N)
	return &llm.Usage{Input: c.Input.N - cached, CachedInput: cached, Output: c.Output.N, Known: true, Raw: raw}
}
