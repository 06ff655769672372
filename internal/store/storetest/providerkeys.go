package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

var providerKeys = map[string]func(*testing.T, *harness){
	"SaveProviderKey keeps everything":          providerKeysKeep,
	"SaveProviderKey replaces the earlier key":  providerKeysReplace,
	"SaveProviderKey at once keeps one of them": providerKeysAtOnce,
	"A provider has several keys":               providerKeysByName,
	"RotateProviderKey":                         providerKeysRotate,
	"DeleteProviderKey":                         providerKeysDelete,
}

// keyFor is a key as SaveProviderKey takes it.
func keyFor(provider, value string) store.ProviderKey {
	return store.ProviderKey{Provider: provider, Sealed: []byte(value), Hint: "hint", CreatedBy: "key_1"}
}

func (h *harness) saveKey(t *testing.T, k store.ProviderKey) store.ProviderKey {
	t.Helper()
	saved, err := h.SaveProviderKey(t.Context(), k)
	must(t, err)
	return saved
}

// storedKeys are all keys of the database.
func (h *harness) storedKeys(t *testing.T) []store.ProviderKey {
	t.Helper()
	all, err := h.ProviderKeys(t.Context())
	must(t, err)
	return all
}

func providerKeysKeep(t *testing.T, h *harness) {
	equal(t, "keys of a new database", nil, h.storedKeys(t))
	openai := h.saveKey(t, keyFor("openai", "\x00\xff sealed"))
	azure := keyFor("openai_azure", "x")
	azure.BaseURL, azure.Hint, azure.CreatedBy = "https://a.example/ü", "", ""
	azure = h.saveKey(t, azure)
	anthropic := h.saveKey(t, keyFor("anthropic", "other"))
	if openai.CreatedAt.Before(epoch) || !openai.CreatedAt.Equal(openai.UpdatedAt) {
		t.Errorf("made at %v, updated at %v", openai.CreatedAt, openai.UpdatedAt)
	}
	want := []store.ProviderKey{anthropic, openai, azure}
	equal(t, "keys", want, h.storedKeys(t))
	h.reopen(t)
	equal(t, "keys after opening again", want, h.storedKeys(t))
}

func providerKeysReplace(t *testing.T, h *harness) {
	first := keyFor("openai", "first")
	first.BaseURL = "https://a.example"
	first = h.saveKey(t, first)
	before := h.Moment()
	second := h.saveKey(t, store.ProviderKey{Provider: "openai", Sealed: []byte("second"), Hint: "cond", CreatedBy: "key_2"})
	if h.Moment() == before {
		t.Error("a new key is no change")
	}
	want := store.ProviderKey{
		Provider: "openai", Name: store.DefaultKey, Sealed: []byte("second"), Hint: "cond", CreatedBy: "key_2", CreatedAt: first.CreatedAt, UpdatedAt: second.UpdatedAt,
		Rotation: store.Rotation{Weight: 1},
	}
	equal(t, "returned", want, second)
	equal(t, "stored", []store.ProviderKey{want}, h.storedKeys(t))
	if !second.UpdatedAt.After(first.UpdatedAt) {
		t.Errorf("updated at %v, made at %v", second.UpdatedAt, first.UpdatedAt)
	}
}

func providerKeysAtOnce(t *testing.T, h *harness) {
	atOnce(20, func(i int) {
		k := keyFor("openai", itoa(i))
		k.Hint = itoa(i)
		if _, err := h.SaveProviderKey(t.Context(), k); err != nil {
			t.Error(err)
		}
	})
	all := h.storedKeys(t)
	if len(all) != 1 || string(all[0].Sealed) != all[0].Hint {
		t.Errorf("keys are %+v", all)
	}
}

func providerKeysByName(t *testing.T, h *harness) {
	named := func(name string, order int) store.ProviderKey {
		k := keyFor("openai", name)
		k.Name, k.Rotation = name, store.Rotation{Order: order, Weight: 3, Models: []string{"gpt-*", "ü"}}
		return h.saveKey(t, k)
	}
	late, second, first := named("late", 2), named("b", 1), named("a", 1)
	unnamed := h.saveKey(t, keyFor("openai", "unnamed"))
	if unnamed.Name != store.DefaultKey || unnamed.Weight != 1 {
		t.Errorf("a key without a name is %+v", unnamed)
	}
	equal(t, "keys", []store.ProviderKey{unnamed, first, second, late}, h.storedKeys(t))
	must(t, h.DeleteProviderKey(t.Context(), "openai", "b"))
	says(t, h.DeleteProviderKey(t.Context(), "openai", "b"), errs.ResourceNotFound, `No key "b" is stored for the provider "openai".`)
	equal(t, "keys that stay", []store.ProviderKey{unnamed, first, late}, h.storedKeys(t))
}

func providerKeysRotate(t *testing.T, h *harness) {
	want := h.saveKey(t, keyFor("openai", "k"))
	want.Rotation = store.Rotation{Order: 4, Weight: 7, Models: []string{"m"}}
	before := h.Moment()
	got, err := h.RotateProviderKey(t.Context(), "openai", store.DefaultKey, want.Rotation)
	must(t, err)
	equal(t, "returned", want, got)
	equal(t, "stored", []store.ProviderKey{want}, h.storedKeys(t))
	if h.Moment() == before {
		t.Error("it is no change")
	}
	for _, c := range [][2]string{{"openai", "other"}, {"groq", store.DefaultKey}, {"no\x00body", "\xff"}} {
		_, err := h.RotateProviderKey(t.Context(), c[0], c[1], store.Rotation{})
		is(t, err, errs.ResourceNotFound)
	}
}

func providerKeysDelete(t *testing.T, h *harness) {
	h.saveKey(t, keyFor("openai", "gone"))
	stays := h.saveKey(t, keyFor("anthropic", "stays"))
	before := h.Moment()
	must(t, h.DeleteProviderKey(t.Context(), "openai", store.DefaultKey))
	if h.Moment() == before {
		t.Error("deleting a key is no change")
	}
	says(t, h.DeleteProviderKey(t.Context(), "openai", store.DefaultKey), errs.ResourceNotFound, `No key is stored for the provider "openai".`)
	is(t, h.DeleteProviderKey(t.Context(), "no\x00body\xff", "no\x00ne\xff"), errs.ResourceNotFound)
	equal(t, "keys", []store.ProviderKey{stays}, h.storedKeys(t))
}
