package cohere

import "openloop/internal/llm"

// Declaration says what Cohere serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Slug: slug, BaseURL: defaultBaseURL, Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: path,
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, LogProbs: true, Stop: true, Seed: true,
			Penalties: true, CachedUsage: true,
		},
	}}}
}
