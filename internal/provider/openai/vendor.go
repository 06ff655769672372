package openai

import (
	"net/http"

	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
)

// Vendor is a service that speaks OpenAI's wire format: a row of facts. The zero value of each quirk is what OpenAI itself does.
type Vendor struct {
	Slug    string // as configured
	Name    string // for people; "" means that of [failure.VendorOf]
	BaseURL string // includes the version, as in OpenAI's SDK: "https://api.openai.com/v1"; "" when each operator has one of their own
	Path    string // is added to a base URL that has no path
	Auth    Auth
	NoKey   bool // answers calls that bring no key

	// Deployments is the API version of a vendor that serves a model at a URL of its own, "" for all others. A base URL that ends in
	// /openai/v1 is one without versions, where the model is in the body.
	Deployments string

	Lacks      Part // what its chat has no place for
	TokenLimit TokenLimit
	Reasoning  Reasoning
	Effort     EffortForm

	CallIDs      llm.CallIDs // that its chat takes; none means those of OpenAI's
	Bare         llm.Shape   // of what it signs
	Alternates   bool        // demands that user and assistant take turns
	AnswersTools bool        // refuses a user who speaks right after the result of a tool

	SeedName       string // of the member that holds the seed; "" means "seed"
	RequiredChoice string // how a tool call is demanded; "" means "required"
	CountsLogProbs bool   // its chat takes the number of alternatives itself as logprobs, as completions do

	NoComplete    bool // has no /completions
	NoResponses   bool // has no /responses
	NoInclude     bool // its /responses refuses include, so reasoning comes without what only the vendor can read
	NoDeveloper   bool // knows no role "developer": it is sent as "system"
	NoStreamUsage bool // refuses stream_options, so a stream tells no usage unless the vendor does by itself
}

// Auth says how a key is sent. Without a key nothing is.
type Auth int

// The ways to send a key.
const (
	Bearer       Auth = iota // Authorization: Bearer …
	APIKeyHeader             // api-key: …
)

// TokenLimit says which member of a chat request limits the answer.
type TokenLimit int

// The members that limit a chat answer.
const (
	LimitByModel        TokenLimit = iota // max_completion_tokens for reasoning models, max_tokens for others; what is refused is learned
	MaxTokens                             // always max_tokens
	MaxCompletionTokens                   // always max_completion_tokens
)

// Reasoning says where in an earlier chat message a vendor wants its reasoning back.
type Reasoning string

// The places of earlier reasoning. The members are named as on the wire.
const (
	ReasoningDropped Reasoning = "" // chat messages have no place for it
	ReasoningContent Reasoning = "reasoning_content"
	ReasoningText    Reasoning = "reasoning"
	ReasoningDetails Reasoning = "reasoning_details" // with what only the vendor can read; else as ReasoningText
	ReasoningParts   Reasoning = "content"           // a part of the content, of type thinking
)

// EffortForm says how a chat request says how much to reason.
type EffortForm int

// The forms of a reasoning effort.
const (
	EffortLevel  EffortForm = iota // reasoning_effort is a level
	EffortNumber                   // reasoning_effort is a level or a number of tokens
	EffortObject                   // reasoning holds effort, a level, or max_tokens
)

// display is the vendor's name in messages.
func (v *Vendor) display() string { return v.failures().Display }

// signer is v as the one that encrypts reasoning.
func (v *Vendor) signer() llm.Signer { return llm.Signer{Name: v.Slug, Bare: v.Bare} }

// failures is whom failures are told of.
func (v *Vendor) failures() failure.Vendor {
	out := failure.VendorOf(v.Slug)
	if v.Name != "" {
		out.Display = v.Name
	}
	return out
}

func (v *Vendor) header(key string) http.Header {
	switch {
	case key == "":
		return llmhttp.JSONHeader()
	case v.Auth == APIKeyHeader:
		return llmhttp.JSONHeader("Api-Key", key)
	default:
		return llmhttp.JSONHeader("Authorization", "Bearer "+key)
	}
}
