package llmhttp

import (
	"context"
	"net/http"
	"sync"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Whole is a call beside those for answers: it has a place, a body and an answer of its own, and is never a stream. All else is as of its [Wire].
type Whole struct {
	Below  func(baseURL string) (Endpoint, error)
	Encode func(r *llm.Request) (json.Value, error)
	Decode func(call failure.Call, h http.Header, body []byte) (*llm.Response, error)

	// Batch returns how many passages a call for vectors of a model takes. Nil means any number.
	Batch func(model string) int
}

// aside returns the driver of a further call of w, nil for none.
func aside(hc *Client, w *Wire, serves []llm.Served, further *Whole) (*Driver, error) {
	if further == nil {
		return nil, nil
	}
	own := *w
	own.Serves, own.Below, own.Decode, own.Embed, own.Count = serves, further.Below, further.Decode, nil, nil
	own.Encode = func(r *llm.Request, _ bool) (json.Value, error) { return further.Encode(r) }
	own.Decoder, own.Signer = nil, nil
	return NewDriver(hc, own)
}

// Embed implements [llm.Embedder].
func (d *Driver) Embed(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	if d.embed == nil {
		return nil, llm.Unsupported("endpoint", "%s makes no embeddings with this model.", d.wire.Vendor.Display)
	}
	size, all := r.Passages.Len(), r.Passages.Len()
	if batch := d.wire.Embed.Batch; batch != nil {
		size = batch(r.Model)
	}
	if all <= size {
		return d.embedPart(ctx, r)
	}
	parts := make([]*llm.Request, 0, all/size+1)
	for from := 0; from < all; from += size {
		part := *r
		part.Passages = r.Passages.Part(from, min(from+size, all))
		parts = append(parts, &part)
	}
	return d.embedParts(ctx, parts)
}

// embedPart makes one call.
func (d *Driver) embedPart(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	out, err := d.embed.Generate(ctx, r)
	if err == nil && len(out.Vectors) != r.Passages.Len() {
		call := failure.Call{Vendor: d.wire.Vendor, Model: r.Model}
		return &llm.Response{RawRequest: out.RawRequest}, call.Malformed(nil, nil)
	}
	return out, err
}

// embedAtOnce is how many calls for the vectors of one request are made at a time.
const embedAtOnce = 8

// embedParts makes several calls, and puts their vectors together. The first failure ends the others. What was sent is not told.
func (d *Driver) embedParts(ctx context.Context, parts []*llm.Request) (*llm.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answers, turn := make([]*llm.Response, len(parts)), make(chan struct{}, embedAtOnce)
	var running sync.WaitGroup
	for i, part := range parts {
		running.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if ctx.Err() != nil {
				return
			}
			answer, err := d.embedPart(ctx, part)
			if err != nil {
				cancel(err)
				return
			}
			answers[i] = answer
		})
	}
	running.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return joined(answers), nil
}

func joined(answers []*llm.Response) *llm.Response {
	out := &llm.Response{Model: answers[0].Model}
	for _, a := range answers {
		out.Vectors = append(out.Vectors, a.Vectors...)
		out.Usage = out.Usage.Plus(a.Usage)
	}
	return out
}

// Count implements [llm.Counter].
func (d *Driver) Count(ctx context.Context, r *llm.Request) (int64, error) {
	if d.count == nil {
		return 0, llm.Unsupported("endpoint", "%s counts no tokens for this model.", d.wire.Vendor.Display)
	}
	out, err := d.count.Generate(ctx, r)
	if err != nil {
		return 0, err
	}
	return out.Usage.Input, nil
}
