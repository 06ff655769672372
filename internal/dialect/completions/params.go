// Package completions is OpenAI's Completions API, as a server speaks it (https://platform.openai.com/docs/api-reference/completions).
package completions

import (
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// TextParams is the body of POST /v1/completions.
type TextParams struct {
	Model  string `json:"model" required:"true" minlen:"1"`
	Prompt Texts  `json:"prompt" required:"true"`
	Suffix string `json:"suffix,omitempty"`

	Stream        bool                   `json:"stream,omitzero"`
	StreamOptions *dialect.StreamOptions `json:"stream_options,omitzero"`

	MaxTokens        int      `json:"max_tokens,omitzero" min:"0"`
	Temperature      *float64 `json:"temperature,omitzero"`
	TopP             *float64 `json:"top_p,omitzero"`
	PresencePenalty  *float64 `json:"presence_penalty,omitzero"`
	FrequencyPenalty *float64 `json:"frequency_penalty,omitzero"`
	Seed             *int64   `json:"seed,omitzero"`
	Stop             llm.Stop `json:"stop,omitzero"`
	N                *int     `json:"n,omitzero" min:"1" max:"32"`
	Logprobs         *int     `json:"logprobs,omitzero" min:"0" max:"5"`
	User             string   `json:"user,omitempty"`

	// Of models that chat, refused.
	Echo   bool `json:"echo,omitzero"`
	BestOf int  `json:"best_of,omitzero" min:"0" max:"20"`

	LogitBias json.Value `json:"logit_bias,omitzero" object:"true"`
}

// Texts is a text, or a list with one.
type Texts struct{ List []json.Value }

// JSONSchema implements [schema.Schemer].
func (Texts) JSONSchema() *schema.Schema {
	return schema.TextOr("a string or a list of strings", schema.Any())
}

// UnmarshalJSONFrom reads a string, a list, or null.
func (t *Texts) UnmarshalJSONFrom(dec *json.Decoder) error {
	*t = Texts{}
	switch dec.PeekKind() {
	case json.KindNull:
		return dec.SkipValue()
	case json.KindString:
		t.List = make([]json.Value, 1)
		return json.Decode(dec, &t.List[0])
	case json.KindArray:
		return json.Decode(dec, &t.List)
	default:
		return json.WrongKind(dec, "a string or a list of strings")
	}
}

// text returns the one text.
func (t *Texts) text() (string, error) {
	if len(t.List) > 1 && json.Kind(t.List[0]) == '"' {
		return "", dialect.Unsupported("A request has one prompt here. Send one request for each.", "prompt", 1)
	}
	var out string
	if len(t.List) > 0 {
		if json.Kind(t.List[0]) != '"' {
			return "", dialect.Unsupported("A prompt is a text here, and no list of tokens.", "prompt", 0)
		}
		if err := json.Unmarshal(t.List[0], &out); err != nil {
			return "", errs.Invalid("must be a text", "prompt")
		}
	}
	if out == "" {
		return "", errs.Invalid("A completion needs a text to go on from.", "prompt")
	}
	return out, nil
}

// Call returns the request in the portable model. Errors: unsupported_parameter for what that model cannot carry; validation_failed.
func (r *TextParams) Call() (*dialect.Call, error) {
	prompt, err := r.Prompt.text()
	if err != nil {
		return nil, err
	}
	return &dialect.Call{Name: r.Model, Samples: dialect.Number(r.N), Request: llm.Request{
		Prompt: prompt, Suffix: r.Suffix, MaxTokens: r.MaxTokens, Temperature: r.Temperature, TopP: r.TopP, PresencePenalty: r.PresencePenalty,
		FrequencyPenalty: r.FrequencyPenalty, Seed: r.Seed, Stop: r.Stop.Sequences, LogProbs: r.Logprobs, User: r.User, Other: r.further(),
		LogitBias: biases(r.LogitBias),
	}}, nil
}

// biases returns v if it has any.
func biases(v json.Value) json.Value {
	if len(json.Names(v)) == 0 {
		return nil
	}
	return v
}

// further returns the members that only models take which go on from a text, nil for none.
func (r *TextParams) further() json.Value {
	best := r.BestOf
	if best <= max(dialect.Number(r.N), 1) {
		best = 0 // each sample is asked for by itself
	}
	if !r.Echo && best == 0 {
		return nil
	}
	return json.AppendValue(nil, struct {
		BestOf int  `json:"best_of,omitzero"`
		Echo   bool `json:"echo,omitzero"`
	}{best, r.Echo})
}
