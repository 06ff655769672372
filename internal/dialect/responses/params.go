// Package responses is OpenAI's Responses API, as a server speaks it (https://platform.openai.com/docs/api-reference/responses). A conversation
// comes whole each time, or goes on from an answer that was kept.
package responses

import (
	"cmp"
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// ResponseParams is the body of POST /v1/responses.
type ResponseParams struct {
	Model        string     `json:"model,omitempty"`
	Prompt       *PromptUse `json:"prompt,omitzero" doc:"A saved Prompt in place of a model."`
	Input        Input      `json:"input,omitzero"`
	Instructions string     `json:"instructions,omitempty"`
	Inputs       json.Value `json:"inputs,omitzero" object:"true" doc:"Values of the variables of a saved Prompt."`
	Stream       bool       `json:"stream,omitzero"`

	// StreamOptions counts where a response is answered as a chat: the usage is always there in Responses.
	StreamOptions *dialect.StreamOptions `json:"stream_options,omitzero"`

	MaxOutputTokens   int              `json:"max_output_tokens,omitzero" min:"0"`
	Temperature       *float64         `json:"temperature,omitzero"`
	TopP              *float64         `json:"top_p,omitzero"`
	TopLogprobs       *int             `json:"top_logprobs,omitzero" min:"0" max:"20"`
	Text              *TextConfig      `json:"text,omitzero"`
	Reasoning         *ReasoningConfig `json:"reasoning,omitzero"`
	Tools             []OfferedTool    `json:"tools,omitempty"`
	ToolChoice        ChosenTool       `json:"tool_choice,omitzero"`
	ParallelToolCalls *bool            `json:"parallel_tool_calls,omitzero"`
	Include           []string         `json:"include,omitempty"`
	User              string           `json:"user,omitempty"`
	SafetyIdentifier  string           `json:"safety_identifier,omitempty"`
	PromptCacheKey    string           `json:"prompt_cache_key,omitempty"`
	Metadata          json.Value       `json:"metadata,omitzero" object:"true"`
	Store             *bool            `json:"store,omitzero"`
	ServiceTier       string           `json:"service_tier,omitempty"`

	// PreviousResponseID is an answer to go on from: what was asked and said up to there comes before the input.
	PreviousResponseID string `json:"previous_response_id,omitempty"`

	// Without effect.
	MaxToolCalls         *int       `json:"max_tool_calls,omitzero"`
	Truncation           string     `json:"truncation,omitempty"`
	PromptCacheRetention string     `json:"prompt_cache_retention,omitempty"`
	ContextManagement    json.Value `json:"context_management,omitzero"`

	// Refused.
	Conversation json.Value `json:"conversation,omitzero"`
	Background   bool       `json:"background,omitzero"`
}

// PromptUse names a saved Prompt, by its path or id, and the values of its variables.
type PromptUse struct {
	ID        string                `json:"id" required:"true" minlen:"1"`
	Version   string                `json:"version,omitempty"`
	Variables map[string]json.Value `json:"variables,omitzero"`
}

// TextConfig is the form of the answer.
type TextConfig struct {
	Format    *TextFormat `json:"format,omitzero"`
	Verbosity string      `json:"verbosity,omitempty"`
}

// TextFormat asks for text, or for JSON of any shape or after a schema.
type TextFormat struct {
	Type        string     `json:"type" required:"true" enum:"text,json_object,json_schema"`
	Name        string     `json:"name,omitempty"`
	Description string     `json:"description,omitempty"`
	Schema      json.Value `json:"schema,omitzero" object:"true"`
	Strict      *bool      `json:"strict,omitzero"`
}

// ReasoningConfig is how much a model thinks, and how much of that it tells.
type ReasoningConfig struct {
	Effort          string `json:"effort,omitempty"`
	Summary         string `json:"summary,omitempty"`
	GenerateSummary string `json:"generate_summary,omitempty"`
}

// logprobsIncluded asks for the probabilities of tokens.
const logprobsIncluded = "message.output_text.logprobs"

// Call returns the request in the portable model, without what the previous answer brings. Errors: unsupported_parameter for what that model cannot carry; validation_failed.
func (r *ResponseParams) Call() (*dialect.Call, error) {
	if err := r.refuse(); err != nil {
		return nil, err
	}
	c := &dialect.Call{Name: r.name(), Inputs: json.Object(r.Inputs), Metadata: json.Object(r.Metadata), Conversation: r.PromptCacheKey}
	c.Request = llm.Request{
		MaxTokens: r.MaxOutputTokens, Temperature: r.Temperature, TopP: r.TopP, LogProbs: r.logProbs(), User: cmp.Or(r.User, r.SafetyIdentifier),
		ResponseFormat: r.Text.format(), ParallelTools: dialect.Serial(r.ParallelToolCalls), ServiceTier: llm.ServiceTier(r.ServiceTier),
	}
	if r.Text != nil {
		c.Request.Verbosity = r.Text.Verbosity
	}
	if r.Reasoning != nil {
		c.Request.Effort.Level = r.Reasoning.Effort
	}
	if r.Prompt != nil && r.Prompt.Variables != nil {
		var err error
		if c.Inputs, err = variables(r.Prompt.Variables); err != nil {
			return nil, err
		}
	}
	var err error
	if c.Request.Messages, err = r.messages(); err != nil {
		return nil, err
	}
	c.Leading, c.Parameters = r.leading(), r.kept()
	if err := r.offer(c); err != nil {
		return nil, err
	}
	r.ignore(c)
	return c, nil
}

func (r *ResponseParams) ignore(c *dialect.Call) {
	c.Ignore(r.Prompt != nil && r.Model != "", "model")
	c.Ignore(r.MaxToolCalls != nil, "max_tool_calls")
	c.Ignore(r.Truncation != "" && r.Truncation != truncationOff, "truncation")
	c.Ignore(r.PromptCacheRetention != "", "prompt_cache_retention")
	c.Ignore(len(r.ContextManagement) > 0, "context_management")
}

// truncationOff says that nothing of a conversation that is too long is left out.
const truncationOff = "disabled"

// name is the model, or the saved Prompt, as names of models say it.
func (r *ResponseParams) name() string {
	switch {
	case r.Prompt == nil:
		return r.Model
	case r.Prompt.Version != "":
		return "prompt:" + r.Prompt.ID + "@" + r.Prompt.Version
	}
	return "prompt:" + r.Prompt.ID
}

// refuse returns an error for the first member that is missing, or that asks for what nothing here can do.
func (r *ResponseParams) refuse() error {
	switch {
	case r.Model == "" && r.Prompt == nil:
		return errs.Invalid("A response needs a model, or a saved prompt.", "model")
	case r.Input.IsZero() && r.Prompt == nil:
		return errs.Invalid("A response needs an input.", "input")
	case len(r.Conversation) > 0:
		return dialect.Unsupported("No conversation is kept here. Send it whole as the input.", "conversation")
	case r.Background:
		return dialect.Unsupported("Responses are made at once here. Leave out background.", "background")
	}
	return nil
}

const maxShown = 64 // bytes of a name in a message

func (r *ResponseParams) logProbs() *int {
	if r.TopLogprobs == nil && slices.Contains(r.Include, logprobsIncluded) {
		return new(int)
	}
	return r.TopLogprobs
}

func (t *TextConfig) format() *llm.ResponseFormat {
	if t == nil || t.Format == nil || t.Format.Type == "text" {
		return nil
	}
	out := &llm.ResponseFormat{Type: t.Format.Type}
	if len(t.Format.Schema) > 0 {
		out.JSONSchema = json.AppendValue(nil, struct {
			Name        string     `json:"name,omitempty"`
			Description string     `json:"description,omitempty"`
			Schema      json.Value `json:"schema"`
			Strict      *bool      `json:"strict,omitzero"`
		}{t.Format.Name, t.Format.Description, t.Format.Schema, t.Format.Strict})
	}
	return out
}

// variables returns the values of a Prompt's variables as one object. A text may be written as a part.
func variables(in map[string]json.Value) (json.Value, error) {
	out := make(map[string]json.Value, len(in))
	for name, v := range in {
		out[name] = v
		if json.Kind(v) != '{' {
			continue
		}
		var part ItemPart
		if err := json.UnmarshalForeign(v, &part); err != nil {
			continue // an object of the Prompt's own
		}
		switch part.Type {
		case inputText:
			out[name] = json.AppendString(nil, part.Text)
		case inputImage, inputFile:
			return nil, dialect.Unsupported("A variable is a text or another JSON value here.", "prompt", "variables", name)
		}
	}
	return json.AppendValue(nil, out), nil
}
