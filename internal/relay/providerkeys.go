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
	Stored      *store.ProviderKey // the default one of several, else the first; nil when none is stored
	Several     int                // how many are stored, when it is more than one
	Environment bool               // the settings of this server hold a key; what a cloud's own credential chain may find does not count
}

// ProviderKeys lists the providers of this server, and those of rows, the stored keys, by slug.
func (r *Relay) ProviderKeys(rows []store.ProviderKey) []ProviderKey {
	bySlug := make(map[string]ProviderKey, len(r.o.Providers))
	for slug := range r.o.Providers {
		bySlug[slug] = r.providerKey(slug, nil)
	}
	for slug, keys := range storedKeys(rows) {
		bySlug[slug] = r.providerKey(slug, keys)
	}
	return slices.SortedFunc(maps.Values(bySlug), func(a, b ProviderKey) int { return cmp.Compare(a.Provider, b.Provider) })
}

// storedKeys are rows, which are sorted, by provider.
func storedKeys(rows []store.ProviderKey) map[string][]store.ProviderKey {
	out := map[string][]store.ProviderKey{}
	for _, k := range rows {
		out[k.Provider] = append(out[k.Provider], k)
	}
	return out
}

func (r *Relay) providerKey(slug string, stored []store.ProviderKey) ProviderKey {
	p := r.o.Providers[slug]
	out := ProviderKey{Provider: slug, Display: p.Display, Environment: p.Key != ""}
	if len(stored) > 0 {
		out.Stored = &stored[primary(stored, func(k *store.ProviderKey) string { return k.Name })]
	}
	if len(stored) > 1 {
		out.Several = len(stored)
	}
	return out
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
	return r.providerKey(slug, []store.ProviderKey{stored}), nil
}
