package aliases

import (
	"cmp"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
)

// Destinations are the targets of an alias.
func Destinations(a *store.Alias) []relay.Destination {
	out := make([]relay.Destination, len(a.Targets))
	for i, t := range a.Targets {
		out[i] = relay.Destination{
			Fallback: file.Fallback{Provider: t.Provider, Model: t.Model}, Credential: t.Credential, Order: t.Order, Weight: t.Weight,
		}
	}
	return out
}

// Main is the target that stands for an alias where one must: of those of the lowest order the first.
func Main(a *store.Alias) store.AliasTarget {
	return slices.MinFunc(a.Targets, func(a, b store.AliasTarget) int { return cmp.Compare(a.Order, b.Order) })
}

// FillIn gives r the defaults of an alias, where it has no value of its own.
func FillIn(r *llm.Request, d *store.AliasDefaults) {
	r.MaxTokens = cmp.Or(r.MaxTokens, d.MaxTokens)
	r.Temperature = cmp.Or(r.Temperature, d.Temperature)
	r.TopP = cmp.Or(r.TopP, d.TopP)
	r.PresencePenalty = cmp.Or(r.PresencePenalty, d.PresencePenalty)
	r.FrequencyPenalty = cmp.Or(r.FrequencyPenalty, d.FrequencyPenalty)
	r.Seed = cmp.Or(r.Seed, d.Seed)
	r.ResponseFormat = cmp.Or(r.ResponseFormat, d.ResponseFormat)
	r.Effort = cmp.Or(r.Effort, d.ReasoningEffort)
	if len(r.Stop) == 0 {
		r.Stop = d.Stop.Sequences
	}
}
