package bedrock

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// decode translates the body of a 2xx answer. Blocks that have no portable form stay in the raw answer.
func decode(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w response
	if err := json.UnmarshalPiece(body, &w); err != nil || w.Output.Message == nil {
		return nil, call.Unusable(h, body)
	}
	m := portable(w.Output.Message.Content)
	if withheld(w.StopReason, m.Content.String() != "" || m.ToolCalls != nil || m.Thinking != nil) {
		return nil, call.Blocked(w.StopReason, "", h)
	}
	return &llm.Response{Message: m, Finish: llm.FinishOf(w.StopReason), Model: w.Trace.PromptRouter.InvokedModelID, Usage: usageOf(w.Usage, w.Tier)}, nil
}

func portable(content []block) llm.Message {
	var out llm.Composer
	for i := range content {
		b := &content[i]
		switch {
		case b.Text != nil:
			out.Say(*b.Text)
		case b.Cited != nil:
			for _, c := range b.Cited.Content {
				out.Say(c.Text)
			}
		case b.Reasoning != nil:
			out.Think(b.Reasoning.portable())
		case b.ToolUse != nil:
			out.Call(llm.CallOf(b.ToolUse.ID, b.ToolUse.Name, llm.ArgumentsOf(b.ToolUse.Input)))
		}
	}
	return out.Answer()
}

func (b *reasoning) portable() llm.Thinking {
	if b.Text == nil {
		return llm.Thinking{Type: llm.RedactedThinkingBlock, Data: b.Redacted}
	}
	return llm.Thinking{Type: llm.ThinkingBlock, Thinking: b.Text.Text, Signature: b.Text.Signature}
}

// withheld reports whether a stop reason leaves no usable answer: a filter's when nothing was said, and that of broken output always.
func withheld(reason string, spoke bool) bool {
	switch reason {
	case "malformed_tool_use", "malformed_model_output":
		return true
	default:
		return llm.Filtered(reason) && !spoke
	}
}

// cacheWrite is what was written to the cache to stay there for a time.
type cacheWrite struct {
	TTL    string    `json:"ttl"`
	Tokens llm.Count `json:"inputTokens"`
}

// usageOf reads a report of tokens, whose buckets are disjoint: inputTokens are neither read from nor written to a cache. Reasoning is
// not told apart. A report that cannot be read counts as none.
func usageOf(raw json.Value, served tier) llm.Usage {
	var u struct {
		Input      llm.Count                  `json:"inputTokens"`
		CacheRead  llm.Count                  `json:"cacheReadInputTokens"`
		CacheWrite llm.Count                  `json:"cacheWriteInputTokens"`
		Output     llm.Count                  `json:"outputTokens"`
		Writes     json.Lenient[[]cacheWrite] `json:"cacheDetails"`
	}
	if json.Kind(raw) != '{' || json.UnmarshalForeign(raw, &u) != nil || !u.Input.Told && !u.Output.Told {
		return llm.Usage{}
	}
	long := int64(0)
	for _, w := range u.Writes.V {
		if w.TTL == "1h" {
			long += w.Tokens.N
		}
	}
	word, _ := served.Type.(string)
	return llm.Usage{
		CacheWriteLong: min(long, u.CacheWrite.N), Tier: llm.ServiceTier(word),
		Input: u.Input.N, CachedInput: u.CacheRead.N, CacheWrite: u.CacheWrite.N, Output: u.Output.N, Known: true, Raw: raw.Clone(),
	}
}
