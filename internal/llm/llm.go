// Package llm is the portable model of a call to a language model. It holds the canonical types, the Driver that each wire format
// implements, and the rules that all drivers share.
//
// Drivers translate. They keep no state between calls, decide nothing about retries or logging, and classify a provider's failure once,
// with package failure, into an [errs.Error].
package llm

import (
	"context"
	"iter"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Endpoint is the kind of provider API that a Prompt is written for.
type Endpoint string

// The endpoints of a Prompt. The zero Endpoint means Chat.
const (
	Chat      Endpoint = "chat"
	Complete  Endpoint = "complete"
	Edit      Endpoint = "edit"      // part of the contract, but no provider serves it any more
	Responses Endpoint = "responses" // OpenAI's Responses API
)

// Request is one call of a model for one sample. Nil pointers and zero values mean "not given": the provider's default applies.
type Request struct {
	Model    string
	Endpoint Endpoint
	Messages []Message // for Chat and Responses
	Prompt   string    // for Complete
	Suffix   string    // for Complete: the text after the completion
	Passages *Passages // for Embeddings

	Tools      []Tool
	ToolChoice ToolChoice

	MaxTokens        int // tokens; 0 or negative: not given
	Temperature      *float64
	TopP             *float64
	PresencePenalty  *float64
	FrequencyPenalty *float64
	Stop             []string
	Seed             *int64
	ResponseFormat   *ResponseFormat
	Effort           Effort
	LogProbs         *int   // number of alternatives for each token; nil: no log probabilities
	User             string // label of an end user for the provider's abuse monitoring; ignored by providers without such a field

	ParallelTools *bool      // false: at most one call in an answer
	TopK          *int       // of how many tokens the next one is chosen
	ServiceTier   string     // in OpenAI's words: "flex", "priority"
	Verbosity     string     // "low", "medium" or "high"
	LogitBias     json.Value // an object, as OpenAI takes it
	HideThinking  bool       // leaves out the text of thinking
	Cache         *Cache     // marks the end of the request, see [Message]
	Strict        bool       // refuses what would be ignored, see [Ignored]

	// Other is a JSON object with further members of the provider's own request. They are passed through unchanged and win
	// over the members that the driver writes.
	Other json.Value

	// Native is the request in the words of its client, for a driver that speaks them: see [Speaker]. Nil for one that is the server's own.
	Native *Native

	Credentials Credentials
}

// Credentials say how to reach a provider and with which key. An empty BaseURL means the one the driver is configured with.
type Credentials struct {
	Key     string
	BaseURL string // with the same meaning as in the provider's own SDK
}

// Response is a whole answer.
type Response struct {
	Message  Message // its Role is Assistant
	Finish   FinishReason
	Usage    Usage
	LogProbs json.Value // as the provider sent it

	StopSequence string // at which the model stopped; "" if it was none, or the provider does not tell
	Model        string // the model that answered, as the provider names it

	Vectors [][]float32 // of Embeddings, in the order of the passages; there is no Message then

	// RawRequest and RawResponse are the bodies as sent and received; Logs keep them. RawResponse is empty for a stream.
	RawRequest  json.Value
	RawResponse json.Value

	Native bool // the answer came in the dialect of the request: RawResponse is what its client gets
}

// FinishReason says why a model stopped. A provider's word that has no portable reason is kept as it is.
type FinishReason string

// The portable finish reasons, in OpenAI's words.
const (
	FinishStop          FinishReason = "stop"
	FinishLength        FinishReason = "length"
	FinishToolCalls     FinishReason = "tool_calls"
	FinishContentFilter FinishReason = "content_filter"
)

// Usage counts the tokens of one call. The buckets are disjoint, whichever way the provider counts: Input, CachedInput and CacheWrite add
// up to the prompt, Output and Reasoning to the completion.
type Usage struct {
	Input       int64 // neither read from a cache nor written to one
	CachedInput int64
	CacheWrite  int64
	Output      int64 // excludes Reasoning
	Reasoning   int64

	CacheWriteLong int64  // the part of CacheWrite that is kept for an hour, which has its own price
	Tier           string // the service tier of the answer; "" for standard rates (see [ServiceTier])

	Known bool       // the provider sent a usage
	Raw   json.Value // the usage as the provider sent it
}

// ServiceTier returns the tier that a provider's word names, in lower case: "flex", "priority", "batch". It returns "" for an empty word
// and for words that mean the standard rates.
func ServiceTier(word string) string {
	switch word = strings.ToLower(strings.TrimSpace(word)); word {
	case "default", "standard", "standard_only", "auto", "on_demand", "traffic_type_unspecified", "unspecified":
		return ""
	default:
		return word
	}
}

// Reported returns u, or nil if the provider sent no usage.
func (u Usage) Reported() *Usage {
	if !u.Known {
		return nil
	}
	return &u
}

// Prompt returns the number of tokens in the prompt.
func (u Usage) Prompt() int64 { return u.Input + u.CachedInput + u.CacheWrite }

// Completion returns the number of tokens in the answer, including reasoning.
func (u Usage) Completion() int64 { return u.Output + u.Reasoning }

// Plus returns what two calls used together. It has the report and the tier of v, the later one.
func (u Usage) Plus(v Usage) Usage {
	return Usage{
		Input: u.Input + v.Input, CachedInput: u.CachedInput + v.CachedInput, CacheWrite: u.CacheWrite + v.CacheWrite, Output: u.Output + v.Output,
		Reasoning: u.Reasoning + v.Reasoning, CacheWriteLong: u.CacheWriteLong + v.CacheWriteLong, Tier: v.Tier, Known: u.Known || v.Known, Raw: v.Raw,
	}
}

// Event is a piece of a streamed answer. Several fields may be set at once. All strings are deltas, to be appended to what came before.
type Event struct {
	Text     string
	Thinking ThinkingDelta
	ToolCall *ToolCallDelta
	LogProbs json.Value
	Finish   FinishReason
	Usage    *Usage // if set, replaces the usage of earlier events
	Model    string
	Request  json.Value // the body that was sent; set on one event of the stream, or beside its error

	// Block is the place in the message, from 1, of what the event adds to. It is 0 where the wire has no order: the order of pieces is that of
	// their blocks if all of them are known.
	Block        int
	Refusal      bool   // Text is what the model refuses with
	StopSequence string // beside Finish, see [Response]

	// Raw is the frame that the event is made from, in answer to a native request. It comes on one event, which may have nothing else.
	Raw *Raw

	// More says that further input of the stream is already at hand, so a writer may delay its flush.
	More bool
}

// Output reports whether e carries output of the model: text, thinking or a tool call.
func (e *Event) Output() bool {
	return e.Text != "" || e.ToolCall != nil || e.Thinking != (ThinkingDelta{})
}

// ThinkingDelta adds to the thinking block at Index of the message. Data makes it a redacted block.
type ThinkingDelta struct {
	Index     int
	Text      string
	Signature string
	Data      string
}

// ToolCallDelta adds to the tool call at Index of the message. ID and Name come once, Arguments in pieces.
type ToolCallDelta struct {
	Index     int
	ID        string
	Name      string
	Arguments string
	Signature string
}

// Driver speaks one wire format of one vendor. Implementations are safe for concurrent use.
//
// If the vendor cannot take a part of the request, the driver returns an [errs.Error] of reason unsupported_parameter before it sends
// anything. The origin of that error is Openloop, and Param names the field as a Prompt does ("seed", "response_format"). Package failure
// makes the errors of the vendor's failures. An error of the context is returned unchanged.
type Driver interface {
	// Generate makes one call and returns the whole answer. With an error, the Response is nil or holds only RawRequest.
	Generate(ctx context.Context, r *Request) (*Response, error)
	// Stream makes one streamed call. The sequence ends after the stream's end marker, or with one error. A stream that ends without its
	// marker gives the error stream_interrupted. Breaking out of the loop closes the connection. The sequence can be ranged over once.
	Stream(ctx context.Context, r *Request) iter.Seq2[Event, error]
}
