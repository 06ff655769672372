package openai

import (
	"context"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/completions"
	"github.com/openloop-server/openloop/internal/web"
)

type textCompletions struct {
	ingress.Headers
	Body completions.TextParams `body:"json"`
}

func textOperation(s *ingress.Service) web.Operation {
	return ingress.Serve(s, ingress.Operation[textCompletions, *completions.TextCompletion]{
		Dialect: ingress.Dialect{Name: "openai.completions", Owner: Owner}, Failed: failedEvent, Done: true,
		Ask: func(_ context.Context, in *textCompletions) (*dialect.Call, *ingress.Headers, error) {
			c, err := in.Body.Call()
			return c, &in.Headers, err
		},
		Wanted: func(in *textCompletions) bool { return in.Body.Stream },
		Whole: func(_ *textCompletions, a *ingress.Answer) *completions.TextCompletion {
			return sampled(a, completions.NewTextCompletion)
		},
		Begin: func(in *textCompletions, b *ingress.Begun) ingress.Writer {
			return &samples{completions.NewPieces(b.LogID, b.Time.Unix(), b.Model, in.Body.StreamOptions.Usage()), b.Send}
		},
	})
}
