package ingress

import (
	"context"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// Embed makes the vectors of passages, and sets the headers of the answer. Errors: those of the name and of the headers, and those of the call.
func (s *Service) Embed(ctx context.Context, d Dialect, c *dialect.Call, p *llm.Passages, h *Headers) (*gateway.Embedding, error) {
	in, err := s.input(ctx, d, c, h, nil)
	switch {
	case err != nil:
		return nil, err
	case in.Prompt == nil:
		return nil, dialect.Unsupported("A saved Prompt makes no embeddings. Name a model, as openai/text-embedding-3-small.", "model")
	}
	in.Passages, in.Sticky = p, "" // each stands alone
	out, err := s.Gateway.Embed(ctx, in)
	if err != nil {
		return nil, err
	}
	putWhole(ctx, &head{without: c.Ignored, call: out.Call, logID: out.Log.ID, provider: out.Log.Provider, model: out.Log.Model}, []*trace.Log{out.Log})
	return out, nil
}
