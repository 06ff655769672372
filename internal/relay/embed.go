package relay

import (
	"context"

	"github.com/openloop-server/openloop/internal/llm"
)

// Embed requests the vectors of passages. It asks, retries and falls back as [Relay.Generate] does. A provider that makes none is
// unsupported_parameter.
func (r *Relay) Embed(ctx context.Context, p *Plan) *Outcome {
	o := new(Outcome)
	err := r.ask(ctx, p, o, func(ctx context.Context, t *candidate) (err error) {
		embedder, ok := t.driver.(llm.Embedder)
		if !ok {
			return llm.Unsupported("endpoint", "%s makes no embeddings with this model.", r.o.Providers[t.slug].Display)
		}
		o.Response, err = embedder.Embed(ctx, &t.request)
		return err
	})
	if err == nil {
		o.FirstAt = o.DoneAt
	}
	r.settle(ctx, o, err)
	return o
}
