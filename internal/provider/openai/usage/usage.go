// Package usage reads what answers in OpenAI's formats, and their vendors' variants, say was used.
package usage

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// report is what all endpoints and their vendors report. Chat counts prompt and completion, Responses input and output.
type report struct {
	Prompt     llm.Count `json:"prompt_tokens"`
	Completion llm.Count `json:"completion_tokens"`
	Input      llm.Count `json:"input_tokens"`
	Output     llm.Count `json:"output_tokens"`
	Total      llm.Count `json:"total_tokens"`

	CacheHit llm.Count `json:"prompt_cache_hit_tokens"` // DeepSeek's name for cached tokens

	PromptDetails     json.Lenient[inputDetails]  `json:"prompt_tokens_details"`
	InputDetails      json.Lenient[inputDetails]  `json:"input_tokens_details"`
	CompletionDetails json.Lenient[outputDetails] `json:"completion_tokens_details"`
	OutputDetails     json.Lenient[outputDetails] `json:"output_tokens_details"`

	OwnInput  llm.Count `json:"prompt_eval_count"` // in Ollama's own form, as the next
	OwnOutput llm.Count `json:"eval_count"`
}

type inputDetails struct {
	Cached     llm.Count `json:"cached_tokens"`
	CacheWrite llm.Count `json:"cache_write_tokens"`
}

type outputDetails struct {
	Reasoning llm.Count `json:"reasoning_tokens"`
}

// Reports gathers the usages that an answer tells, in one place or several, at its end or with each chunk. They are cumulative. The
// zero Reports has none.
type Reports struct {
	sum report
	raw json.Value // the last one that told something new

	tier string // the last one named that has rates of its own
}

// Add takes a report, nil for none. What cannot be read in it is passed over.
func (s *Reports) Add(raw json.Value) {
	before := s.sum
	if json.Kind(raw) != '{' || json.UnmarshalForeign(raw, &s.sum) != nil {
		return
	}
	if s.sum != before {
		s.raw = raw
	}
}

// Serve notes the service tier that an answer names, which may be of any type.
func (s *Reports) Serve(tier json.Value) {
	var word string
	if json.Kind(tier) == '"' && json.UnmarshalForeign(tier, &word) == nil {
		s.tier = cmp.Or(llm.ServiceTier(word), s.tier)
	}
}

// Portable splits what was reported into disjoint buckets. A cached or reasoning token is counted once more in the total it belongs
// to, so it is taken off there; a vendor that adds reasoning on top of the completion shows it in its total.
func (s *Reports) Portable() llm.Usage {
	in := &s.sum
	if !in.Prompt.Told && !in.Completion.Told && !in.Input.Told && !in.Output.Told && !in.OwnInput.Told {
		return llm.Usage{}
	}
	prompt, completion := max(in.Prompt.N, in.Input.N, in.OwnInput.N), max(in.Completion.N, in.Output.N, in.OwnOutput.N)
	cached := min(max(in.PromptDetails.V.Cached.N, in.InputDetails.V.Cached.N, in.CacheHit.N), prompt)
	written := min(max(in.PromptDetails.V.CacheWrite.N, in.InputDetails.V.CacheWrite.N), prompt-cached)
	reasoning := max(in.CompletionDetails.V.Reasoning.N, in.OutputDetails.V.Reasoning.N)
	if reasoning == 0 || in.Total.N != prompt+completion+reasoning {
		reasoning = min(reasoning, completion)
		completion -= reasoning
	}
	return llm.Usage{
		Input: prompt - cached - written, CachedInput: cached, CacheWrite: written,
		Output: completion, Reasoning: reasoning, Known: true, Raw: s.raw, Tier: s.tier,
	}
}

// Of is the usage of a single report, and of the service tier named beside it.
func Of(raw, tier json.Value) llm.Usage {
	var s Reports
	s.Add(raw)
	s.Serve(tier)
	return s.Portable()
}
