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

// StoredKeys are those of rows that are of a provider. Errors: unknown_provider for one of which none is stored.
func (r *Relay) StoredKeys(rows []store.ProviderKey, slug string) ([]store.ProviderKey, error) {
	keys := storedKeys(rows)[slug]
	if _, ok := r.o.Providers[slug]; !ok && len(keys) == 0 {
		return nil, r.unknownProvider(slug)
	}
	return keys, nil
}

// SaveCredential tests a key, and stores it under its name if it works: no call uses a key that never answered. An empty model selects the
// model of the test as [Relay.TestProviderKey] does. Errors: those of the test and of [Relay.SaveProviderKey].
func (r *Relay) SaveCredential(ctx context.Context, k vault.Key, model string) (store.ProviderKey, error) {
	p, ok := r.o.Providers[k.Provider]
	if !ok {
		return store.ProviderKey{}, r.unknownProvider(k.Provider)
	}
	if r.o.Vault == nil {
		return store.ProviderKey{}, errNoVault()
	}
	in, err := r.o.Vault.Try(ctx, k)
	if err != nil {
		return store.ProviderKey{}, err
	}
	if missing := p.missing(k.Provider, in); missing != "" {
		return store.ProviderKey{}, keyMissing(k.Provider, missing)
	}
	if model == "" && len(cheapest(r.o.Models, k.Provider, r.o.Now())) == 0 {
		return store.ProviderKey{}, noModel(&p, "test_model")
	}
	tested, err := r.testKey(ctx, p, in, k.Provider, model)
	if err != nil {
		return store.ProviderKey{}, err
	}
	k.By = auth.From(ctx).KeyID
	saved, err := r.o.Vault.Save(ctx, k)
	if err == nil {
		r.noteTest(keyID{k.Provider, saved.Name}, model, tested, nil)
	}
	return saved, err
}

func errNoVault() error {
	return errs.New(errs.DependencyUnavailable, "This server stores no provider keys.")
}

// SaveProviderKey stores a provider's key, the one named default. Later calls use it, in other processes too. Errors: unknown_provider, and those of
// [vault.Vault.Save].
func (r *Relay) SaveProviderKey(ctx context.Context, slug, key, baseURL string) (ProviderKey, error) {
	if _, ok := r.o.Providers[slug]; !ok {
		return ProviderKey{}, r.unknownProvider(slug)
	}
	if r.o.Vault == nil {
		return ProviderKey{}, errNoVault()
	}
	stored, err := r.o.Vault.Save(ctx, vault.Key{Provider: slug, Value: key, BaseURL: baseURL, By: auth.From(ctx).KeyID})
	if err != nil {
		return ProviderKey{}, err
	}
	return r.providerKey(slug, []store.ProviderKey{stored}), nil
}
