package relay

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
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

// Usable reports whether calls of a provider can leave out its key: it has one here, or needs none.
func (r *Relay) Usable(ctx context.Context, provider string) bool {
	p, all, err := r.allCredentials(ctx, provider, nil)
	if err == nil {
		all, err = p.usable(provider, all)
	}
	return err == nil && p.placed(all)
}

// placed reports whether it is known where a call with one of these credentials goes.
func (p *Provider) placed(all []credential) bool {
	return !p.Nowhere || slices.ContainsFunc(all, func(c credential) bool { return c.BaseURL != "" })
}

// Serving returns the usable providers whose catalogue lists model, sorted.
func (r *Relay) Serving(ctx context.Context, model string) []string {
	var out []string
	for _, slug := range slices.Sorted(maps.Keys(r.o.Providers)) {
		m, ok := r.o.Models.Lookup(slug, model)
		if !ok || m.ID == models.Any {
			continue
		}
		p, all, err := r.credentials(ctx, &Destination{Fallback: file.Fallback{Provider: slug, Model: model}}, nil)
		if err == nil && p.placed(all) {
			out = append(out, slug)
		}
	}
	return out
}

// Completes reports whether a model goes on from a text: its provider serves that, and the catalogue does not say that the model chats.
func (r *Relay) Completes(provider, model string) bool {
	m, ok := r.o.Models.Lookup(provider, model)
	if ok && m.ID != models.Any && m.Kind == models.Chat {
		return false
	}
	return slices.ContainsFunc(r.o.Providers[provider].Serves, func(s llm.Served) bool { return s.Endpoint == llm.Complete })
}

// Model finds a model of a provider by the name that a caller uses, as [models.Registry.Lookup] does.
func (r *Relay) Model(provider, name string) (*models.Model, bool) {
	return r.o.Models.Lookup(provider, name)
}
