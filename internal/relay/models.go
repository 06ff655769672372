package relay

import (
	"iter"

	"github.com/openloop-server/openloop/internal/models"
)

// Models yields the known models of this server's providers, sorted by provider and id. A slug selects one provider; an unknown slug is an
// error of reason unknown_provider.
func (r *Relay) Models(provider string) (iter.Seq[*models.Model], error) {
	if _, ok := r.o.Providers[provider]; !ok && provider != "" {
		return nil, r.unknownProvider(provider)
	}
	return func(yield func(*models.Model) bool) {
		for m := range r.o.Models.All() {
			_, has := r.o.Providers[m.Provider]
			if has && (provider == "" || provider == m.Provider) && !yield(m) {
				return
			}
		}
	}, nil
}
