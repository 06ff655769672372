package relay

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

// ProviderKey describes the keys that calls of a provider can use.
type ProviderKey struct {
	Provider    string
	Display     string             // "" for a stored key whose provider this server does not have
	Stored      *store.ProviderKey // nil when none is stored
	Environment bool               // the settings of this server hold a key; what a cloud's own credential chain may find does not count
}

// ProviderKeys lists the providers of this server, and those of rows, the stored keys, by slug.
func (r *Relay) ProviderKeys(rows []store.ProviderKey) []ProviderKey {
	bySlug := make(map[string]ProviderKey, len(r.o.Providers))
	for slug := range r.o.Providers {
		bySlug[slug] = r.providerKey(slug, nil)
	}
	for i := range rows {
		bySlug[rows[i].Provider] = r.providerKey(rows[i].Provider, &rows[i])
	}
	return slices.SortedFunc(maps.Values(bySlug), func(a, b ProviderKey) int { return cmp.Compare(a.Provider, b.Provider) })
}

func (r *Relay) providerKey(slug string, stored *store.ProviderKey) ProviderKey {
	p := r.o.Providers[slug]
	return ProviderKey{Provider: slug, Display: p.Display, Stored: stored, Environment: p.Key != ""}
}

// SaveProviderKey stores a provider's key. Later calls use it, in other processes too. Errors: unknown_provider, and those of
// [vault.Vault.Save].
func (r *Relay) SaveProviderKey(ctx context.Context, slug, key, baseURL string) (ProviderKey, error) {
	if _, ok := r.o.Providers[slug]; !ok {
		return ProviderKey{}, r.unknownProvider(slug)
	}
	if r.o.Vault == nil {
		return ProviderKey{}, errs.New(errs.DependencyUnavailable, "This server stores no provider keys.")
	}
	stored, err := r.o.Vault.Save(ctx, vault.Key{Provider: slug, Value: key, BaseURL: baseURL, By: auth.From(ctx).KeyID})
	if err != nil {
		return ProviderKey{}, err
	}
	return r.providerKey(slug, &stored), nil
}
