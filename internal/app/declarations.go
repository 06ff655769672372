package app

import (
	"openloop/internal/llm"
	"openloop/internal/provider/anthropic"
	"openloop/internal/provider/bedrock"
	"openloop/internal/provider/cohere"
	"openloop/internal/provider/gemini"
	"openloop/internal/provider/mock"
	"openloop/internal/provider/openai"
	"openloop/internal/provider/replicate"
	"openloop/internal/provider/vertex"
)

// Declarations lists what the providers of a server serve, each as its package declares it. The documentation is written from it.
func Declarations() []llm.Declaration {
	openAI := openai.OpenAI("")
	all := []llm.Declaration{
		openAI.Declaration(), anthropic.Declaration(), gemini.Declaration(), bedrock.Declaration(), cohere.Declaration(), vertex.Declaration(), replicate.Declaration(),
	}
	for _, v := range openai.Compatible() {
		all = append(all, v.Declaration())
	}
	return append(all, mock.Declaration())
}
