package vault_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
	"github.com/openloop-server/openloop/internal/vault"
)

// postgres is started by the first test that asks for it.
var postgres pgtest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// bank is a database and the directory it is in.
type bank struct {
	*store.DB
	dir string
}

func open(t *testing.T) *bank {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &bank{db, dir}
}

func (b *bank) keyFile() string { return filepath.Join(b.dir, "encryption.key") }

// vault opens the bank as a process does that finds the encryption key in the file.
func (b *bank) vault() *vault.Vault { return vault.New(b.DB, secret.Source{Path: b.keyFile()}) }

func save(t *testing.T, v *vault.Vault, k vault.Key) store.ProviderKey {
	t.Helper()
	row, err := v.Save(t.Context(), k)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// TestOtherChangesForgetNoKey closes the database after a change of Files and API keys: what is remembered needs no statement. Fault D3.
func TestOtherChangesForgetNoKey(t *testing.T) {
	b := open(t)
	v := b.vault()
	save(t, v, vault.Key{Provider: "openai", Value: "sk-one"})
	want := credentials(t, v, "openai")
	_, _, saved := b.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: "a", Content: []byte(`{}`), Hash: "h"})
	made := b.CreateKey(t.Context(), auth.APIKey{ID: "key_1", Role: auth.Member, Hash: "h"})
	if err := errors.Join(saved, made, b.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := credentials(t, v, "openai"); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// credentials are those of the provider's only key; zero when it has none.
func credentials(t *testing.T, v *vault.Vault, provider string) llm.Credentials {
	t.Helper()
	c, err := only(t, v, provider)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func only(t *testing.T, v *vault.Vault, provider string) (llm.Credentials, error) {
	t.Helper()
	all, err := v.Credentials(t.Context(), provider)
	switch {
	case err != nil || len(all) > 1:
		t.Fatalf("%d keys, %v", len(all), err)
	case len(all) == 0:
		return llm.Credentials{}, nil
	}
	return all[0].Credentials, all[0].Err
}

const value = "sk-proj-0123456789abcd"

func TestAKeyIsUsedAsItWasSaved(t *testing.T) {
	b := open(t)
	v := b.vault()
	if got := credentials(t, v, "openai"); got != (llm.Credentials{}) {
		t.Errorf("before: %v", got)
	}
	row := save(t, v, vault.Key{Provider: "openai", Value: " " + value + "\n", By: "key_1"})
	want := store.ProviderKey{Provider: "openai", Name: store.DefaultKey, Hint: "abcd", CreatedBy: "key_1", Rotation: store.Rotation{Weight: 1}}
	if d := cmp.Diff(want, row, cmpopts.IgnoreFields(store.ProviderKey{}, "Sealed", "CreatedAt", "UpdatedAt")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	save(t, v, vault.Key{Provider: "openai_compatible", Value: "none", BaseURL: "https://a.example/v1"})
	for _, v := range []*vault.Vault{v, b.vault()} { // the second is a process started later
		got := []llm.Credentials{credentials(t, v, "openai"), credentials(t, v, "openai_compatible"), credentials(t, v, "groq")}
		if d := cmp.Diff([]llm.Credentials{{Key: value}, {Key: "none", BaseURL: "https://a.example/v1"}, {}}, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestAChangeIsSeenAtOnce(t *testing.T) {
	b := open(t)
	v := b.vault()
	save(t, v, vault.Key{Provider: "openai", Value: "first-0123456789"})
	first := credentials(t, v, "openai")
	save(t, v, vault.Key{Provider: "openai", Value: "second-0123456789"})
	second := credentials(t, v, "openai")
	if err := b.DeleteProviderKey(t.Context(), "openai", store.DefaultKey); err != nil {
		t.Fatal(err)
	}
	got := []string{first.Key, second.Key, credentials(t, v, "openai").Key}
	if d := cmp.Diff([]string{"first-0123456789", "second-0123456789", ""}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestNothingOnDiskHoldsTheKey(t *testing.T) {
	b := open(t)
	save(t, b.vault(), vault.Key{Provider: "openai", Value: value})
	entries, err := os.ReadDir(b.dir)
	if err != nil || len(entries) < 3 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(b.dir, e.Name()))
		if err != nil || strings.Contains(string(raw), value[:len(value)-4]) {
			t.Errorf("%s holds the key, %v", e.Name(), err)
		}
	}
}

func TestSaveRefuses(t *testing.T) {
	v := open(t).vault()
	save(t, v, vault.Key{Provider: "openai", Value: value})
	const mask = "The key is a mask of one, not the key itself. Send the whole key, or leave the stored one as it is."
	const blank = "The key has blanks or characters in it that no key has."
	const address = "The base URL is not an http or https URL like https://host/path, without a user and a fragment."
	for _, c := range []struct{ key, baseURL, param, message string }{
		{"", "https://a.example", "key", "The key is empty."}, {" \n", "", "key", "The key is empty."},
		{"…abcd", "", "key", mask}, {"sk-…abcd", "", "key", mask}, {"••••", "", "key", mask}, {"***", "", "key", mask}, {"sk-ab**********abcd", "", "key", mask},
		{"sk-...abcd", "", "key", mask}, {"abcd", "", "key", mask}, {" abcd\n", "", "key", mask}, {"[Redacted]", "", "key", mask},
		{"two words", "", "key", blank}, {"sk\x00", "", "key", blank}, {"schlüssel", "", "key", blank}, {"a\nb", "", "key", blank}, {"{\"a\":\"\x01\"}", "", "key", blank},
		{value, "a.example", "base_url", address}, {value, "ftp://a.example", "base_url", address}, {value, "https://", "base_url", address},
		{value, "https://u:p@a.example", "base_url", address}, {value, "https://a.example/#x", "base_url", address}, {value, "https://a.example/a b", "base_url", address},
	} {
		_, err := v.Save(t.Context(), vault.Key{Provider: "openai", Value: c.key, BaseURL: c.baseURL})
		want := &errs.Error{Reason: errs.ValidationFailed, Param: c.param, Message: c.message, Violations: []errs.Violation{
			{Loc: []any{c.param}, Param: c.param, Message: c.message, Type: "value_error"},
		}}
		if d := cmp.Diff(want, errs.From(err)); d != "" {
			t.Errorf("%q %q (-want +got):\n%s", c.key, c.baseURL, d)
		}
	}
	if got := credentials(t, v, "openai").Key; got != value {
		t.Errorf("the stored key became %q", got)
	}
}

func TestADocumentMayBeAKey(t *testing.T) {
	v := open(t).vault()
	const account = "{\n  \"type\": \"service_account\",\n\t\"private_key\": \"-----BEGIN\\n\"\n}"
	if row := save(t, v, vault.Key{Provider: "vertex_ai", Value: account}); row.Hint != "" || credentials(t, v, "vertex_ai").Key != account {
		t.Errorf("hint %q", row.Hint)
	}
}

// TestAWrongEncryptionKeyLosesNothing takes the encryption key away, gives another one, and gives it back.
func TestAWrongEncryptionKeyLosesNothing(t *testing.T) {
	b := open(t)
	save(t, b.vault(), vault.Key{Provider: "openai", Value: value})
	hidden := b.keyFile() + ".away"
	if err := os.Rename(b.keyFile(), hidden); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		v    *vault.Vault
		want error
	}{
		{"no key", b.vault(), secret.ErrNoKey},
		{"another key", vault.New(b.DB, secret.Source{Text: strings.Repeat("61", 32)}), secret.ErrWrongKey},
		{"a directory", vault.New(b.DB, secret.Source{Path: b.dir}), nil},
	} {
		if err := c.v.Check(t.Context()); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: check says %v", c.name, err)
		}
		said := "the encryption key cannot be read"
		if c.want != nil {
			said = c.want.Error()
		}
		_, err := only(t, c.v, "openai")
		message := "The key that is stored for the provider openai cannot be opened: " + said + "."
		if e := errs.From(err); !errs.Is(err, errs.ProviderKeyMissing) || e.Message != message || e.Param != "provider_api_keys.openai" || e.Provider != "openai" {
			t.Errorf("%s: a call gets %v", c.name, err)
		}
		for _, provider := range []string{"openai", "groq"} {
			if _, err := c.v.Save(t.Context(), vault.Key{Provider: provider, Value: "new-0123456789"}); !errs.Is(err, errs.DependencyUnavailable) {
				t.Errorf("%s: saving %s gets %v", c.name, provider, err)
			}
		}
		if _, err := os.Stat(b.keyFile()); err == nil {
			t.Errorf("%s: a new file was made", c.name)
		}
		if got, err := only(t, c.v, "groq"); got != (llm.Credentials{}) || err != nil {
			t.Errorf("%s: a provider without a stored key: %v, %v", c.name, got, err)
		}
	}
	if err := os.Rename(hidden, b.keyFile()); err != nil {
		t.Fatal(err)
	}
	v := b.vault()
	if err := v.Check(t.Context()); err != nil || credentials(t, v, "openai").Key != value {
		t.Errorf("with the key again: %v", err)
	}
}

// TestAKeyCannotBeMoved writes to the database what somebody would who wants a key sent elsewhere.
func TestAKeyCannotBeMoved(t *testing.T) {
	b := open(t)
	row := save(t, b.vault(), vault.Key{Provider: "openai", Value: value})
	elsewhere, other, garbage := row, row, row
	elsewhere.BaseURL, other.Provider, garbage.Sealed = "https://evil.example", "groq", []byte("garbage")
	for _, moved := range []store.ProviderKey{elsewhere, other, garbage} {
		if _, err := b.SaveProviderKey(t.Context(), moved); err != nil {
			t.Fatal(err)
		}
		got, err := only(t, b.vault(), moved.Provider)
		if !errs.Is(err, errs.ProviderKeyMissing) || !errors.Is(err, secret.ErrDamaged) || got != (llm.Credentials{}) {
			t.Errorf("%+v: %v, %v", moved, got, err)
		}
		if err := b.vault().Check(t.Context()); err != nil {
			t.Errorf("a damaged key keeps the server from starting: %v", err)
		}
	}
}

// TestAKeyCannotTakeAnothersName does the same with a second key of a provider.
func TestAKeyCannotTakeAnothersName(t *testing.T) {
	b := open(t)
	row := save(t, b.vault(), vault.Key{Provider: "openai", Name: "second", Value: value})
	for _, name := range []string{"second", "third", store.DefaultKey} {
		moved := row
		moved.Provider, moved.Name = "openai", name
		if _, err := b.SaveProviderKey(t.Context(), moved); err != nil {
			t.Fatal(err)
		}
		got, err := b.vault().Credentials(t.Context(), "openai")
		if err != nil || len(got) != 1 || (got[0].Err == nil) != (name == "second") {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if err := b.DeleteProviderKey(t.Context(), "openai", name); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSeveralKeysOfAProvider stores three, and one of them anew.
func TestSeveralKeysOfAProvider(t *testing.T) {
	b := open(t)
	v := b.vault()
	rotation := store.Rotation{Order: 1, Weight: 5, Models: []string{"gpt-*"}}
	save(t, v, vault.Key{Provider: "openai", Name: "late", Value: "sk-late-012345", Rotation: &rotation})
	save(t, v, vault.Key{Provider: "openai", Name: "eu", Value: "sk-eu-01234567", BaseURL: "https://eu.example"})
	save(t, v, vault.Key{Provider: "openai", Value: value})
	read := func() []vault.Credential {
		all, err := v.Credentials(t.Context(), "openai")
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := read()
	save(t, v, vault.Key{Provider: "openai", Name: "late", Value: "sk-new-0123456"})
	got := read()
	want := []vault.Credential{
		{Name: "default", Rotation: store.Rotation{Weight: 1}, Credentials: llm.Credentials{Key: value}},
		{Name: "eu", Rotation: store.Rotation{Weight: 1}, Credentials: llm.Credentials{Key: "sk-eu-01234567", BaseURL: "https://eu.example"}},
		{Name: "late", Rotation: rotation, Credentials: llm.Credentials{Key: "sk-new-0123456"}},
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(vault.Credential{}, "Revision")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if before[2].Revision == got[2].Revision || before[0].Revision != got[0].Revision || got[0].Revision == got[1].Revision {
		t.Errorf("revisions were %v and are %v", before, got)
	}
}

func TestCheckNeedsNoKeyWhileNothingIsStored(t *testing.T) {
	b := open(t)
	if err := b.vault().Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(b.keyFile()); err == nil {
		t.Error("a file was made")
	}
}

func BenchmarkCredentials(b *testing.B) {
	db, err := store.Open(b.Context(), store.Options{Path: filepath.Join(b.TempDir(), "test.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close(b.Context())
	v := vault.New(db, secret.Source{Text: strings.Repeat("61", 32)})
	if _, err := v.Save(b.Context(), vault.Key{Provider: "openai", Value: value}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Credentials(b.Context(), "openai"); err != nil {
			b.Fatal(err)
		}
	}
}
