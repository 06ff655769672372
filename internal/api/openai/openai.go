// Package openai is the part of the HTTP interface that OpenAI's clients call (https://platform.openai.com/docs/api-reference).
package openai

import (
	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/web"
)

// handlers are safe for concurrent use.
type handlers struct{ s *ingress.Service }

// Owner is the provider whose models clients name without a provider.
const Owner = "openai"

// Envelope writes failures as OpenAI's clients read them.
var Envelope = ingress.Envelope(dialect.OpenAI)

// Routes returns the operations, below /v1 and below /openai/v1.
func Routes(s *ingress.Service) []web.Route {
	h := &handlers{s}
	rows := []web.Route{
		{Method: "POST", Path: "/v1/chat/completions", ID: "openai.chat", Summary: "Create a chat completion", Op: h.chatCompletions()},
		{Method: "POST", Path: "/v1/completions", ID: "openai.completions", Summary: "Go on from a text", Op: h.textCompletions()},
		{Method: "POST", Path: "/v1/responses", ID: "openai.responses", Summary: "Create a response", Op: h.responses()},
		{Method: "GET", Path: "/v1/responses", ID: "openai.websocket", Summary: "Refuse a WebSocket", Op: web.JSON(h.noWebSocket), Failure: upgradeEnvelope},
		{Method: "GET", Path: "/v1/models", ID: "openai.models", Summary: "List what a model can be named", Op: web.JSON(h.models)},
		{Method: "GET", Path: "/v1/models/{model...}", ID: "openai.model", Summary: "Describe what a name means", Op: web.JSON(h.model)},
	}
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
