package anthropic

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/tmpl"
)

type countMessage struct {
	headers
	Body messages.Question `body:"json"`
}

// counted is how many tokens a prompt has.
type counted struct {
	InputTokens int64 `json:"input_tokens"`
	Estimated   bool  `json:"estimated"` // here, and not by the provider
}

func (h *handlers) countTokens(ctx context.Context, in *countMessage) (*counted, error) {
	c, err := in.Body.Call()
	if err != nil {
		return nil, err
	}
	r, err := h.prompted(ctx, in, c)
	if err != nil {
		return nil, err
	}
	return &counted{InputTokens: tokens.Of(r), Estimated: true}, nil
}

// prompted is what a call would send: the request, below the template and with the tools of the Prompt that it names.
func (h *handlers) prompted(ctx context.Context, in *countMessage, c *dialect.Call) (*llm.Request, error) {
	target, err := h.s.Target(ctx, messagesDialect, c.Name, &in.Headers)
	if err != nil || target.Model != nil {
		return &c.Request, err
	}
	p, err := h.s.Catalog.Prompt(ctx, target.Ref)
	if err != nil {
		return nil, err
	}
	inputs, err := tmpl.DecodeInputs(c.Inputs)
	if err != nil {
		return nil, err
	}
	r, err := p.Request(ctx, inputs, c.Request.Messages)
	r.Tools, r.ResponseFormat = slices.Concat(p.Tools(), c.Request.Tools), c.Request.ResponseFormat
	return &r, err
}
