package gateway

import (
	"cmp"
	"context"
	"slices"

	"openloop/internal/auth"
	"openloop/internal/errs"
	"openloop/internal/store"
	"openloop/internal/vault"
)

// ProviderKey says what calls of a provider can get in with.
type ProviderKey struct {
	Provider    string
	Display     string             // "" for a stored key whose provider this server does not have
	Stored      *store.ProviderKey // nil when none is stored
	Environment bool               // the settings of this server hold a key; what a cloud's own credential chain may find does not count
}

// ProviderKeys lists the providers of this server, and those that a key is stored for, by slug.
func (g *Gateway) ProviderKeys(ctx context.Context) ([]ProviderKey, error) {
	rows, err := g.o.DB.ProviderKeys(ctx)
	if err != nil {
		return nil, err
	}
	bySlug := make(map[string]ProviderKey, len(g.o.Providers))
	for slug := range g.o.Providers {
		bySlug[slug] = g.providerKey(slug, nil)
	}
	for i := range rows {
		bySlug[rows[i].Provider] = g.providerKey(rows[i].Provider, &rows[i])
	}
	out := make([]ProviderKey, 0, len(bySlug))
	for _, k := range bySlug {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b ProviderKey) int { return cmp.Compare(a.Provider, b.Provider) })
	return out, nil
}

func (g *Gateway) providerKey(slug string, stored *store.ProviderKey) ProviderKey {
	p := g.o.Providers[slug]
	return ProviderKey{Provider: slug, Display: p.Display, Stored: stored, Environment: p.Key != ""}
}

// SaveProviderKey stores a provider's key, which calls use from then on, also those of other processes. Errors: unknown_provider, and
// those of [vault.Vault.Save].
func (g *Gateway) SaveProviderKey(ctx context.Context, slug, key, baseURL string) (ProviderKey, error) {
	if _, ok := g.o.Providers[slug]; !ok {
		return ProviderKey{}, g.unknownProvider(slug)
	}
	if g.o.Vault == nil {
		return ProviderKey{}, errs.New(errs.DependencyUnavailable, "This server stores no provider keys.")
	}
	stored, err := g.o.Vault.Save(ctx, vault.Key{Provider: slug, Value: key, BaseURL: baseURL, By: auth.From(ctx).KeyID})
	if err != nil {
		return ProviderKey{}, err
	}
	return g.providerKey(slug, &stored), nil
}

// DeleteProviderKey deletes the stored key of a provider, also one that cannot be opened. Errors: resource_not_found.
func (g *Gateway) DeleteProviderKey(ctx context.Context, slug string) error {
	return g.o.DB.DeleteProviderKey(ctx, slug)
}
