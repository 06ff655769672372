package file

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Prompt is the content of a Prompt's version: everything that affects the request to the model. Null means absent. Absent parameters are
// not sent, so the provider's defaults apply.
type Prompt struct {
	Model            string              `json:"model"`
	Endpoint         llm.Endpoint        `json:"endpoint,omitempty"` // "chat" when not given
	Template         *PromptTemplate     `json:"template,omitzero"`
	TemplateLanguage string              `json:"template_language,omitempty"` // "" means "default"
	Provider         string              `json:"provider,omitempty"`          // "openai" when not given
	MaxTokens        *int                `json:"max_tokens,omitzero"`
	Temperature      *float64            `json:"temperature,omitzero"`
	TopP             *float64            `json:"top_p,omitzero"`
	Stop             llm.Stop            `json:"stop,omitzero"`
	PresencePenalty  *float64            `json:"presence_penalty,omitzero"`
	FrequencyPenalty *float64            `json:"frequency_penalty,omitzero"`
	Other            json.Value          `json:"other,omitzero"`
	Seed             *int64              `json:"seed,omitzero"`
	ResponseFormat   *llm.ResponseFormat `json:"response_format,omitzero"`
	ReasoningEffort  llm.Effort          `json:"reasoning_effort,omitzero"`
	Tools            []llm.Tool          `json:"tools,omitempty"`
	LinkedTools      []string            `json:"linked_tools,omitempty"` // ids of Tools
	Attributes       json.Value          `json:"attributes,omitzero"`
	MaxRetries       *int                `json:"max_retries,omitzero"` // nil leaves it to the server
	Fallbacks        []Fallback          `json:"fallbacks,omitempty"`  // asked in order when the Prompt's own model cannot answer
}

// Fallback is a model that can take over a call.
type Fallback struct {
	Provider string `json:"provider,omitempty"` // the Prompt's own when not given
	Model    string `json:"model"`
}

// Kind implements [Content].
func (p *Prompt) Kind() Kind { return PromptKind }

// DefaultProvider is the provider of a Prompt that names none.
const DefaultProvider = "openai"

// Normalize implements [Content].
func (p *Prompt) Normalize() {
	p.Endpoint = cmp.Or(p.Endpoint, llm.Chat)
	p.Provider = cmp.Or(p.Provider, DefaultProvider)
	if p.TemplateLanguage == "default" {
		p.TemplateLanguage = ""
	}
	if p.MaxTokens != nil && *p.MaxTokens <= 0 {
		p.MaxTokens = nil
	}
	if len(p.Tools) == 0 {
		p.Tools = nil
	}
	if len(p.Stop.Sequences) == 0 {
		p.Stop = llm.Stop{}
	}
	if len(p.Fallbacks) == 0 {
		p.Fallbacks = nil
	}
	for i := range p.Fallbacks {
		p.Fallbacks[i].Provider = cmp.Or(p.Fallbacks[i].Provider, p.Provider)
	}
	p.Other = dropEmpty(p.Other)
	p.Attributes = dropEmpty(p.Attributes)
	for i := range p.Tools {
		p.Tools[i].Parameters = dropNull(p.Tools[i].Parameters)
	}
	if p.ResponseFormat != nil {
		p.ResponseFormat.JSONSchema = dropNull(p.ResponseFormat.JSONSchema)
	}
}

// dropEmpty treats null and the empty object as absent. Values without a canonical form are left for [Seal] to refuse.
func dropEmpty(v json.Value) json.Value {
	if len(v) == 0 {
		return nil
	}
	c, err := json.Canonical(v)
	if err == nil && (string(c) == "{}" || string(c) == "null") {
		return nil
	}
	return v
}

func dropNull(v json.Value) json.Value {
	if json.Kind(v) == 'n' {
		return nil
	}
	return v
}

// PromptTemplate is a Prompt's template: one text for a completion, or messages for a chat.
type PromptTemplate struct {
	Text     string
	Messages []llm.Message // when not nil, Text is not used
}

// MarshalJSONTo implements the JSON union of string and list.
func (t PromptTemplate) MarshalJSONTo(enc *json.Encoder) error {
	if t.Messages != nil {
		return json.Encode(enc, t.Messages)
	}
	return json.Encode(enc, t.Text)
}

// UnmarshalJSONFrom implements the JSON union of string and list.
func (t *PromptTemplate) UnmarshalJSONFrom(dec *json.Decoder) error {
	*t = PromptTemplate{}
	switch dec.PeekKind() {
	case json.KindString:
		return json.Decode(dec, &t.Text)
	case json.KindArray:
		t.Messages = []llm.Message{}
		return json.Decode(dec, &t.Messages)
	default:
		return json.WrongKind(dec, "a string or a list of messages")
	}
}
