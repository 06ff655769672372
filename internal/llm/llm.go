// Package llm is the portable model: the canonical types of a model call, the Driver that each wire format implements, and the
// Model that adds what all drivers share.
//
// Drivers translate. They hold no state of a call, decide nothing about retries or logging, and classify a provider's failure once,
// with package failure, into an [errs.Error].
package llm

import (
	"context"
	"iter"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Endpoint is the kind of a provider's API that a Prompt is written for.
type Endpoint string

// The endpoints of a Prompt. The zero Endpoint means Chat.
const (
	Chat      Endpoint = "chat"
	Complete  Endpoint = "complete"
	Edit      Endpoint = "edit"      // in the contract, served by no provider any more
	Responses Endpoint = "responses" // OpenAI's Responses API
)

// Request is one call of a model for one sample. Nil pointers and zero values mean: not given, the provider's default.
type Request struct {
	Model    string
	Endpoint Endpoint
	Messages []Message // of Chat and Responses
	Prompt   string    // of Complete
	Suffix   string    // of Complete: the text after the completion

	Tools      []Tool
	ToolChoice ToolChoice

	MaxTokens        int // 0 or negative: not given
	Temperature      *float64
	TopP             *float64
	PresencePenalty  *float64
	FrequencyPenalty *float64
	Stop             []string
	Seed             *int64
	ResponseFormat   *ResponseFormat
	Effort           Effort
	LogProbs         *int   // how many alternatives a token; nil: none wanted
	User             string // an end user's label for the provider's abuse monitoring, when the provider has a field for it

	// Other holds further members of the provider's own request (a JSON object), passed through unchanged; they win over the
	// members that the adapter writes.
	Other json.Value

	Credentials Credentials
}

// Credentials is how a call gets in. A zero BaseURL means the driver's configured one.
type Credentials struct {
	Key     string
	BaseURL string // the same meaning as in the provider's own SDK
}

// Response is a whole answer.
type Response struct {
	Message  Message // role assistant
	Finish   FinishReason
	Usage    Usage
	LogProbs json.Value // as the provider sent them
	Model    string     // the model that answered, as the provider names it

	// RawRequest and RawResponse are the bodies exchanged, kept on the Log. RawResponse is empty for a stream.
	RawRequest  json.Value
	RawResponse json.Value
}

// FinishReason says why a model stopped. A provider's word that has no portable one is passed on as it is.
type FinishReason string

// The portable finish reasons, in OpenAI's words.
const (
	FinishStop          FinishReason = "stop"
	FinishLength        FinishReason = "length"
	FinishToolCalls     FinishReason = "tool_calls"
	FinishContentFilter FinishReason = "content_filter"
)

// Usage counts tokens in disjoint buckets, whatever the provider's own way of counting. The sum of the first three is the prompt,
// that of the last two the completion.
type Usage struct {
	Input       int64 // neither read from nor written to a cache
	CachedInput int64
	CacheWrite  int64
	Output      int64 // without Reasoning
	Reasoning   int64

	CacheWriteLong int64  // the part of CacheWrite that is kept for an hour, which has a price of its own
	Tier           string // the service tier that the answer names, when its rates are not the standard ones (see [ServiceTier])

	Known bool       // the provider sent a usage
	Raw   json.Value // as it sent it
}

// ServiceTier is the tier that a provider's word names, in lower case: "flex", "priority", "batch". It is "" for the words that stand for the
// standard rates, and for none.
func ServiceTier(word string) string {
	switch word = strings.ToLower(strings.TrimSpace(word)); word {
	case "default", "standard", "standard_only", "auto", "on_demand", "traffic_type_unspecified", "unspecified":
		return ""
	default:
		return word
	}
}

// Reported is u, nil unless the provider sent it.
func (u Usage) Reported() *Usage {
	if !u.Known {
		return nil
	}
	return &u
}

// Prompt is the number of tokens of the prompt.
func (u Usage) Prompt() int64 { return u.Input + u.CachedInput + u.CacheWrite }

// Completion is the number of tokens of the answer, reasoning included.
func (u Usage) Completion() int64 { return u.Output + u.Reasoning }

// Plus is what two calls used together. It has the report and the tier of v, the later one.
func (u Usage) Plus(v Usage) Usage {
	return Usage{
		Input: u.Input + v.Input, CachedInput: u.CachedInput + v.CachedInput, CacheWrite: u.CacheWrite + v.CacheWrite, Output: u.Output + v.Output,
		Reasoning: u.Reasoning + v.Reasoning, CacheWriteLong: u.CacheWriteLong + v.CacheWriteLong, Tier: v.Tier, Known: u.Known || v.Known, Raw: v.Raw,
	}
}

// Event is a piece of a streamed answer. Several fields may be set at once; all strings are deltas.
type Event struct {
	Text     string
	Thinking ThinkingDelta
	ToolCall *ToolCallDelta
	LogProbs json.Value
	Finish   FinishReason
	Usage    *Usage // when set, replaces what earlier events said
	Model    string
	Request  json.Value // the body sent, on one event of the stream, or beside its error

	// More says that further input of the stream is already at hand, so that a writer may put off its flush.
	More bool
}

// Output reports whether e carries output of the model: text, thinking or a tool call.
func (e *Event) Output() bool {
	return e.Text != "" || e.ToolCall != nil || e.Thinking != (ThinkingDelta{})
}

// ThinkingDelta adds to the thinking block Index of the message. Data makes it a redacted block.
type ThinkingDelta struct {
	Index     int
	Text      string
	Signature string
	Data      string
}

// ToolCallDelta adds to the tool call Index of the message. ID and Name come once, Arguments in pieces.
type ToolCallDelta struct {
	Index     int
	ID        string
	Name      string
	Arguments string
	Signature string
}

// Driver speaks one wire format of one vendor. Implementations are safe for concurrent use.
//
// A part of the request that the vendor cannot take is an [errs.Error] of reason unsupported_parameter, raised before anything is
// sent, with origin Openloop and the field in Param (in the names of a Prompt: "seed", "response_format", …).
// Failures of the vendor are errors made by package failure. A context's own error is returned as it is.
type Driver interface {
	// Generate makes one call and returns the whole answer. Beside an error the Response is nil, or holds the RawRequest alone.
	Generate(ctx context.Context, r *Request) (*Response, error)
	// Stream makes one streamed call. The sequence ends after the stream's end marker, or with one error; a stream that ends without
	// its marker ends with stream_interrupted. Breaking the loop closes the connection. The sequence can be ranged over once.
	Stream(ctx context.Context, r *Request) iter.Seq2[Event, error]
}
