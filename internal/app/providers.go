package app

import (
	"context"
	"maps"

	"openloop/internal/config"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/provider/anthropic"
	"openloop/internal/provider/gemini"
	"openloop/internal/provider/mock"
	"openloop/internal/provider/openai"
	"openloop/internal/relay"
)

// providers lists the model providers that exist. Events of their streams that no answer is made of are told to strays, which may be nil.
func providers(ctx context.Context, cfg *config.Config, strays func(provider string)) (map[string]relay.Provider, error) {
	hc := &llmhttp.Client{
		Transport:     llmhttp.NewTransport(),
		HeaderTimeout: cfg.Timeouts.Provider, IdleTimeout: cfg.Timeouts.StreamIdle, OutputTimeout: cfg.Timeouts.StreamOutput,
		Strays: strays,
	}
	if !cfg.AllowPrivate {
		hc.Foreign = llmhttp.NewPublicTransport()
	}
	p := cfg.Providers
	openAI, err := openai.New(hc, openai.OpenAI(p.OpenAIBaseURL))
	if err != nil {
		return nil, err
	}
	claude, err := anthropic.New(hc, anthropic.Vendor{BaseURL: p.AnthropicBaseURL})
	if err != nil {
		return nil, err
	}
	google, err := gemini.New(hc, gemini.Vendor{BaseURL: p.GeminiBaseURL})
	if err != nil {
		return nil, err
	}
	amazonBedrock, err := amazon(ctx, hc, &p.AWS)
	if err != nil {
		return nil, err
	}
	googleVertex, err := vertexAI(hc, &p.Vertex)
	if err != nil {
		return nil, err
	}
	cohere, err := cohereAI(hc, &p)
	if err != nil {
		return nil, err
	}
	predictions, err := replicateAI(hc, &p)
	if err != nil {
		return nil, err
	}
	all, err := compatible(hc, &p)
	if err != nil {
		return nil, err
	}
	maps.Copy(all, map[string]relay.Provider{
		"openai":    {Driver: openAI, Display: "OpenAI", Key: p.OpenAIKey, KeyName: "OPENAI_API_KEY", NeedsKey: true},
		"anthropic": {Driver: claude, Display: "Anthropic", Key: p.AnthropicKey, KeyName: "ANTHROPIC_API_KEY", NeedsKey: true},
		"google":    {Driver: google, Display: "Google Gemini", Key: p.GeminiKey, KeyName: "GEMINI_API_KEY", NeedsKey: true},
		"bedrock":   amazonBedrock,
		"vertex_ai": googleVertex,
		"cohere":    cohere,
		"replicate": predictions,
		mock.Slug:   {Driver: &mock.Driver{}, Display: mock.Display},
	})
	return all, nil
}
