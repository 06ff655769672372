// Package chat is OpenAI's Chat Completions API, as a server speaks it (https://platform.openai.com/docs/api-reference/chat).
package chat

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Params is the body of POST /v1/chat/completions.
type Params struct {
	Model    string     `json:"model" required:"true" minlen:"1"`
	Messages []Message  `json:"messages" required:"true" minlen:"1"`
	Inputs   json.Value `json:"inputs,omitzero" object:"true" doc:"Values of the variables of a saved Prompt."`

	Stream        bool                   `json:"stream,omitzero"`
	StreamOptions *dialect.StreamOptions `json:"stream_options,omitzero"`

	MaxCompletionTokens int             `json:"max_completion_tokens,omitzero" min:"0"`
	MaxTokens           int             `json:"max_tokens,omitzero" min:"0"`
	Temperature         *float64        `json:"temperature,omitzero"`
	TopP                *float64        `json:"top_p,omitzero"`
	PresencePenalty     *float64        `json:"presence_penalty,omitzero"`
	FrequencyPenalty    *float64        `json:"frequency_penalty,omitzero"`
	Seed                *int64          `json:"seed,omitzero"`
	Stop                llm.Stop        `json:"stop,omitzero"`
	N                   *int            `json:"n,omitzero" min:"1" max:"32"`
	ResponseFormat      *ResponseFormat `json:"response_format,omitzero"`
	ReasoningEffort     string          `json:"reasoning_effort,omitempty"`
	Reasoning           *Reasoning      `json:"reasoning,omitzero"`
	Tools               []ToolParam     `json:"tools,omitempty"`
	ToolChoice          ToolChoice      `json:"tool_choice,omitzero"`
	ParallelToolCalls   *bool           `json:"parallel_tool_calls,omitzero"`
	Logprobs            bool            `json:"logprobs,omitzero"`
	TopLogprobs         *int            `json:"top_logprobs,omitzero" min:"0" max:"20"`
	User                string          `json:"user,omitempty"`
	SafetyIdentifier    string          `json:"safety_identifier,omitempty"`
	Metadata            json.Value      `json:"metadata,omitzero" object:"true"`
	PromptCacheKey      string          `json:"prompt_cache_key,omitempty"`

	ServiceTier string     `json:"service_tier,omitempty"`
	Verbosity   string     `json:"verbosity,omitempty"`
	LogitBias   json.Value `json:"logit_bias,omitzero" object:"true"`
	TopK        *int       `json:"top_k,omitzero"` // of servers that are not OpenAI's

	// Without effect.
	Store                json.Value `json:"store,omitzero"`
	PromptCacheRetention string     `json:"prompt_cache_retention,omitempty"`

	// Refused.
	Modalities       []string   `json:"modalities,omitempty"`
	Audio            json.Value `json:"audio,omitzero"`
	Prediction       json.Value `json:"prediction,omitzero"`
	WebSearchOptions json.Value `json:"web_search_options,omitzero"`
	Functions        json.Value `json:"functions,omitzero"`
	FunctionCall     json.Value `json:"function_call,omitzero"`
}

// ResponseFormat is the form of the answer.
type ResponseFormat struct {
	Type       string     `json:"type" required:"true" enum:"text,json_object,json_schema"`
	JSONSchema json.Value `json:"json_schema,omitzero" object:"true"`
}

// Reasoning is how much a model thinks, as OpenRouter's clients say it.
type Reasoning struct {
	Effort    string `json:"effort,omitempty"`
	MaxTokens int    `json:"max_tokens,omitzero" min:"0"`
}

// Call returns the request in the portable model. Errors: unsupported_parameter for what that model cannot carry.
func (r *Params) Call() (*dialect.Call, error) {
	if err := r.refuse(); err != nil {
		return nil, err
	}
	c := &dialect.Call{Name: r.Model, Samples: dialect.Number(r.N), Inputs: json.Object(r.Inputs), Metadata: json.Object(r.Metadata), Conversation: r.PromptCacheKey}
	c.Request = llm.Request{
		MaxTokens: cmp.Or(r.MaxCompletionTokens, r.MaxTokens), Temperature: r.Temperature, TopP: r.TopP,
		PresencePenalty: r.PresencePenalty, FrequencyPenalty: r.FrequencyPenalty, Stop: r.Stop.Sequences, Seed: r.Seed,
		Effort: r.effort(), LogProbs: r.logProbs(), User: cmp.Or(r.User, r.SafetyIdentifier), ToolChoice: r.ToolChoice.portable(),
		ParallelTools: dialect.Serial(r.ParallelToolCalls), TopK: r.TopK, ServiceTier: llm.ServiceTier(r.ServiceTier), Verbosity: r.Verbosity,
	}
	if f := r.ResponseFormat; f != nil && f.Type != "text" {
		c.Request.ResponseFormat = &llm.ResponseFormat{Type: f.Type, JSONSchema: f.JSONSchema}
	}
	if len(json.Names(r.LogitBias)) > 0 {
		c.Request.LogitBias = r.LogitBias
	}
	var err error
	if c.Request.Messages, err = messages(r.Messages); err != nil {
		return nil, err
	}
	if c.Request.Tools, err = tools(r.Tools, &r.ToolChoice); err != nil {
		return nil, err
	}
	c.Ignore(string(r.Store) == "true", "store")
	c.Ignore(r.PromptCacheRetention != "", "prompt_cache_retention")
	return c, nil
}

func (r *Params) effort() llm.Effort {
	out := llm.Effort{Level: r.ReasoningEffort}
	if r.Reasoning != nil {
		out = llm.Effort{Level: cmp.Or(out.Level, r.Reasoning.Effort), Budget: r.Reasoning.MaxTokens}
	}
	if out.Level != "" {
		out.Budget = 0
	}
	return out
}

func (r *Params) logProbs() *int {
	if !r.Logprobs {
		return nil
	}
	if r.TopLogprobs == nil {
		return new(int)
	}
	return r.TopLogprobs
}

// refuse returns an error for the first member that asks for what nothing here can do.
func (r *Params) refuse() error {
	for _, m := range []struct {
		used         bool
		name, advice string
	}{
		{hasAudio(r.Modalities) || len(r.Audio) > 0, "modalities", "Answers are texts here. Leave out modalities and audio."},
		{len(r.Prediction) > 0, "prediction", "Predicted outputs cannot be used here."},
		{len(r.WebSearchOptions) > 0, "web_search_options", "No provider's web search can be used here. Give the model a function that searches."},
		{len(r.Functions) > 0, "functions", "Functions are given as tools."},
		{len(r.FunctionCall) > 0, "function_call", "Which function is called is said by tool_choice."},
	} {
		if m.used {
			return dialect.Unsupported(m.advice, m.name)
		}
	}
	return nil
}

func hasAudio(modalities []string) bool {
	for _, m := range modalities {
		if m != "text" {
			return true
		}
	}
	return false
}
