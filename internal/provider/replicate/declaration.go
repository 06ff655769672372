package replicate

import "openloop/internal/llm"

// Declaration says what Replicate serves.
func Declaration() llm.Declaration {
	const path = "/v1/models/MODEL/predictions"
	return llm.Declaration{Slug: slug, BaseURL: defaultBaseURL, Endpoints: []llm.Served{
		{Endpoint: llm.Chat, Path: path, Abilities: llm.Abilities{Chat: true, Stop: true, Seed: true, Penalties: true}},
		{Endpoint: llm.Complete, Path: path, Abilities: llm.Abilities{Stop: true, Seed: true, Penalties: true}},
	}}
}
