package openai

import (
	"net/http"
	"strings"

	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
)

// Vendor is a service that speaks OpenAI's wire format: a row of facts. The zero value of each quirk is what OpenAI itself does.
type Vendor struct {
	Slug    string // as configured; its display name comes from [failure.VendorOf]
	BaseURL string // includes the version, as in OpenAI's SDK: "https://api.openai.com/v1"
	Auth    Auth

	TokenLimit TokenLimit
	Reasoning  Reasoning

	NoComplete    bool // has no /completions
	NoResponses   bool // has no /responses
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
	LimitByModel        TokenLimit = iota // max_completion_tokens for reasoning models, max_tokens for others
	MaxTokens                             // always max_tokens
	MaxCompletionTokens                   // always max_completion_tokens
)

// Reasoning names the member of an earlier chat message that a vendor wants its reasoning back in.
type Reasoning string

// The members that carry reasoning back.
const (
	ReasoningDropped Reasoning = "" // chat messages have no place for it
	ReasoningContent Reasoning = "reasoning_content"
	ReasoningText    Reasoning = "reasoning"
)

// OpenAI is the row of OpenAI itself. An empty baseURL means its public API.
func OpenAI(baseURL string) Vendor {
	if baseURL == "" {
		baseURL = "https://api.openai.com/v1"
	}
	return Vendor{Slug: "openai", BaseURL: baseURL}
}

// display is the vendor's name in messages.
func (v *Vendor) display() string { return failure.VendorOf(v.Slug).Display }

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

// limit is the member of a chat request that limits the answer of model.
func (v *Vendor) limit(model string) string {
	if v.TokenLimit == MaxCompletionTokens || (v.TokenLimit == LimitByModel && reasons(model)) {
		return "max_completion_tokens"
	}
	return "max_tokens"
}

// reasons reports whether model is one of OpenAI's reasoning models: o1 and its successors, GPT-5 and later, Codex. A vendor's
// prefix ("openai/o3") and that of a fine-tuned model ("ft:o4-mini:…") do not matter.
func reasons(model string) bool {
	name := strings.ToLower(model)
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.TrimPrefix(name, "ft:")
	if strings.HasPrefix(name, "codex") {
		return true
	}
	if rest, ok := strings.CutPrefix(name, "gpt-"); ok {
		return generation(rest) >= 5 && !strings.Contains(name, "-chat")
	}
	rest, ok := strings.CutPrefix(name, "o")
	return ok && generation(rest) >= 1
}

// generation is the number that s starts with, 0 when it starts with none.
func generation(s string) int {
	n := 0
	for i := 0; i < len(s) && i < 3 && s[i] >= '0' && s[i] <= '9'; i++ {
		n = 10*n + int(s[i]-'0')
	}
	return n
}
