package anthropic

import (
	"context"

	"github.com/openloop-server/openloop/internal/dialect/messages"
)

type countMessage struct {
	headers
	Body messages.Question `body:"json"`
}

// counted is how many tokens a prompt has.
type counted struct {
	InputTokens int64 `json:"input_tokens"`
	Estimated   bool  `json:"estimated,omitzero"` // here, and not by the provider
}

func (h *handlers) countTokens(ctx context.Context, in *countMessage) (*counted, error) {
	c, err := in.Body.Call()
	if err != nil {
		return nil, err
	}
	in.note(c)
	n, estimated, err := h.s.Count(ctx, messagesDialect, c, &in.Headers)
	return &counted{InputTokens: n, Estimated: estimated}, err
}
