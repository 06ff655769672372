package admin

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

func (a *handlers) providerKeyRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/provider-keys", ID: "provider_keys.list", Tag: "Provider keys", Role: auth.Admin, Summary: "List the providers and their keys", Op: web.JSON(a.providerKeysList)},
		{Method: "PUT", Path: "/v5/provider-keys/{provider}", ID: "provider_keys.save", Tag: "Provider keys", Role: auth.Admin, Summary: "Store a provider's key", Op: web.JSON(a.providerKeysSave)},
		{Method: "DELETE", Path: "/v5/provider-keys/{provider}", ID: "provider_keys.delete", Tag: "Provider keys", Role: auth.Admin, Summary: "Delete a stored key", Op: web.NoContent(a.providerKeysDelete)},
		{Method: "POST", Path: "/v5/provider-keys/{provider}/test", ID: "provider_keys.test", Tag: "Provider keys", Role: auth.Admin, Summary: "Test a provider's key", Op: web.JSON(a.providerKeysTest)},
	}
}

func (a *handlers) providerKeysList(ctx context.Context, _ *none) (*v5.Records[v5.ProviderKey], error) {
	stored, err := a.o.DB.ProviderKeys(ctx)
	if err != nil {
		return nil, err
	}
	keys := a.o.Relay.ProviderKeys(stored)
	out := &v5.Records[v5.ProviderKey]{Records: make([]v5.ProviderKey, 0, len(keys))}
	for i := range keys {
		out.Records = append(out.Records, showProviderKey(&keys[i]))
	}
	return out, nil
}

type providerKeySave struct {
	Provider string             `path:"provider"`
	Body     v5.ProviderKeySave `body:"json"`
}

func (a *handlers) providerKeysSave(ctx context.Context, in *providerKeySave) (v5.ProviderKey, error) {
	saved, err := a.o.Relay.SaveProviderKey(ctx, in.Provider, in.Body.Key, in.Body.BaseURL)
	if err != nil {
		return v5.ProviderKey{}, err
	}
	return showProviderKey(&saved), nil
}

type byProvider struct {
	Provider string `path:"provider"`
}

func (a *handlers) providerKeysDelete(ctx context.Context, in *byProvider) error {
	return a.o.DB.DeleteProviderKey(ctx, in.Provider, store.DefaultKey)
}

type providerKeyTest struct {
	Provider string             `path:"provider"`
	Body     v5.ProviderKeyTest `body:"optional"`
}

func (a *handlers) providerKeysTest(ctx context.Context, in *providerKeyTest) (v5.ProviderKeyTested, error) {
	return showTested(a.o.Relay.TestProviderKey(ctx, in.Provider, in.Body.Model))
}

func showTested(tested relay.Tested, err error) (v5.ProviderKeyTested, error) {
	if err != nil {
		return v5.ProviderKeyTested{}, err
	}
	return v5.ProviderKeyTested{OK: true, Provider: tested.Provider, Model: tested.Model, Latency: tested.Latency.Seconds()}, nil
}

func showProviderKey(k *relay.ProviderKey) v5.ProviderKey {
	out := v5.ProviderKey{Provider: v5.Provider(k.Provider), Name: k.Display, Environment: k.Environment}
	if s := k.Stored; s != nil {
		out.Stored, out.Keys, out.Hint, out.BaseURL, out.CreatedBy = true, k.Several, s.Hint, s.BaseURL, s.CreatedBy
		out.CreatedAt, out.UpdatedAt = show.Time(s.CreatedAt), show.Time(s.UpdatedAt)
	}
	return out
}
