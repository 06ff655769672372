package openai

import (
	"context"

	"github.com/openloop-server/openloop/internal/api/ingress"
)

func (h *handlers) models(ctx context.Context, in *ingress.Page) (*ingress.Models, error) {
	return h.s.List(ctx, in)
}

type oneModel struct {
	Model string `path:"model"`
}

func (h *handlers) model(ctx context.Context, in *oneModel) (*ingress.Model, error) {
	return h.s.One(ctx, chatDialect, in.Model)
}
