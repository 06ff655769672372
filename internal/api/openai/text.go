package openai

import (
	"context"
	"iter"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect/completions"
	"github.com/openloop-server/openloop/internal/web"
)

type textCompletions struct {
	ingress.Headers
	Body completions.TextParams `body:"json"`
}

var textDialect = ingress.Dialect{Name: "openai.completions", Owner: Owner}

func (h *handlers) textCompletions() web.Operation {
	return web.CallOrStream(sampling(h.text, h.textStream, func(in *textCompletions) bool { return in.Body.Stream }))
}

func (h *handlers) text(ctx context.Context, in *textCompletions) (*completions.TextCompletion, error) {
	return samples(ctx, h, &request{textDialect, in.Body.Call, &in.Headers}, completions.NewTextCompletion)
}

func (h *handlers) textStream(ctx context.Context, in *textCompletions) iter.Seq2[ingress.Chunk, error] {
	return h.samples(ctx, &request{textDialect, in.Body.Call, &in.Headers}, func(id string, created int64, model string) sampler {
		return completions.NewPieces(id, created, model, in.Body.StreamOptions != nil && in.Body.StreamOptions.IncludeUsage)
	})
}
