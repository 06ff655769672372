package gateway

import (
	"context"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/trace"
)

// Embedding is the answer to a request for vectors.
type Embedding struct {
	Call    *Call
	Log     *trace.Log  // committed, without the vectors
	Vectors [][]float32 // of in.Passages, in their order
}

// Embed makes the vectors of in.Passages by the model of a Prompt, and records the call as [Gateway.Call] does.
func (g *Gateway) Embed(ctx context.Context, in *CallInput) (*Embedding, error) {
	c, err := g.prepare(ctx, in)
	if err != nil {
		return nil, err
	}
	s := g.samples(c)[0]
	outcome := g.o.Relay.Embed(ctx, c.plan)
	g.record(ctx, s, outcome)
	switch {
	case s.broken != nil:
		return nil, s.broken
	case s.failure != nil:
		return nil, s.failure
	}
	return &Embedding{Call: c, Log: s.log, Vectors: outcome.Response.Vectors}, nil
}

// request returns what the model is asked.
func (c *Call) request(ctx context.Context, inputs tmpl.Inputs) (llm.Request, error) {
	if p := c.Input.Passages; p != nil {
		return llm.Request{Endpoint: llm.Embeddings, Passages: p}, nil
	}
	return c.Prompt.Request(ctx, inputs, c.Input.Messages)
}
