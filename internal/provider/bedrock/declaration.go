package bedrock

import "openloop/internal/llm"

// Declaration says what Amazon Bedrock serves. Its base URL depends on the region.
func Declaration() llm.Declaration {
	return llm.Declaration{Slug: slug, BaseURL: "https://" + hostOf("REGION"), Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: "/model/MODEL/converse",
		Abilities: llm.Abilities{
			Chat: true, ImageData: true, Tools: true, ParallelTools: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, Stop: true, CachedUsage: true,
		},
	}}}
}
