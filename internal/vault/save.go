package vault

import (
	"context"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

// Key is a provider's key that is to be stored.
type Key struct {
	Provider string
	Value    string // as the provider gave it; blanks around it do not matter
	BaseURL  string // "" means the provider's own
	By       string // id of the API key that stores it; "" for the command line
}

// Save encrypts and stores a key, replacing the provider's earlier one. Errors: validation_failed for a mask instead of a key, and for an
// invalid key or base URL; dependency_unavailable if the encryption key is missing, or differs from that of the stored secrets, which a new
// key never replaces.
func (v *Vault) Save(ctx context.Context, k Key) (store.ProviderKey, error) {
	k.Value, k.BaseURL = strings.TrimSpace(k.Value), strings.TrimSpace(k.BaseURL)
	rows, err := v.db.ProviderKeys(ctx)
	if err != nil {
		return store.ProviderKey{}, err
	}
	if err := k.check(hintOf(rows, k.Provider)); err != nil {
		return store.ProviderKey{}, err
	}
	box, err := v.forSealing(ctx, providerKeys)
	if err != nil {
		return store.ProviderKey{}, unsealable("vault.Save", "The key", err)
	}
	saved, err := v.db.SaveProviderKey(ctx, store.ProviderKey{
		Provider: k.Provider, Sealed: box.Seal([]byte(k.Value), k.Provider, k.BaseURL), Hint: hint(k.Value), BaseURL: k.BaseURL, CreatedBy: k.By,
	}, v.guard("vault.Save", "The key"))
	return saved, err
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

func hintOf(rows []store.ProviderKey, provider string) string {
	for i := range rows {
		if rows[i].Provider == provider {
			return rows[i].Hint
		}
	}
	return ""
}

// check refuses an invalid key or base URL. shown is the hint of the currently stored key.
func (k *Key) check(shown string) error {
	switch {
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
