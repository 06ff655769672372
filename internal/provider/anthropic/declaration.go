package anthropic

import "openloop/internal/llm"

// Declaration says what Anthropic serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Slug: defaultSlug, BaseURL: defaultBaseURL, Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: path,
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, Stop: true, User: true, CachedUsage: true,
		},
	}}}
}
