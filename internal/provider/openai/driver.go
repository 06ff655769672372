// Package openai speaks OpenAI's wire format: Chat Completions, legacy Completions and Responses, streamed and not. It calls OpenAI and
// the other vendors that use the format. The vendors differ in the form of some members, and in what they lack.
//
// A Prompt is translated as follows. What an endpoint does not support is an error of reason unsupported_parameter.
//
//   - Only given parameters are sent. On Responses, a penalty of 0 has no effect and is left out instead of refused.
//   - max_tokens becomes max_completion_tokens for reasoning models, and max_output_tokens on Responses.
//   - A response_format of type json_schema accepts OpenAI's {name, schema, strict} and a bare JSON Schema, which is given a name.
//   - logprobs is the number of alternatives per token: logprobs with top_logprobs on chat, the number itself on completions, and
//     top_logprobs on Responses, whose answer gets the form of chat's.
//   - Responses are not stored at OpenAI (store is false). Reasoning items become thinking blocks, with the encrypted content in the
//     signature (or in data, if there is no summary). They are sent back only to the vendor that encrypted them.
//   - An id of a tool call that is longer than 40 characters on chat, or 64 on Responses, is replaced by one derived from it.
//   - Results of tools are placed directly after their calls, and empty answers are left out.
//   - A refusal becomes the message's text, with the finish reason content_filter.
//   - Embeddings are asked for in base64 where the vendor knows it, at most 512 inputs a call.
//   - Members of `other` are added to the request unchanged and override the translated ones.
package openai

import (
	"cmp"
	"context"
	"iter"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/toolnames"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Provider makes drivers for OpenAI and for the other vendors that use its wire format, and declares what they serve.
var Provider = llmhttp.Provider{
	Open: func(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, a vendor.Access) (llm.Driver, error) {
		v.Deployments = cmp.Or(a.Further["AZURE_OPENAI_API_VERSION"], v.Deployments)
		return New(hc, v)
	},
	Declare: Declare,
}

// Driver implements [llm.Driver], [llm.Embedder], [llm.Counter] and [llm.Keeper] for one vendor. It is safe for concurrent use.
type Driver struct {
	vendor Vendor
	wires  map[llm.Endpoint]*llmhttp.Driver
	limits limits
}

// New returns the driver of v. It fails if the base URL is invalid. Without a base URL each call must bring one.
func New(hc *llmhttp.Client, v vendor.Vendor) (*Driver, error) {
	d := &Driver{vendor: Vendor(v), wires: map[llm.Endpoint]*llmhttp.Driver{}}
	for _, e := range []llm.Endpoint{llm.Chat, llm.Complete, llm.Responses, compaction} {
		wire, err := llmhttp.NewDriver(hc, llmhttp.Wire{
			Vendor: failure.Vendor{Slug: v.Slug, Display: v.Display}, Serves: Declare(v).Endpoints, BaseURL: v.BaseURL,
			Below:  func(base string) (llmhttp.Endpoint, error) { return d.vendor.below(e, base) },
			Header: d.vendor.header,
			Encode: func(r *llm.Request, stream bool) (json.Value, error) {
				return encode(d.limits.vendor(&d.vendor, r), r, stream)
			},
			Decode: func(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
				out, err := decode(e, body)
				if err != nil {
					return nil, explain(call, h, body, err)
				}
				return out, nil
			},
			Decoder: func() llmhttp.Decoder { return newStream(e) },
			Signer:  func(string) llm.Signer { return d.vendor.signer() },
			Embed:   d.vendor.embed(),
			Count:   d.vendor.count(),
			Native:  d.native(e),
			Names:   toolnames.Rule{Max: 64}, // https://platform.openai.com/docs/api-reference/chat/create
		})
		if err != nil {
			return nil, err
		}
		d.wires[e] = wire
	}
	return d, nil
}

// wire is the driver of the endpoint of r. That of chat refuses those that do not exist.
func (d *Driver) wire(r *llm.Request) *llmhttp.Driver {
	if w, ok := d.wires[endpointOf(r)]; ok {
		return w
	}
	return d.wires[llm.Chat]
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	r = d.vendor.moved(r)
	out, err := d.wire(r).Generate(ctx, r)
	if !d.limits.learn(&d.vendor, r, err) {
		return out, err
	}
	again, againErr := d.wire(r).Generate(ctx, r)
	if d.stillRefused(r, againErr) {
		return out, err
	}
	return again, againErr
}

// Stream implements [llm.Driver]. The first event, or the error, carries the body that was sent.
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		r = d.vendor.moved(r)
		wire := d.wire(r)
		opened := wire.Open(ctx, r)
		if d.limits.learn(&d.vendor, r, opened.Err) {
			again := wire.Open(ctx, r)
			if !d.stillRefused(r, again.Err) {
				opened = again
			}
		}
		wire.Relay(r, opened, yield)
	}
}

// Embed implements [llm.Embedder].
func (d *Driver) Embed(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	return d.wires[llm.Chat].Embed(ctx, r)
}

// Count implements [llm.Counter].
func (d *Driver) Count(ctx context.Context, r *llm.Request) (int64, error) {
	return d.wire(r).Count(ctx, r)
}

// Kept implements [llm.Keeper].
func (d *Driver) Kept(ctx context.Context, k *llm.Kept) (json.Value, error) {
	return d.wires[llm.Responses].Kept(ctx, k)
}

// stillRefused reports whether the limit of r is refused under its other name too, which is forgotten then.
func (d *Driver) stillRefused(r *llm.Request, err error) bool {
	if !d.limits.learn(&d.vendor, r, err) {
		return false
	}
	d.limits.forget(r)
	return true
}

// decode translates a whole answer.
func decode(e llm.Endpoint, body []byte) (*llm.Response, error) {
	switch e {
	case llm.Complete:
		return decodeComplete(body)
	case llm.Responses:
		return decodeResponses(body)
	case compaction:
		return decodeCompaction(body)
	default:
		return decodeChat(body)
	}
}
