// Package mock is a provider that needs no key and no network. It is part of the product, so that anyone can try a call and test their
// own error handling.
//
// The model's name selects the answer:
//
//	echo                     answers with the text of the last user message
//	lorem[/WORDS[/PACE]]     answers with WORDS words (50), one every PACE ("20ms"; none)
//	slow/FIRST/PACE          is silent for FIRST milliseconds, then answers with 50 words, one every PACE milliseconds
//	tools                    calls the tools that the last user message spells out, as in weather("Rome"); then says what they gave
//	think[/WORDS]            does what tools does, and thinks WORDS words (50) before each call and before the text
//	json                     answers with JSON that fits the schema of the response format
//	agent                    calls the first tool, with arguments that fit its schema and what the user said as texts; then says what it gave. Without tools, it does what json does
//	embed/DIMS               makes embeddings of DIMS numbers, which follow from the text
//	refuse                   refuses, with the finish reason content_filter
//	usage/IN/CACHED/OUT      does what echo does, and counts IN tokens of input, CACHED more from a cache, and OUT of output
//	error/REASON             fails as a real provider would for that reason, before any output
//	error/REASON/N           in a stream, fails after N chunks
//	cut/N                    ends the connection after N chunks, without an end marker
//	native/MODEL             does what MODEL does, and speaks the dialect of the client, as its own provider would
//
// A forced tool choice ("required", or a named function) makes a model call that tool instead, unless it is refuse, error or cut. The arguments
// are the last user message if it is a JSON object, else {"input": message}. Those of json fit the schema of the tool. tools
// and think take what the message spells out, if it spells out a call of that tool.
//
// In the calls that a message spells out, arguments follow the order of the tool's parameters or have a name, as in
// weather(Rome, days=3). Quotes are needed for a text that contains a comma or a parenthesis. The calls of a line are made at once, those of
// the next line after their results.
//
// The model think signs its thinking. Thinking that comes back with another signature fails, as it does at Anthropic.
//
// The model json has no schema if the response format has none. Its answer is then what the arguments of a forced call would be. It honors
// type, properties, required, enum, const, items, minItems, minimum, exclusiveMinimum, anyOf, oneOf and $ref, and no other keywords.
package mock

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Slug is the provider's name in a Prompt. Display is the origin of its failures.
const (
	Slug    = "mock"
	Display = "Mock"
)

// Provider makes the mock and declares what it serves.
var Provider = llmhttp.Provider{
	Open: func(context.Context, *llmhttp.Client, vendor.Vendor, vendor.Access) (llm.Driver, error) {
		return &Driver{}, nil
	},
	Declare: func(vendor.Vendor) llm.Declaration {
		return llm.Declaration{Lenient: true, Endpoints: serves}
	},
}

var serves = []llm.Served{
	{Endpoint: llm.Chat, Dialects: []llm.Dialect{llm.ChatDialect, llm.ResponsesDialect, llm.MessagesDialect}, Abilities: llm.Abilities{
		Chat: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true, Thinking: true, ThinkingKept: true, CachedUsage: true,
	}},
	{Endpoint: llm.Complete, Abilities: llm.Abilities{Tools: true, JSONObject: true, JSONSchema: true, CachedUsage: true}},
}

// Driver implements [llm.Driver] and [llm.Embedder].
type Driver struct {
	// Pause waits for d, or until ctx ends, and then returns the error of ctx. nil waits in real time.
	Pause func(ctx context.Context, d time.Duration) error
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	if r.Native != nil {
		return d.generateNative(ctx, r)
	}
	var fold llm.Fold
	for e, err := range d.Stream(ctx, r) {
		if err != nil {
			return nil, err
		}
		fold.Add(&e)
	}
	out := fold.Response()
	out.RawResponse = rawResponse(out)
	return out, nil
}

// Stream implements [llm.Driver].
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		if r.Native != nil {
			d.streamNative(ctx, r, yield)
			return
		}
		if err := llm.RefuseStrict(Display, serves, r); err != nil {
			yield(llm.Event{}, err)
			return
		}
		s, err := parseScript(r.Adapted(&llm.Abilities{}))
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		d.play(ctx, r, s, yield)
	}
}

func (d *Driver) play(ctx context.Context, r *llm.Request, s script, yield func(llm.Event, error) bool) {
	request := rawRequest(r)
	sent, thought, wait := 0, 0, s.first
	for e := range s.events {
		if s.failure != nil && sent >= s.failAfter {
			break
		}
		sent++
		if err := d.pause(ctx, wait); err != nil {
			yield(llm.Event{}, err)
			return
		}
		if !yield(e, nil) {
			return
		}
		thought += countWords(e.Thinking.Text)
		wait = s.pace
	}
	if s.failure != nil {
		yield(llm.Event{Request: request}, s.failure)
		return
	}
	usage := cmp.Or(s.usage, usageOf(r, s.words, thought))
	yield(llm.Event{Finish: s.finish, Usage: usage, Request: request, Model: r.Model}, nil)
}

func (d *Driver) pause(ctx context.Context, pace time.Duration) error {
	if pace > 0 && d.Pause != nil {
		return d.Pause(ctx, pace)
	}
	return llm.Sleep(ctx, pace)
}

// usageOf counts words, which is all that a mock has for tokens.
func usageOf(r *llm.Request, answered, thought int) *llm.Usage {
	asked := countWords(r.Prompt)
	for i := range r.Messages {
		asked += countWords(r.Messages[i].Content.String())
	}
	return &llm.Usage{Input: int64(asked), Output: int64(answered), Reasoning: int64(thought), Known: true}
}

func rawRequest(r *llm.Request) json.Value {
	return written(struct {
		Model    string        `json:"model"`
		Messages []llm.Message `json:"messages,omitempty"`
		Prompt   string        `json:"prompt,omitempty"`
	}{r.Model, r.Messages, r.Prompt})
}

func rawResponse(out *llm.Response) json.Value {
	return written(struct {
		Message      llm.Message `json:"message"`
		FinishReason string      `json:"finish_reason"`
	}{out.Message, string(out.Finish)})
}

// written is the JSON of v, nil when it cannot be written.
func written(v any) json.Value {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return raw
}

// failureOf is how a real provider's failure of the given reason looks; ok is false for reasons that no provider has.
func failureOf(reason errs.Reason, model string) (failure *errs.Error, ok bool) {
	row, ok := failures[reason]
	if !ok {
		return nil, false
	}
	e := &errs.Error{
		Reason: reason, Message: row.message, Origin: Display, Provider: Slug, Model: model,
		ProviderStatus: row.status, ProviderCode: string(reason), ProviderRequestID: "req_mock", RetryAfter: row.retryAfter,
	}
	if row.status == 0 { // nothing arrived from the provider, so the failure is told by us
		e.Origin, e.ProviderCode, e.ProviderRequestID = "", "", ""
	}
	return e, true
}
