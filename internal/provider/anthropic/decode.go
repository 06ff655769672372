package anthropic

import (
	"maps"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// decode translates the body of a 2xx answer. Blocks of server tools have no portable form; they stay in the raw answer.
func decode(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	out, w, err := read(call, h, body)
	if err != nil {
		return nil, err
	}
	if m := &out.Message; llm.Filtered(w.StopReason) && m.Content.String() == "" && m.ToolCalls == nil && m.Thinking == nil {
		return nil, call.Blocked(w.StopReason, w.StopDetails.Explanation, h)
	}
	return out, nil
}

// read is [decode] for an answer that may have been withheld.
func read(call failure.Call, h http.Header, body []byte) (*llm.Response, *response, error) {
	var w response
	if err := json.UnmarshalPiece(body, &w); err != nil || w.Content == nil {
		return nil, nil, call.Unusable(h, body)
	}
	out := &llm.Response{Message: w.message(), Finish: llm.FinishOf(w.StopReason), StopSequence: w.StopSequence.V, Model: w.Model}
	var counts usage
	out.Usage = counts.add(w.Usage)
	return out, &w, nil
}

func (w *response) message() llm.Message {
	var out llm.Composer
	for i := range w.Content {
		b := &w.Content[i]
		switch b.Type {
		case "text":
			out.Say(b.Text)
		case "thinking":
			out.Think(llm.Thinking{Type: llm.ThinkingBlock, Thinking: b.Thinking, Signature: b.Signature})
		case "redacted_thinking":
			out.Think(llm.Thinking{Type: llm.RedactedThinkingBlock, Data: b.Data})
		case "tool_use":
			out.Call(llm.CallOf(b.ID, b.Name, llm.ArgumentsOf(b.Input)))
		}
	}
	return out.Answer()
}

// usage counts tokens in disjoint buckets, but for thinking, which is part of the output.
type usage struct {
	Input      llm.Count              `json:"input_tokens"`
	CacheRead  llm.Count              `json:"cache_read_input_tokens"`
	CacheWrite llm.Count              `json:"cache_creation_input_tokens"`
	Output     llm.Count              `json:"output_tokens"`
	Creation   json.Lenient[creation] `json:"cache_creation"`
	Tier       json.Lenient[string]   `json:"service_tier"`
	Details    json.Lenient[details]  `json:"output_tokens_details"`

	raw json.Value
}

// creation splits what was written to the cache by how long it stays there.
type creation struct {
	Hour llm.Count `json:"ephemeral_1h_input_tokens"`
}

type details struct {
	Thinking llm.Count `json:"thinking_tokens"`
}

// add takes a further report of the same call and returns the portable form. Counts are cumulative, as Anthropic's documentation of
// message_delta says, so one that tells none leaves the earlier ones. A report that cannot be read counts as none.
func (u *usage) add(raw json.Value) llm.Usage {
	if json.Kind(raw) != '{' || json.UnmarshalForeign(raw, u) != nil || !u.Input.Told && !u.Output.Told {
		return llm.Usage{}
	}
	u.raw = merge(u.raw, raw)
	thinking := min(u.Details.V.Thinking.N, u.Output.N)
	return llm.Usage{
		CacheWriteLong: min(u.Creation.V.Hour.N, u.CacheWrite.N), Tier: llm.ServiceTier(u.Tier.V),
		Input: u.Input.N, CachedInput: u.CacheRead.N, CacheWrite: u.CacheWrite.N, Output: u.Output.N - thinking, Reasoning: thinking,
		Known: true, Raw: u.raw,
	}
}

// merge is what two reports say, the later one where both say something.
func merge(before, now json.Value) json.Value {
	if before == nil {
		return now
	}
	var said map[string]json.Value
	if json.UnmarshalForeign(now, &said) != nil {
		return before
	}
	maps.DeleteFunc(said, func(_ string, v json.Value) bool { return json.Blank(v) })
	over, err := json.Marshal(said)
	if err != nil {
		return before
	}
	merged, err := json.Merge(before, over)
	if err != nil {
		return now
	}
	return merged
}
