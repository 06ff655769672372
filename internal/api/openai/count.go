package openai

import (
	"context"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/web"
)

// inputTokens is how many tokens the input of a response has.
type inputTokens struct {
	Object    string `json:"object"`
	Tokens    int64  `json:"input_tokens"`
	Estimated bool   `json:"estimated,omitzero"` // here, and not by the provider
}

func countOperation(s *ingress.Service) web.Operation {
	return web.JSON(func(ctx context.Context, in *createResponse) (*inputTokens, error) {
		c, err := in.call(ctx, keptResponses{s})
		if err != nil {
			return nil, err
		}
		n, estimated, err := s.Count(ctx, responsesDialect, c, &in.Headers)
		return &inputTokens{Object: "response.input_tokens", Tokens: n, Estimated: estimated}, err
	})
}
