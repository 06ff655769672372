package openai

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/chat"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/input"
)

type chatCompletions struct {
	ingress.Headers
	Beta string                   `header:"OpenAI-Beta"`
	Body input.Deferred[chatBody] `body:"json"`
}

var chatDialect = ingress.Dialect{Name: "openai.chat", Owner: Owner}

func chatOperation(s *ingress.Service) web.Operation {
	return ingress.Serve(s, ingress.Operation[chatCompletions, *chat.Completion]{
		Dialect: chatDialect, Failed: failedEvent, Done: true,
		Ask: func(_ context.Context, in *chatCompletions) (*dialect.Call, *ingress.Headers, error) {
			c, err := ingress.Read(&in.Body, (*chatBody).call)
			return c, &in.Headers, err
		},
		Native: func(in *chatCompletions) *ingress.Native {
			if body, err := in.Body.Value(); body.Response != nil || err != nil && !slices.Contains(json.Names(in.Body.Raw), "messages") {
				return nil // a response, which is answered as a chat
			}
			return &ingress.Native{Dialect: llm.ChatDialect, Body: in.Body.Raw, Header: forwarded(in.Beta), View: func() *dialect.Call { return chat.View(in.Body.Raw) }}
		},
		Wanted: func(in *chatCompletions) bool { return ingress.Streams(&in.Body, (*chatBody).streams) },
		Whole:  func(_ *chatCompletions, a *ingress.Answer) *chat.Completion { return sampled(a, chat.NewCompletion) },
		Begin: func(in *chatCompletions, b *ingress.Begun) ingress.Writer {
			body, _ := in.Body.Value()
			return &samples{chat.NewChunks(b.LogID, b.Time.Unix(), b.Model, body.usage()), b.Send}
		},
	})
}
