// Package replicate speaks Replicate's API of predictions, for its language models.
//
// The model is an official one (OWNER/NAME), a version (OWNER/NAME:VERSION or VERSION), or deployments/OWNER/NAME. Each model has an
// input of its own. The members below are those that language models share. Any part of a Prompt that they lack is an error of reason
// unsupported_parameter.
//
//   - System and developer messages are the `system_prompt` in their order, wherever they are (`system_instruction` for Google's
//     models).
//   - A chat of one message is the `prompt`. A longer one becomes a transcript, "User: …" and "Assistant: …", that ends where the
//     assistant speaks, because a prompt is one text. A message's name and the end user's label are left out. Images are refused: each
//     model has its own member for them, which `other` can set.
//   - The endpoint complete sends its prompt unchanged.
//   - max_tokens is `max_tokens`, but `max_completion_tokens` for OpenAI's models, `max_output_tokens` for Google's, and
//     `max_new_tokens` for Llama 2.
//   - stop is `stop_sequences`, one text separated by commas. A sequence with a comma is refused. Penalties of 0 are not sent.
//   - Members of `other` are added to the input unchanged and override the translated ones.
//
// A prediction that does not finish within seconds is polled. It is cancelled if the caller leaves, or if the server's time limit for
// the start of an answer is over. A stream is Replicate's own; a model without streams answers in one piece. Replicate reports no
// finish reason: an answer as long as max_tokens allows has the finish reason length.
package replicate

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Provider makes drivers for Replicate and declares what it serves.
var Provider = llmhttp.Provider{
	Open: func(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, _ vendor.Access) (llm.Driver, error) {
		return New(hc, failure.VendorOf(v.Slug), v.BaseURL)
	},
	Declare: func(vendor.Vendor) llm.Declaration { return Declaration() },
}

// Declaration says what Replicate serves.
func Declaration() llm.Declaration {
	const path = "/v1/models/MODEL/predictions"
	return llm.Declaration{Endpoints: []llm.Served{
		{Endpoint: llm.Chat, Path: path, Abilities: llm.Abilities{Chat: true, Stop: true, Seed: true, Penalties: true}},
		{Endpoint: llm.Complete, Path: path, Abilities: llm.Abilities{Stop: true, Seed: true, Penalties: true}},
	}}
}

// Driver implements [llm.Driver]. It is safe for concurrent use.
type Driver struct {
	http   *llmhttp.Client
	vendor failure.Vendor
	place  *llmhttp.Place[llmhttp.Base]
}

// New returns the driver of v. The base URL has no version, as in Replicate's SDK for Python. A base URL that ends in /v1 works too. New
// fails if the base URL is invalid.
func New(hc *llmhttp.Client, v failure.Vendor, baseURL string) (*Driver, error) {
	place, err := llmhttp.NewPlace(v, baseURL, parseBase)
	if err != nil {
		return nil, err
	}
	return &Driver{http: hc, vendor: v, place: place}, nil
}

func parseBase(s string) (llmhttp.Base, error) {
	return llmhttp.ParseBase(strings.TrimSuffix(strings.TrimRight(strings.TrimSpace(s), "/"), "/v1"))
}

// session is one call: where it goes, and who asks.
type session struct {
	http    *llmhttp.Client
	call    failure.Call
	base    llmhttp.Base
	foreign bool // the base was brought by the caller
	key     string
	body    []byte
	path    string // where the prediction is created
}

func (d *Driver) session(r *llm.Request, stream bool) (*session, error) {
	if err := llm.Refuse(d.vendor.Display, Declaration().Endpoints, r); err != nil {
		if err.Param != "endpoint" {
			err.Message += " What a model takes beyond it can be named in other."
		}
		return nil, err
	}
	s := &session{
		http: d.http, key: r.Credentials.Key, call: failure.Call{Vendor: d.vendor, Model: r.Model, Secrets: []string{r.Credentials.Key}},
	}
	var err error
	if s.path, s.body, err = encode(r, stream); err != nil {
		return nil, err
	}
	s.base, s.foreign, err = d.place.Of(r)
	return s, err
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	s, err := d.session(r, false)
	if err != nil {
		return nil, err
	}
	p, err := s.create(ctx, "Prefer", "wait=5")
	if err == nil {
		p, err = s.settled(ctx, p)
	}
	if err != nil {
		return &llm.Response{RawRequest: s.body}, err
	}
	out := p.response(r.MaxTokens)
	out.RawRequest, out.RawResponse = s.body, p.raw
	return out, nil
}

// settled waits for the end of p.
func (s *session) settled(ctx context.Context, p *prediction) (*prediction, error) {
	if !p.done() {
		var err error
		if p, err = s.await(ctx, p.ID); err != nil {
			return nil, err
		}
	}
	return p, s.failed(p)
}

// Stream implements [llm.Driver].
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		s, err := d.session(r, true)
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		p, err := s.create(ctx)
		if err != nil {
			yield(llm.Event{Request: s.body}, err)
			return
		}
		if u := s.streamURL(p); u != nil && !p.done() {
			s.forward(ctx, r, p, u, yield)
			return
		}
		s.whole(ctx, r, p, yield)
	}
}

// whole yields the answer of a model that has no stream.
func (s *session) whole(ctx context.Context, r *llm.Request, p *prediction, yield func(llm.Event, error) bool) {
	p, err := s.settled(ctx, p)
	if err != nil {
		yield(llm.Event{Request: s.body}, err)
		return
	}
	out := p.response(r.MaxTokens)
	yield(llm.Event{
		Text: out.Message.Content.Text, Model: out.Model, Finish: out.Finish, Request: s.body, Usage: out.Usage.Reported(),
	}, nil)
}

func header(key string, pairs ...string) http.Header {
	if key != "" {
		pairs = append(pairs, "Authorization", "Bearer "+key)
	}
	return llmhttp.JSONHeader(pairs...)
}
