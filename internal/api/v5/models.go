package v5

// ModelResponse describes one model at one provider.
type ModelResponse struct {
	Provider      string      `json:"provider"`
	ID            string      `json:"id" doc:"The provider's name of the model. * matches all of its models that are not listed."`
	Name          string      `json:"name" doc:"Display name; the id if there is none."`
	Kind          string      `json:"kind" enum:"chat,completion,embedding"`
	Price         *ModelPrice `json:"price" doc:"null if unknown."`
	ContextWindow *int        `json:"context_window" doc:"Tokens of prompt and output together; null if unknown."`
	MaxOutput     *int        `json:"max_output" doc:"Tokens; null if unknown."`
	Inputs        []string    `json:"inputs" known:"text,image" doc:"What the model reads; empty if unknown."`
	Reasoning     bool        `json:"reasoning" doc:"Whether it reasons before it answers."`
	Tools         *bool       `json:"tools" doc:"Whether it supports tools; null if unknown."`
	JSONSchema    *bool       `json:"json_schema" doc:"Whether it supports a JSON Schema for its output; null if unknown."`
	Retired       *string     `json:"retired" doc:"The day from which the provider refuses it; null if unknown or not planned."`
}

// ModelPrice is the price of a model.
type ModelPrice struct {
	ModelRates
	Tiers []ModelTier `json:"tiers" doc:"Prices of requests with longer prompts, in ascending order."`
}

// ModelRates are prices in US dollars per million tokens.
type ModelRates struct {
	Input       float64 `json:"input" doc:"US dollars per million tokens."`
	CachedInput float64 `json:"cached_input" doc:"US dollars per million tokens."`
	CacheWrite  float64 `json:"cache_write" doc:"US dollars per million tokens."`
	Output      float64 `json:"output" doc:"US dollars per million tokens, reasoning included."`
}

// ModelTier is the price of a request with a longer prompt. It applies to the whole request.
type ModelTier struct {
	Above int64 `json:"above" doc:"Tokens of the prompt."`
	ModelRates
}
