package admin

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
	"github.com/openloop-server/openloop/internal/web"
)

// credentialRoutes returns the operations on the keys of a provider by their names. That of a provider alone is the one named default.
func (a *handlers) credentialRoutes() []web.Route {
	const all = "/v5/provider-keys/{provider}/credentials"
	return []web.Route{
		{Method: "GET", Path: all, ID: "provider_keys.list_credentials", Tag: "Provider keys", Role: auth.Admin, Summary: "List the stored keys of a provider", Op: web.JSON(a.credentialsList)},
		{Method: "PUT", Path: all + "/{name}", ID: "provider_keys.save_credential", Tag: "Provider keys", Role: auth.Admin, Summary: "Test a key and store it under a name", Op: web.JSON(a.credentialsSave)},
		{Method: "PATCH", Path: all + "/{name}", ID: "provider_keys.rotate_credential", Tag: "Provider keys", Role: auth.Admin, Summary: "Change which calls use a stored key", Op: web.JSON(a.credentialsRotate)},
		{Method: "DELETE", Path: all + "/{name}", ID: "provider_keys.delete_credential", Tag: "Provider keys", Role: auth.Admin, Summary: "Delete a stored key by its name", Op: web.NoContent(a.credentialsDelete)},
		{Method: "POST", Path: all + "/{name}/test", ID: "provider_keys.test_credential", Tag: "Provider keys", Role: auth.Admin, Summary: "Test a stored key by its name", Op: web.JSON(a.credentialsTest)},
	}
}

func (a *handlers) credentialsList(ctx context.Context, in *byProvider) (*v5.Records[v5.Credential], error) {
	stored, err := a.o.DB.ProviderKeys(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := a.o.Relay.StoredKeys(stored, in.Provider)
	if err != nil {
		return nil, err
	}
	out := &v5.Records[v5.Credential]{Records: make([]v5.Credential, len(keys))}
	for i := range keys {
		out.Records[i] = showCredential(&keys[i])
	}
	return out, nil
}

type credentialSave struct {
	Provider string            `path:"provider"`
	Name     string            `path:"name"`
	Body     v5.CredentialSave `body:"json"`
}

func (a *handlers) credentialsSave(ctx context.Context, in *credentialSave) (v5.Credential, error) {
	b := &in.Body
	saved, err := a.o.Relay.SaveCredential(ctx, vault.Key{
		Provider: in.Provider, Name: in.Name, Value: b.Key, BaseURL: b.BaseURL, Rotation: new(store.Rotation(b.Rotation)),
	}, b.TestModel)
	return showCredential(&saved), err
}

type credentialRotate struct {
	Provider string      `path:"provider"`
	Name     string      `path:"name"`
	Body     v5.Rotation `body:"json"`
}

func (a *handlers) credentialsRotate(ctx context.Context, in *credentialRotate) (v5.Credential, error) {
	changed, err := a.o.DB.RotateProviderKey(ctx, in.Provider, in.Name, store.Rotation(in.Body))
	return showCredential(&changed), err
}

type byCredential struct {
	Provider string `path:"provider"`
	Name     string `path:"name"`
}

func (a *handlers) credentialsDelete(ctx context.Context, in *byCredential) error {
	return a.o.DB.DeleteProviderKey(ctx, in.Provider, in.Name)
}

type credentialTest struct {
	Provider string             `path:"provider"`
	Name     string             `path:"name"`
	Body     v5.ProviderKeyTest `body:"optional"`
}

func (a *handlers) credentialsTest(ctx context.Context, in *credentialTest) (v5.ProviderKeyTested, error) {
	return showTested(a.o.Relay.TestCredential(ctx, in.Provider, in.Name, in.Body.Model))
}

func showCredential(k *store.ProviderKey) v5.Credential {
	return v5.Credential{
		Name: k.Name, Hint: k.Hint, BaseURL: k.BaseURL, Order: k.Order, Weight: k.Weight, Models: k.Models,
		CreatedAt: show.Time(k.CreatedAt), UpdatedAt: show.Time(k.UpdatedAt), CreatedBy: k.CreatedBy,
	}
}
