package relay

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
)

// abilities returns what model can be asked for at an endpoint: what the driver of its provider declares, without what the catalogue denies
// the model. Where a provider serves the models of several makers, it is what all of them take.
func (r *Relay) abilities(model file.Fallback, endpoint llm.Endpoint) llm.Abilities {
	can, declared := llm.Abilities{}, false
	for _, s := range r.o.Providers[model.Provider].Serves {
		switch {
		case s.Endpoint != cmp.Or(endpoint, llm.Chat):
		case !declared:
			can, declared = s.Abilities, true
		default:
			can.Tools, can.FreeTools = can.Tools && s.Tools, can.FreeTools || s.FreeTools
			can.JSONObject, can.JSONSchema = can.JSONObject && s.JSONObject, can.JSONSchema && s.JSONSchema
		}
	}
	known, ok := r.o.Models.Lookup(model.Provider, model.Model)
	if !ok {
		return can
	}
	can.Tools = can.Tools && (known.Tools == nil || *known.Tools)
	can.JSONSchema = can.JSONSchema && (known.JSONSchema == nil || *known.JSONSchema)
	return can
}

// Ignored returns the names of the parts of a request that have no effect at a provider's endpoint, as [llm.Ignored].
func (r *Relay) Ignored(provider string, endpoint llm.Endpoint, request *llm.Request) []string {
	asked := *request
	asked.Endpoint = endpoint
	return llm.Ignored(r.o.Providers[provider].Serves, &asked)
}
