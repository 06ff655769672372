// Package anthropic is the part of the HTTP interface that Anthropic's clients call (https://docs.anthropic.com/en/api).
package anthropic

import (
	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/web"
)

// handlers are safe for concurrent use.
type handlers struct{ s *ingress.Service }

// Owner is the provider whose models clients name without a provider.
const Owner = "anthropic"

var messagesDialect = ingress.Dialect{
	Name: "anthropic.messages", Owner: Owner, Members: map[string]string{"parallel_tool_calls": "tool_choice.disable_parallel_tool_use"},
}

// Envelope writes failures as Anthropic's clients read them.
var Envelope = ingress.Envelope(dialect.Anthropic)

// Routes returns the operations, below /v1 and below /anthropic/v1. The list of models below /v1 is that of package openai, which fits the
// clients of both.
func Routes(s *ingress.Service) []web.Route {
	h := &handlers{s}
	var out []web.Route
	for _, r := range []web.Route{
		{Method: "POST", Path: "/v1/messages", ID: "anthropic.messages", Summary: "Create a message", Op: messagesOperation(s)},
		{Method: "POST", Path: "/v1/messages/count_tokens", ID: "anthropic.count_tokens", Summary: "Estimate the tokens of a message", Op: web.JSON(h.countTokens)},
	} {
		prefixed := r
		prefixed.Path, prefixed.ID = "/anthropic"+r.Path, r.ID+"_prefixed"
		out = append(out, r, prefixed)
	}
	out = append(out, s.ModelRoutes(messagesDialect, "/anthropic")...)
	for i := range out {
		r := &out[i]
		r.Tag, r.Role, r.Hidden, r.Failure = "Anthropic", auth.Member, true, Envelope
	}
	return out
}
