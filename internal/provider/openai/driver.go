// Package openai speaks OpenAI's wire format: Chat Completions, legacy Completions and Responses, streamed and not, to OpenAI and to
// the other vendors that speak it. They differ in where they want the same things, and in what they lack.
//
// What a Prompt says is translated as follows; what an endpoint has no place for is an error of reason unsupported_parameter.
//
//   - Only what was given is sent. On Responses a penalty of 0, which changes nothing, is left out instead of refused.
//   - max_tokens becomes max_completion_tokens for reasoning models, max_output_tokens on Responses.
//   - A response_format of type json_schema takes OpenAI's {name, schema, strict} and a bare JSON Schema, which is given a name.
//   - logprobs asks for that many alternatives a token: logprobs with top_logprobs on chat, the number itself on completions, and
//     top_logprobs on Responses, whose answer is put in the shape of chat's.
//   - Responses are not stored at OpenAI (store is false). Reasoning items come back as thinking blocks, the encrypted content in
//     their signature (or data, when there is no summary), and are sent back from there to the vendor who encrypted them.
//   - An id of a tool call that is longer than 40 characters on chat, or 64 on Responses, is replaced by one made from it.
//   - Results of tools stand right behind their calls, and answers that hold nothing are left out.
//   - A refusal is the message's text, with the finish reason content_filter.
//   - Members of `other` go into the request as they are and win.
package openai

import (
	"context"
	"iter"
	"net/http"
	"sync/atomic"

	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
)

// Driver implements [llm.Driver] for one vendor. It is safe for concurrent use.
type Driver struct {
	http   *llmhttp.Client
	vendor Vendor
	name   failure.Vendor
	own    *endpoints
	other  atomic.Pointer[endpoints] // of the last base URL that a call brought
	limits limits
}

// New returns the driver of v. It fails when the base URL is not one; without a base URL each call has to bring one.
func New(hc *llmhttp.Client, v Vendor) (*Driver, error) {
	d := &Driver{http: hc, vendor: v, name: v.failures(), own: &endpoints{}}
	if v.BaseURL == "" {
		return d, nil
	}
	own, err := newEndpoints(&v, v.BaseURL)
	if err != nil {
		return nil, err
	}
	d.own = own
	return d, nil
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	out, err := d.generate(ctx, r)
	if !d.limits.learn(&d.vendor, r, err) {
		return out, err
	}
	again, againErr := d.generate(ctx, r)
	if d.stillRefused(r, againErr) {
		return out, err
	}
	return again, againErr
}

func (d *Driver) generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	req, err := d.request(r, false)
	if err != nil {
		return nil, err
	}
	out, err := d.http.Generate(ctx, d.call(r), req, func(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
		out, err := decode(r.Endpoint, body)
		if err != nil {
			return nil, explain(call, h, body, err)
		}
		return out, nil
	}, newStream(r.Endpoint))
	if err == nil {
		d.vendor.signer().SealMessage(&out.Message)
	}
	return out, err
}

// stillRefused reports whether the limit of r is refused under its other name too, which is forgotten then.
func (d *Driver) stillRefused(r *llm.Request, err error) bool {
	if !d.limits.learn(&d.vendor, r, err) {
		return false
	}
	d.limits.forget(r)
	return true
}

// Stream implements [llm.Driver]. The first event, or the error, carries the body that was sent.
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		req, s, err := d.open(ctx, r)
		if d.limits.learn(&d.vendor, r, err) {
			again, opened, againErr := d.open(ctx, r)
			if !d.stillRefused(r, againErr) {
				req, s, err = again, opened, againErr
			}
		}
		if req.Body == nil {
			yield(llm.Event{}, err)
			return
		}
		llmhttp.Relay(s, err, req.Body, newStream(r.Endpoint), d.vendor.signer().SealEvents(yield))
	}
}

// open begins a stream. The request has no body when it could not be made.
func (d *Driver) open(ctx context.Context, r *llm.Request) (llmhttp.Request, *llmhttp.Stream, error) {
	req, err := d.request(r, true)
	if err != nil {
		return llmhttp.Request{}, nil, err
	}
	s, err := d.http.Stream(ctx, d.call(r), req)
	return req, s, err
}

// decode translates a whole answer.
func decode(e llm.Endpoint, body []byte) (*llm.Response, error) {
	switch e {
	case llm.Complete:
		return decodeComplete(body)
	case llm.Responses:
		return decodeResponses(body)
	default:
		return decodeChat(body)
	}
}

func (d *Driver) call(r *llm.Request) failure.Call {
	return failure.Call{Vendor: d.name, Model: r.Model, Secrets: []string{r.Credentials.Key}}
}

func (d *Driver) request(r *llm.Request, stream bool) (llmhttp.Request, error) {
	body, err := encode(d.limits.vendor(&d.vendor, r), r, stream)
	if err != nil {
		return llmhttp.Request{}, err
	}
	e, err := d.endpoints(r)
	if err != nil {
		return llmhttp.Request{}, err
	}
	return llmhttp.Request{URL: e.url(r), Header: d.vendor.header(r.Credentials.Key), Body: body, Foreign: e != d.own}, nil
}

// endpoints returns the URLs of a call. A call's own base URL is remembered until another comes.
func (d *Driver) endpoints(r *llm.Request) (*endpoints, error) {
	base := r.Credentials.BaseURL
	if d.own.base != "" && (base == "" || base == d.own.base) {
		return d.own, nil
	}
	if e := d.other.Load(); e != nil && e.base == base {
		return e, nil
	}
	e, err := newEndpoints(&d.vendor, base)
	if err != nil {
		return nil, &errs.Error{
			Reason: errs.EndpointNotFound, Provider: d.vendor.Slug, Model: r.Model, Param: "base_url", Err: err,
			Message: "The base URL given for " + d.name.Display + " is not an http or https URL.",
		}
	}
	d.other.Store(e)
	return e, nil
}
