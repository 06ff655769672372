package ingress

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/tmpl"
)

// Count returns how many tokens the prompt of a call has, as the provider counts them, or else by estimate. It leaves no Log and no version.
// Errors: those of the name and of the headers, and those of the Prompt's inputs.
func (s *Service) Count(ctx context.Context, d Dialect, c *dialect.Call, h *Headers) (n int64, estimated bool, err error) {
	in, err := s.input(ctx, d, c, h, nil)
	if err != nil {
		return 0, false, err
	}
	q, err := s.asked(ctx, in)
	if err != nil {
		return 0, false, err
	}
	n, counted, err := s.Relay.Count(ctx, q)
	if err != nil || counted {
		return n, false, err
	}
	return tokens.Of(&q.Request), true, nil
}

// asked is what a call would send: the request, below the template and with the tools of the Prompt that it names.
func (s *Service) asked(ctx context.Context, in *gateway.CallInput) (*relay.Question, error) {
	q := &relay.Question{Request: *in.Asked, Among: in.Among, Keys: in.Keys, Sticky: in.Sticky}
	if in.Prompt != nil {
		q.Model = file.Fallback{Provider: in.Prompt.Provider, Model: in.Prompt.Model}
		return q, nil
	}
	p, err := s.Catalog.Prompt(ctx, in.Ref)
	if err != nil {
		return nil, err
	}
	inputs, err := tmpl.DecodeInputs(in.Inputs)
	if err != nil {
		return nil, err
	}
	r, err := p.Request(ctx, inputs, in.Messages)
	if errs.Is(err, errs.MissingInputs) {
		err = errs.Within(err, "inputs")
	}
	if err != nil {
		return nil, err
	}
	r.Tools, r.ToolChoice = slices.Concat(p.Tools(), in.Asked.Tools), in.ToolChoice
	if r.ResponseFormat == nil {
		r.ResponseFormat = in.Asked.ResponseFormat
	}
	q.Request, q.Model = r, file.Fallback{Provider: p.Content.Provider, Model: p.Content.Model}
	return q, nil
}
