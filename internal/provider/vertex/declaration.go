package vertex

import "openloop/internal/llm"

// Declaration says what Google Vertex AI serves: first the models of Google, then those of Anthropic. Its base URL depends on the
// location.
func Declaration() llm.Declaration {
	return llm.Declaration{
		Slug: Slug, BaseURL: BaseURL("LOCATION"),
		Endpoints: []llm.Served{{
			Endpoint: llm.Chat, Models: "Google", Path: Path("PROJECT", "LOCATION", "google") + "/models/MODEL:generateContent",
			Abilities: llm.Abilities{
				Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true,
				Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, LogProbs: true, Stop: true, Seed: true,
				Penalties: true, CachedUsage: true,
			},
		}, {
			Endpoint: llm.Chat, Models: "Anthropic", Path: Path("PROJECT", "LOCATION", "anthropic") + "/models/MODEL:rawPredict",
			Abilities: llm.Abilities{
				Chat: true, ImageData: true, Tools: true, ParallelTools: true, JSONSchema: true,
				Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, Stop: true, User: true, CachedUsage: true,
			},
		}},
		Quirks: []string{
			"The models of Google are called as `google` does it, without the ids of function calls, which Vertex AI refuses.",
			"The models of Anthropic (`claude-…`) are called as `anthropic` does it, with images as base64 data URIs only.",
		},
	}
}
