package mock

import "openloop/internal/llm"

// Declaration says what the mock does.
func Declaration() llm.Declaration {
	return llm.Declaration{Slug: Slug, NoKey: true, Lenient: true, Endpoints: []llm.Served{
		{Endpoint: llm.Chat, Abilities: llm.Abilities{Chat: true, Tools: true}},
		{Endpoint: llm.Complete, Abilities: llm.Abilities{Tools: true}},
	}}
}
