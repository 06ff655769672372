package openai

import (
	"context"
	"iter"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect/chat"
	"github.com/openloop-server/openloop/internal/web"
)

type chatCompletions struct {
	ingress.Headers
	Body chatBody `body:"json"`
}

var chatDialect = ingress.Dialect{Name: "openai.chat", Owner: Owner}

func (h *handlers) chatCompletions() web.Operation {
	return web.CallOrStream(sampling(h.chat, h.chatStream, func(in *chatCompletions) bool { return in.Body.streams() }))
}

func (h *handlers) chat(ctx context.Context, in *chatCompletions) (*chat.Completion, error) {
	return samples(ctx, h, &request{chatDialect, in.Body.call, &in.Headers}, chat.NewCompletion)
}

func (h *handlers) chatStream(ctx context.Context, in *chatCompletions) iter.Seq2[ingress.Chunk, error] {
	return h.samples(ctx, &request{chatDialect, in.Body.call, &in.Headers}, func(id string, created int64, model string) sampler {
		return chat.NewChunks(id, created, model, in.Body.usage())
	})
}
