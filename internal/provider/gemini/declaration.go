package gemini

import "openloop/internal/llm"

// Declaration says what Google's Gemini API serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Slug: defaultSlug, BaseURL: defaultBaseURL, Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: defaultPrefix + "/models/MODEL:generateContent",
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, LogProbs: true, Stop: true, Seed: true,
			Penalties: true, CachedUsage: true,
		},
	}}}
}
