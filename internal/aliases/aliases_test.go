package aliases_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/aliases"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
)

// shelf is a registry with a database that has two API keys and a provider's key named second.
type shelf struct {
	*aliases.Registry
	db *store.DB
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	for _, id := range []string{"key_1", "key_2", "key_revoked"} {
		if err := db.CreateKey(t.Context(), auth.APIKey{ID: id, Name: id, Role: auth.Admin, Hash: id, CreatedAt: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.RevokeKey(t.Context(), "key_revoked"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveProviderKey(t.Context(), store.ProviderKey{Provider: "openai", Name: "second", Sealed: []byte("k")}); err != nil {
		t.Fatal(err)
	}
	known := models.New("test", []models.Model{{Provider: "openai", ID: "gpt-5"}, {Provider: "mock", ID: models.Any}})
	r := relay.New(relay.Options{Models: known, Now: time.Now, Providers: map[string]relay.Provider{"openai": {}, "mock": {}, "ollama": {}}})
	return &shelf{aliases.New(db, r), db}
}

func target(provider, model string) store.AliasTarget {
	return store.AliasTarget{Provider: provider, Model: model}
}

func (s *shelf) save(t *testing.T, name string, keys ...string) {
	t.Helper()
	_, err := s.Save(t.Context(), store.Alias{Name: name, AliasContent: store.AliasContent{Targets: []store.AliasTarget{target("mock", name)}, Keys: keys}})
	if err != nil {
		t.Fatal(err)
	}
}

// found is the alias that a name means to a key, "" for none.
func (s *shelf) found(t *testing.T, key, name string) string {
	t.Helper()
	a, err := s.Find(auth.With(t.Context(), auth.Principal{KeyID: key}), name)
	if err != nil {
		t.Fatal(err)
	}
	if a == nil {
		return ""
	}
	return a.Name
}

func TestWhichAliasANameMeans(t *testing.T) {
	s := newShelf(t)
	for _, name := range []string{"fast", "claude-*", "claude-opus-*", "claude-opus-4"} {
		s.save(t, name)
	}
	for name, want := range map[string]string{
		"fast": "fast", "faster": "", "claude-": "claude-*", "claude-haiku": "claude-*", "claude-opus-3": "claude-opus-*", "claude-opus-4": "claude-opus-4",
		"claude-opus-40": "claude-opus-*", "claude": "", "": "", "Fast": "",
	} {
		if got := s.found(t, "key_1", name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// TestAnAliasIsThereForItsKeysAlone has one of all, and one of a key that means the same names.
func TestAnAliasIsThereForItsKeysAlone(t *testing.T) {
	s := newShelf(t)
	s.save(t, "claude-*")
	s.save(t, "claude-opus", "key_1")
	s.save(t, "own", "key_2")
	type seen struct{ opus, own string }
	got := map[string]seen{}
	listed := map[string][]string{}
	for _, key := range []string{"key_1", "key_2", ""} {
		got[key] = seen{s.found(t, key, "claude-opus"), s.found(t, key, "own")}
		list, err := s.Named(auth.With(t.Context(), auth.Principal{KeyID: key}))
		if err != nil {
			t.Fatal(err)
		}
		for i := range list {
			listed[key] = append(listed[key], list[i].Name)
		}
	}
	want := map[string]seen{"key_1": {"claude-opus", ""}, "key_2": {"claude-*", "own"}, "": {"claude-*", ""}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(seen{})); d != "" {
		t.Errorf("found (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string][]string{"key_1": {"claude-opus"}, "key_2": {"own"}}, listed); d != "" {
		t.Errorf("listed (-want +got):\n%s", d)
	}
}

// TestAChangeCountsAtOnce saves and deletes what is remembered, also by another registry of the database.
func TestAChangeCountsAtOnce(t *testing.T) {
	s := newShelf(t)
	other := &shelf{aliases.New(s.db, nil), s.db}
	expect := func(when, want string) {
		t.Helper()
		for _, r := range []*shelf{s, other} {
			if got := r.found(t, "", "fast"); got != want {
				t.Errorf("%s it is %q", when, got)
			}
		}
	}
	expect("before", "")
	s.save(t, "fast")
	expect("once it is saved", "fast")
	if err := other.Delete(t.Context(), "fast"); err != nil {
		t.Fatal(err)
	}
	expect("once it is deleted", "")
	if err := s.Delete(t.Context(), "fast"); !errs.Is(err, errs.ResourceNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestAllThatIsWrongIsToldAtOnce(t *testing.T) {
	s := newShelf(t)
	wrong := target("openai", "gpt-5")
	wrong.Credential = "third"
	_, err := s.Save(t.Context(), store.Alias{Name: "prompt:x", AliasContent: store.AliasContent{
		Targets: []store.AliasTarget{target("opnai", "x"), target("", "x"), target("openai", "gpt5"), target("mock", "m"), wrong, target("mock", "m")},
		Keys:    []string{"key_1", "key_revoked", "key_1", "nobody"},
	}})
	var got []string
	for _, v := range errs.From(err).Violations {
		got = append(got, v.Param+": "+v.Message)
	}
	want := []string{
		"name: Names that begin with prompt: are those of Prompts.",
		`targets.0.provider: This server has no provider "opnai" (did you mean openai?).`,
		`targets.1.provider: This server has no provider "".`,
		`targets.2.model: The catalogue has no model "gpt5" of openai (did you mean gpt-5?). OPENLOOP_MODELS_FILE adds models.`,
		`targets.4.credential: No key "third" is stored for the provider "openai".`,
		"targets.5: This target is in the list already.",
		`keys.1: There is no API key "key_revoked".`,
		"keys.2: This key is in the list already.",
		`keys.3: There is no API key "nobody".`,
	}
	if d := cmp.Diff(want, got); d != "" || !errs.Is(err, errs.ValidationFailed) {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if all, err := s.All(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("stored are %v, %v", all, err)
	}
}

func TestNamesOfAliases(t *testing.T) {
	s := newShelf(t)
	for name, good := range map[string]bool{
		"fast": true, "openai/gpt-5": true, "a.b_c-d:e@f": true, "A*": true, "9": true, "a/b/*": true,
		"": false, "*": false, "a*b": false, "a**": false, "-a": false, "/a": false, "a//b": false, "a/..": false, "a b": false, "ä": false, "a\n": false, "prompt:": false,
	} {
		_, err := s.Save(t.Context(), store.Alias{Name: name, AliasContent: store.AliasContent{Targets: []store.AliasTarget{target("ollama", "any")}}})
		if (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestDefaultsFillWhatACallLeavesOpen(t *testing.T) {
	d := store.AliasDefaults{
		MaxTokens: 9, Temperature: new(0.5), TopP: new(0.25), PresencePenalty: new(1.0), FrequencyPenalty: new(-1.0), Stop: llm.Stop{Sequences: []string{"a"}},
		Seed: new(int64(7)), ResponseFormat: &llm.ResponseFormat{Type: "json_object"}, ReasoningEffort: llm.Effort{Level: "low"},
	}
	all := llm.Request{
		MaxTokens: 9, Temperature: d.Temperature, TopP: d.TopP, PresencePenalty: d.PresencePenalty, FrequencyPenalty: d.FrequencyPenalty, Stop: []string{"a"}, Seed: d.Seed,
		ResponseFormat: d.ResponseFormat, Effort: d.ReasoningEffort,
	}
	own := llm.Request{MaxTokens: 1, Temperature: new(0.0), Stop: []string{"b"}, Effort: llm.Effort{Budget: 5}}
	mixed := all
	mixed.MaxTokens, mixed.Temperature, mixed.Stop, mixed.Effort = own.MaxTokens, own.Temperature, own.Stop, own.Effort
	var none llm.Request
	aliases.FillIn(&none, &d)
	aliases.FillIn(&own, &d)
	if d := cmp.Diff([]llm.Request{all, mixed}, []llm.Request{none, own}); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
