package openai

import (
	"context"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/chat"
	"github.com/openloop-server/openloop/internal/web"
)

type chatCompletions struct {
	ingress.Headers
	Body chatBody `body:"json"`
}

var chatDialect = ingress.Dialect{Name: "openai.chat", Owner: Owner}

func chatOperation(s *ingress.Service) web.Operation {
	return ingress.Serve(s, ingress.Operation[chatCompletions, *chat.Completion]{
		Dialect: chatDialect, Failed: failedEvent, Done: true,
		Ask: func(_ context.Context, in *chatCompletions) (*dialect.Call, *ingress.Headers, error) {
			c, err := in.Body.call()
			return c, &in.Headers, err
		},
		Wanted: func(in *chatCompletions) bool { return in.Body.streams() },
		Whole:  func(_ *chatCompletions, a *ingress.Answer) *chat.Completion { return sampled(a, chat.NewCompletion) },
		Begin: func(in *chatCompletions, b *ingress.Begun) ingress.Writer {
			return &samples{chat.NewChunks(b.LogID, b.Time.Unix(), b.Model, in.Body.usage()), b.Send}
		},
	})
}
