package gateway

import (
	"iter"

	"openloop/internal/models"
)

// Models yields what is known of the models of this server's providers, sorted by provider and id; only those of one provider when a
// slug is given. A slug of none is an error of reason unknown_provider.
func (g *Gateway) Models(provider string) (iter.Seq[*models.Model], error) {
	if _, ok := g.o.Providers[provider]; !ok && provider != "" {
		return nil, g.unknownProvider(provider)
	}
	return func(yield func(*models.Model) bool) {
		for m := range g.o.Models.All() {
			_, has := g.o.Providers[m.Provider]
			if has && (provider == "" || provider == m.Provider) && !yield(m) {
				return
			}
		}
	}, nil
}
