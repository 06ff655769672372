package openai

import "openloop/internal/llm"

// azureVersion is the last dated version of Azure OpenAI's API; what came later is on the surface without versions.
const azureVersion = "2025-04-01-preview"

// OpenAI is the row of OpenAI itself. An empty baseURL means its public API.
func OpenAI(baseURL string) Vendor {
	if baseURL == "" {
		baseURL = "https://api.openai.com/v1"
	}
	return Vendor{Slug: "openai", BaseURL: baseURL, Bare: llm.FernetShape}
}

// Compatible are the other services that speak OpenAI's wire format. What a row says is what the vendor's own documentation does.
func Compatible() []Vendor {
	return []Vendor{
		{Slug: "openai_azure", Auth: APIKeyHeader, Deployments: azureVersion, Bare: llm.FernetShape},
		{
			Slug: "groq", BaseURL: "https://api.groq.com/openai/v1",
			TokenLimit: MaxCompletionTokens, Reasoning: ReasoningText, Lacks: LogProbs | Names, NoComplete: true, NoInclude: true,
		},
		{
			Slug: "deepseek", BaseURL: "https://api.deepseek.com",
			TokenLimit: MaxTokens, Reasoning: ReasoningContent, Lacks: Images | JSONSchema | Seed | User, NoComplete: true, NoDeveloper: true,
		},
		{
			Slug: "mistral", BaseURL: "https://api.mistral.ai/v1",
			TokenLimit: MaxTokens, Reasoning: ReasoningParts, SeedName: "random_seed", RequiredChoice: "any",
			CallIDs: llm.CallIDs{Exact: 9}, Alternates: true, AnswersTools: true,
			Lacks: LogProbs | Names | User, NoComplete: true, NoResponses: true, NoDeveloper: true, NoStreamUsage: true,
		},
		{Slug: "xai", BaseURL: "https://api.x.ai/v1", TokenLimit: MaxCompletionTokens, NoDeveloper: true},
		{
			Slug: "together", BaseURL: "https://api.together.xyz/v1",
			TokenLimit: MaxTokens, CountsLogProbs: true, Lacks: User, NoResponses: true, NoDeveloper: true,
		},
		{
			Slug: "fireworks", BaseURL: "https://api.fireworks.ai/inference/v1",
			TokenLimit: MaxTokens, Reasoning: ReasoningContent, Effort: EffortNumber, NoDeveloper: true, NoStreamUsage: true,
		},
		{
			Slug: "perplexity", BaseURL: "https://api.perplexity.ai",
			TokenLimit: MaxTokens, Alternates: true, Lacks: Tools | ToolChoice | JSONObject | Seed | LogProbs | User,
			NoComplete: true, NoResponses: true, NoDeveloper: true,
		},
		{
			Slug: "openrouter", BaseURL: "https://openrouter.ai/api/v1",
			TokenLimit: MaxTokens, Reasoning: ReasoningDetails, Bare: llm.DetailShape, Effort: EffortObject, NoDeveloper: true,
		},
		{
			Slug: "ollama", BaseURL: "http://127.0.0.1:11434", Path: "/v1", NoKey: true,
			TokenLimit: MaxTokens, Reasoning: ReasoningText, Lacks: ToolChoice | ImageURLs | User, NoDeveloper: true,
		},
		{Slug: "vllm", Path: "/v1", NoKey: true, TokenLimit: MaxTokens, Reasoning: ReasoningContent, NoDeveloper: true},
		{Slug: "openai_compatible", NoKey: true, NoDeveloper: true},
	}
}
