package openai

import (
	"openloop/internal/json"
	"openloop/internal/llm"
)

// usage is what all three endpoints and their vendors report. Chat counts prompt and completion, Responses input and output.
type usage struct {
	Prompt     int64 `json:"prompt_tokens"`
	Completion int64 `json:"completion_tokens"`
	Input      int64 `json:"input_tokens"`
	Output     int64 `json:"output_tokens"`
	Total      int64 `json:"total_tokens"`

	CacheHit int64 `json:"prompt_cache_hit_tokens"` // DeepSeek's name for cached tokens

	PromptDetails     inputDetails  `json:"prompt_tokens_details"`
	InputDetails      inputDetails  `json:"input_tokens_details"`
	CompletionDetails outputDetails `json:"completion_tokens_details"`
	OutputDetails     outputDetails `json:"output_tokens_details"`
}

type inputDetails struct {
	Cached     int64 `json:"cached_tokens"`
	CacheWrite int64 `json:"cache_write_tokens"`
}

type outputDetails struct {
	Reasoning int64 `json:"reasoning_tokens"`
}

// usageOf splits a reported usage into disjoint buckets. A cached or reasoning token is counted once more in the total it belongs
// to, so it is taken off there; a vendor that adds reasoning on top of the completion shows it in its total.
func usageOf(raw json.Value) llm.Usage {
	var in usage
	if !present(raw) || json.UnmarshalForeign(raw, &in) != nil {
		return llm.Usage{}
	}
	prompt, completion := max(in.Prompt, in.Input, 0), max(in.Completion, in.Output, 0)
	cached := within(max(in.PromptDetails.Cached, in.InputDetails.Cached, in.CacheHit), prompt)
	written := within(max(in.PromptDetails.CacheWrite, in.InputDetails.CacheWrite), prompt-cached)
	reasoning := max(in.CompletionDetails.Reasoning, in.OutputDetails.Reasoning, 0)
	if reasoning == 0 || in.Total != prompt+completion+reasoning {
		reasoning = within(reasoning, completion)
		completion -= reasoning
	}
	return llm.Usage{
		Input: prompt - cached - written, CachedInput: cached, CacheWrite: written,
		Output: completion, Reasoning: reasoning, Known: true, Raw: raw,
	}
}

// served adds the service tier that an answer names, which may be of any type.
func served(u llm.Usage, tier json.Value) llm.Usage {
	var word string
	if u.Known && json.UnmarshalForeign(tier, &word) == nil {
		u.Tier = llm.ServiceTier(word)
	}
	return u
}

func within(n, limit int64) int64 { return max(0, min(n, limit)) }
