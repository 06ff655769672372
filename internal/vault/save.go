package vault

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
)

// Key is a provider's key that is to be stored.
type Key struct {
	Provider string
	Name     string          // "" means [store.DefaultKey]
	Value    string          // as the provider gave it; blanks around it do not matter
	BaseURL  string          // "" means the provider's own
	By       string          // id of the API key that stores it; "" for the command line
	Rotation *store.Rotation // nil leaves that of the earlier key
}

// Save encrypts and stores a key, replacing the provider's earlier one of the name. Errors: validation_failed for a mask instead of a key, and
// for an invalid key or base URL; dependency_unavailable if the encryption key is missing, or differs from that of the stored secrets, which a
// new key never replaces.
func (v *Vault) Save(ctx context.Context, k Key) (store.ProviderKey, error) {
	row, err := v.row(ctx, &k)
	if err != nil {
		return store.ProviderKey{}, err
	}
	box, err := v.forSealing(ctx, providerKeys)
	if err != nil {
		return store.ProviderKey{}, unsealable("vault.Save", "The key", err)
	}
	row.Sealed = box.Seal([]byte(k.Value), bound(row.Provider, row.Name, row.BaseURL)...)
	return v.db.SaveProviderKey(ctx, row, v.guard("vault.Save", "The key"))
}

// Try returns what a call with k would use, and stores nothing. Errors are those of [Vault.Save] about k.
func (v *Vault) Try(ctx context.Context, k Key) (llm.Credentials, error) {
	_, err := v.row(ctx, &k)
	return llm.Credentials{Key: k.Value, BaseURL: k.BaseURL}, err
}

// row checks k, without the blanks around it, and returns what is stored of it but for the sealed key.
func (v *Vault) row(ctx context.Context, k *Key) (store.ProviderKey, error) {
	k.Value, k.BaseURL, k.Name = strings.TrimSpace(k.Value), strings.TrimSpace(k.BaseURL), cmp.Or(k.Name, store.DefaultKey)
	rows, err := v.db.ProviderKeys(ctx)
	if err != nil {
		return store.ProviderKey{}, err
	}
	var earlier store.ProviderKey
	if i := slices.IndexFunc(rows, func(r store.ProviderKey) bool { return r.Provider == k.Provider && r.Name == k.Name }); i >= 0 {
		earlier = rows[i]
	}
	row := store.ProviderKey{
		Provider: k.Provider, Name: k.Name, Hint: hint(k.Value), BaseURL: k.BaseURL, CreatedBy: k.By, Rotation: earlier.Rotation,
	}
	if k.Rotation != nil {
		row.Rotation = *k.Rotation
	}
	return row, k.check(earlier.Hint)
}

// guard refuses to store a value if another server has meanwhile encrypted one with a different key.
func (v *Vault) guard(op, what string) store.Guard {
	return func(marks []store.Mark) error {
		if err := v.fits(marks); err != nil {
			return unsealable(op, what, err)
		}
		return nil
	}
}

// hint returns the part of a key that may be shown: its last four characters. It is empty for a key that is a JSON document.
func hint(key string) string {
	if strings.HasPrefix(key, "{") {
		return ""
	}
	return auth.Hint(key)
}

// check refuses an invalid key or base URL. shown is the hint of the currently stored key.
func (k *Key) check(shown string) error {
	switch {
	case !plainName(k.Name):
		return errs.Invalid("The name of a key is 1 to 64 lower-case letters, digits, - and _, and begins with a letter or a digit.", "name")
	case k.Value == "":
		return errs.Invalid("The key is empty.", "key")
	case masked(k.Value, shown):
		return errs.Invalid("The key is a mask of one, not the key itself. Send the whole key, or leave the stored one as it is.", "key")
	case !keyLike(k.Value):
		return errs.Invalid("The key has blanks or characters in it that no key has.", "key")
	case k.BaseURL != "" && !baseURL(k.BaseURL):
		return errs.Invalid("The base URL is not an http or https URL like https://host/path, without a user and a fragment.", "base_url")
	}
	return nil
}

func plainName(name string) bool {
	inner := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' }
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, inner) && name[0] != '-' && name[0] != '_'
}

// masks are texts that appear in masked keys, but not in real ones.
var masks = [...]string{"…", "•", "●", "***", "...", "[redacted]", "<redacted>"}

// masked reports whether a text is a masked key.
func masked(text, shown string) bool {
	if shown != "" && text == shown {
		return true
	}
	text = strings.ToLower(text)
	for _, m := range masks {
		if strings.Contains(text, m) {
			return true
		}
	}
	return false
}

// keyLike reports whether a text can be a key: a word, or a JSON document.
func keyLike(text string) bool {
	lowest := '!'
	if strings.HasPrefix(text, "{") {
		lowest = '\t'
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return r < lowest || r > '~' })
}

func baseURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Fragment == "" && keyLike(text)
}
