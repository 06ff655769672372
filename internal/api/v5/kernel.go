package v5

import (
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// ModelKernel is the common part of the contents of Prompts and Agents: a model and its parameters.
type ModelKernel struct {
	Model            string               `json:"model" required:"true" minlen:"1" maxlen:"256" doc:"The model to call, under the provider's name."`
	Endpoint         string               `json:"endpoint,omitempty" enum:"complete,chat,edit,responses" doc:"The kind of the provider's API; chat by default. responses is OpenAI's Responses API."`
	Template         *file.PromptTemplate `json:"template,omitzero" doc:"A list of messages for chat, a text for complete, with {{variables}}."`
	TemplateLanguage string               `json:"template_language,omitempty" enum:"default,jinja"`
	Provider         Provider             `json:"provider,omitempty" doc:"The company that serves the model; openai by default."`
	MaxTokens        *int                 `json:"max_tokens,omitzero" min:"-1" doc:"The largest number of tokens to generate; -1 leaves it to the provider."`
	Temperature      *float64             `json:"temperature,omitzero" min:"0" max:"5" doc:"Not sent if absent."`
	TopP             *float64             `json:"top_p,omitzero" min:"0" max:"1" doc:"Not sent if absent."`
	Stop             llm.Stop             `json:"stop,omitzero" doc:"Texts at which the model stops."`
	PresencePenalty  *float64             `json:"presence_penalty,omitzero" min:"-2" max:"2"`
	FrequencyPenalty *float64             `json:"frequency_penalty,omitzero" min:"-2" max:"2"`
	Other            json.Value           `json:"other,omitzero" object:"true" doc:"More members for the provider's request, passed on unchanged."`
	Seed             *int64               `json:"seed,omitzero" min:"-9007199254740991" max:"9007199254740991" doc:"Small enough for every JSON parser to keep it exactly."`
	ResponseFormat   *llm.ResponseFormat  `json:"response_format,omitzero"`
	ReasoningEffort  llm.Effort           `json:"reasoning_effort,omitzero" doc:"A level, or a number of tokens."`
	Attributes       json.Value           `json:"attributes,omitzero" object:"true" doc:"More members that distinguish this version from others."`
	MaxRetries       *int                 `json:"max_retries,omitzero" min:"0" max:"10" doc:"How often a failed call is retried, if a retry can help; the server's setting by default."`
	Fallbacks        []Fallback           `json:"fallbacks,omitempty" maxlen:"5" doc:"Models to ask, in order, if the Prompt's own cannot answer."`
}

// PromptKernel is the content of a Prompt's version.
type PromptKernel struct {
	ModelKernel
	Tools       []llm.Tool `json:"tools,omitempty" doc:"Functions that the model may call."`
	LinkedTools []string   `json:"linked_tools,omitempty" doc:"Ids of Tools whose functions the model may call."`
}

// AgentKernel is the content of an Agent's version.
type AgentKernel struct {
	ModelKernel
	Tools         []file.AgentTool `json:"tools,omitempty" doc:"Functions that the model may call: inline, or Files."`
	MaxIterations *int             `json:"max_iterations,omitzero" min:"1" max:"1000" doc:"The largest number of model calls in a turn."`
}

// Provider is the slug of a provider.
type Provider string

// Fallback is a model that can take over a call.
type Fallback struct {
	Provider *Provider `json:"provider,omitzero" doc:"The Prompt's own by default."`
	Model    string    `json:"model" required:"true" minlen:"1" maxlen:"256"`
}

// Fallbacks returns a list of fallbacks in the domain, or nil if there are none.
func Fallbacks(list []Fallback) []file.Fallback {
	if list == nil {
		return nil
	}
	out := make([]file.Fallback, len(list))
	for i, f := range list {
		out[i].Model = f.Model
		if f.Provider != nil {
			out[i].Provider = string(*f.Provider)
		}
	}
	return out
}

func fallbacksOf(list []file.Fallback) []Fallback {
	var out []Fallback
	for _, f := range list {
		wire := Fallback{Model: f.Model}
		if f.Provider != "" {
			wire.Provider = new(Provider(f.Provider))
		}
		out = append(out, wire)
	}
	return out
}

// Content returns k in the domain.
func (k *PromptKernel) Content() *file.Prompt {
	p := k.model()
	p.Tools, p.LinkedTools = k.Tools, k.LinkedTools
	return &p
}

// Content returns k in the domain.
func (k *AgentKernel) Content() *file.Agent {
	return &file.Agent{Prompt: k.model(), Tools: k.Tools, MaxIterations: k.MaxIterations}
}

func (k *ModelKernel) model() file.Prompt {
	return file.Prompt{
		Model: k.Model, Endpoint: llm.Endpoint(k.Endpoint), Template: k.Template, TemplateLanguage: k.TemplateLanguage,
		Provider: string(k.Provider), MaxTokens: k.MaxTokens, Temperature: k.Temperature, TopP: k.TopP, Stop: k.Stop,
		PresencePenalty: k.PresencePenalty, FrequencyPenalty: k.FrequencyPenalty, Other: k.Other, Seed: k.Seed,
		ResponseFormat: k.ResponseFormat, ReasoningEffort: k.ReasoningEffort,
		Attributes: k.Attributes, MaxRetries: k.MaxRetries, Fallbacks: Fallbacks(k.Fallbacks),
	}
}

// KernelOf returns p on the wire.
func KernelOf(p *file.Prompt) PromptKernel {
	return PromptKernel{ModelKernel: modelOf(p), Tools: p.Tools, LinkedTools: p.LinkedTools}
}

// AgentKernelOf returns a on the wire.
func AgentKernelOf(a *file.Agent) AgentKernel {
	return AgentKernel{ModelKernel: modelOf(&a.Prompt), Tools: a.Tools, MaxIterations: a.MaxIterations}
}

func modelOf(p *file.Prompt) ModelKernel {
	return ModelKernel{
		Model: p.Model, Endpoint: string(p.Endpoint), Template: p.Template, TemplateLanguage: p.TemplateLanguage,
		Provider: Provider(p.Provider), MaxTokens: p.MaxTokens, Temperature: p.Temperature, TopP: p.TopP, Stop: p.Stop,
		PresencePenalty: p.PresencePenalty, FrequencyPenalty: p.FrequencyPenalty, Other: p.Other, Seed: p.Seed,
		ResponseFormat: p.ResponseFormat, ReasoningEffort: p.ReasoningEffort, Attributes: p.Attributes,
		MaxRetries: p.MaxRetries, Fallbacks: fallbacksOf(p.Fallbacks),
	}
}

// Inline is a content in a call or a Log: the content itself, or the text of a file with it. The zero value means none.
type Inline[K any] struct {
	Kernel *K
	Text   string
	Given  bool
}

// The contents that have a text format.
type (
	// InlinePrompt is a Prompt's content, or the text of a .prompt file.
	InlinePrompt = Inline[PromptKernel]
	// InlineAgent is an Agent's content, or the text of an .agent file.
	InlineAgent = Inline[AgentKernel]
)

// UnmarshalJSONFrom implements the JSON union of object and string.
func (in *Inline[K]) UnmarshalJSONFrom(dec *json.Decoder) error {
	*in = Inline[K]{}
	switch dec.PeekKind() {
	case json.KindNull:
		return dec.SkipValue()
	case json.KindString:
		in.Given = true
		return json.Decode(dec, &in.Text)
	case json.KindObject:
		in.Given, in.Kernel = true, new(K)
		return json.Decode(dec, in.Kernel)
	default:
		return json.WrongKind(dec, "an object or a string")
	}
}

// JSONSchema implements [schema.Schemer].
func (Inline[K]) JSONSchema() *schema.Schema {
	return schema.OneOf("", "the content, or the text of its file", "", schema.Of[K](), schema.String())
}
