package relay

import (
	"context"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

// credential is a key that a call may use. Of one that the caller brings nothing is remembered.
type credential struct {
	vault.Credential // of the environment's it has no name
	brought          bool
}

// credentials returns the provider of a destination and all that it can be called with, one at least. They come from the first of these that has a
// key or a base URL: the call, the stored keys, the server's environment. So a key is never sent to a base URL from elsewhere. Errors:
// unknown_provider, provider_key_missing.
func (r *Relay) credentials(ctx context.Context, d *Destination, keys map[string]string) (Provider, []credential, error) {
	p, all, err := r.allCredentials(ctx, d.Provider, keys)
	if err != nil {
		return Provider{}, nil, err
	}
	all = slices.DeleteFunc(all, func(c credential) bool { return d.Credential != "" && !c.brought && c.Name != d.Credential })
	if len(all) == 0 {
		return Provider{}, nil, keyMissing(d.Provider, "No key "+quoted(d.Credential)+" is stored for "+p.Display+".")
	}
	all = slices.DeleteFunc(all, func(c credential) bool { return !serves(c.Models, d.Model) })
	if len(all) == 0 {
		return Provider{}, nil, keyMissing(d.Provider, "No key that is stored for "+p.Display+" is for the model "+d.Model+".")
	}
	usable, err := p.usable(d.Provider, all)
	if err != nil {
		return Provider{}, nil, err
	}
	return p, usable, nil
}

// allCredentials is credentials without regard to the model and to whether they suffice. Errors: unknown_provider.
func (r *Relay) allCredentials(ctx context.Context, slug string, keys map[string]string) (Provider, []credential, error) {
	p, ok := r.o.Providers[slug]
	if !ok {
		return Provider{}, nil, r.unknownProvider(slug)
	}
	in := llm.Credentials{Key: keys[slug]}
	if p.TakesURL {
		in.BaseURL = keys[slug+"_endpoint"]
	}
	alone := store.Rotation{Weight: 1}
	if in != (llm.Credentials{}) {
		return p, []credential{{Credential: vault.Credential{Rotation: alone, Credentials: in}, brought: true}}, nil
	}
	if r.o.Vault != nil {
		stored, err := r.o.Vault.Credentials(ctx, slug)
		if err != nil {
			return Provider{}, nil, err
		}
		if len(stored) > 0 {
			out := make([]credential, len(stored))
			for i, c := range stored {
				out[i] = credential{Credential: c}
			}
			return p, out, nil
		}
	}
	return p, []credential{{Credential: vault.Credential{Rotation: alone, Credentials: llm.Credentials{Key: p.Key}}}}, nil
}

// credentialNamed returns the provider of a slug, and its key of a name: "" for that of the server's environment. The key is nil if there is none.
// Errors: unknown_provider, provider_key_missing for a key that does not suffice.
func (r *Relay) credentialNamed(ctx context.Context, slug, name string) (Provider, *credential, error) {
	p, all, err := r.allCredentials(ctx, slug, nil)
	if err != nil {
		return Provider{}, nil, err
	}
	i := slices.IndexFunc(all, func(c credential) bool { return c.Name == name })
	if i < 0 {
		return p, nil, nil
	}
	_, err = p.usable(slug, all[i:i+1])
	return p, &all[i], err
}

// usable returns those of credentials with which the provider can be called, or why it cannot with the first.
func (p *Provider) usable(slug string, credentials []credential) ([]credential, error) {
	var first error
	out := credentials[:0:0]
	for _, c := range credentials {
		err := c.Err
		if missing := p.missing(slug, c.Credentials); err == nil && missing != "" {
			err = keyMissing(slug, missing)
		}
		if err == nil {
			out = append(out, c)
		} else if first == nil {
			first = err
		}
	}
	if len(out) == 0 {
		return nil, first
	}
	return out, nil
}

func keyMissing(slug, message string) error {
	return &errs.Error{Reason: errs.ProviderKeyMissing, Provider: slug, Param: "provider_api_keys." + slug, Message: message}
}

// serves reports whether a key that is for these models is for model.
func serves(models []string, model string) bool {
	return len(models) == 0 || slices.ContainsFunc(models, func(name string) bool {
		prefix, open := strings.CutSuffix(name, "*")
		return name == model || open && strings.HasPrefix(model, prefix)
	})
}

// primary returns the place of the key that stands for a provider: the default one, else the first.
func primary[T any](keys []T, name func(*T) string) int {
	return max(0, slices.IndexFunc(keys, func(k T) bool { return name(&k) == store.DefaultKey }))
}
