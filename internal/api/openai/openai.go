// Package openai is the part of the HTTP interface that OpenAI's clients call (https://platform.openai.com/docs/api-reference).
package openai

import (
	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/web"
)

// Owner is the provider whose models clients name without a provider.
const Owner = "openai"

// Envelope writes failures as OpenAI's clients read them.
var Envelope = ingress.Envelope(dialect.OpenAI)

// Routes returns the operations, below /v1 and below /openai/v1.
func Routes(s *ingress.Service) []web.Route {
	rows := append([]web.Route{
		{Method: "POST", Path: "/v1/chat/completions", ID: "openai.chat", Summary: "Create a chat completion", Op: chatOperation(s)},
		{Method: "POST", Path: "/v1/completions", ID: "openai.completions", Summary: "Go on from a text", Op: textOperation(s)},
		{Method: "POST", Path: "/v1/embeddings", ID: "openai.embeddings", Summary: "Make embeddings", Op: embeddingsOperation(s)},
		{Method: "POST", Path: "/v1/responses", ID: "openai.responses", Summary: "Create a response", Op: responsesOperation(s)},
		{Method: "POST", Path: "/v1/responses/input_tokens", ID: "openai.input_tokens", Summary: "Count the tokens of an input", Op: countOperation(s)},
		{Method: "POST", Path: "/v1/responses/compact", ID: "openai.compact", Summary: "Put a conversation into fewer tokens", Op: compactOperation(s)},
		{Method: "GET", Path: "/v1/responses", ID: "openai.websocket", Summary: "Refuse a WebSocket", Op: web.JSON(noWebSocket), Failure: upgradeEnvelope},
	}, s.ModelRoutes(chatDialect, "")...)
	rows = append(rows, keptResponses{s}.routes()...)
	var out []web.Route
	for _, r := range rows {
		r.Tag, r.Role, r.Hidden = "OpenAI", auth.Member, true
		if r.Failure == nil {
			r.Failure = Envelope
		}
		other := r
		other.Path, other.ID = "/openai"+r.Path, r.ID+"_prefixed"
		out = append(out, r, other)
	}
	return out
}
