package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
)

var aliases = map[string]func(*testing.T, *harness){
	"SaveAlias keeps everything":             aliasesKeep,
	"SaveAlias replaces the earlier alias":   aliasesReplace,
	"A change of an alias is one for others": aliasesChange,
	"DeleteAlias":                            aliasesDelete,
}

// aliasOf is an alias with everything.
func aliasOf(name string) store.Alias {
	return store.Alias{Name: name, AliasContent: store.AliasContent{
		Targets: []store.AliasTarget{{Provider: "openai", Model: "ü/m", Credential: "second", Order: 2, Weight: 3}, {Provider: "mock", Model: "echo", Weight: 1}},
		Keys:    []string{"key_1", "key_2"},
		Defaults: store.AliasDefaults{
			MaxTokens: 1, Temperature: new(0.5), TopP: new(0.25), PresencePenalty: new(1.0), FrequencyPenalty: new(-1.0), Stop: llm.Stop{Sequences: []string{"a", "b"}},
			Seed: new(int64(7)), ResponseFormat: &llm.ResponseFormat{Type: "json_object"}, ReasoningEffort: llm.Effort{Level: "low"},
		},
		CacheTTL: 60,
	}}
}

func (h *harness) saveAlias(t *testing.T, a store.Alias) store.Alias {
	t.Helper()
	saved, err := h.SaveAlias(auth.With(t.Context(), actor), a)
	must(t, err)
	return saved
}

func (h *harness) storedAliases(t *testing.T) []store.Alias {
	t.Helper()
	all, err := h.Aliases(t.Context())
	must(t, err)
	return all
}

func aliasesKeep(t *testing.T, h *harness) {
	equal(t, "aliases of a new database", nil, h.storedAliases(t))
	second, first := h.saveAlias(t, aliasOf("ä/*")), h.saveAlias(t, store.Alias{Name: "B", AliasContent: store.AliasContent{Targets: []store.AliasTarget{{Provider: "p", Model: "m", Weight: 1}}}})
	want := aliasOf("ä/*")
	want.CreatedAt, want.UpdatedAt, want.CreatedBy = second.CreatedAt, second.CreatedAt, actor.KeyID
	equal(t, "returned", want, second)
	if second.CreatedAt.Before(epoch) || !first.CreatedAt.After(second.CreatedAt) {
		t.Errorf("made at %v and %v", second.CreatedAt, first.CreatedAt)
	}
	equal(t, "stored", []store.Alias{first, second}, h.storedAliases(t))
}

func aliasesReplace(t *testing.T, h *harness) {
	was := h.saveAlias(t, aliasOf("a"))
	now := h.saveAlias(t, store.Alias{Name: "a", AliasContent: store.AliasContent{Targets: []store.AliasTarget{{Provider: "p", Model: "m", Weight: 1}}}})
	if !now.CreatedAt.Equal(was.CreatedAt) || !now.UpdatedAt.After(was.UpdatedAt) {
		t.Errorf("made at %v, and changed at %v", now.CreatedAt, now.UpdatedAt)
	}
	equal(t, "stored", []store.Alias{now}, h.storedAliases(t))
}

func aliasesChange(t *testing.T, h *harness) {
	for what, change := range map[string]func(){
		"saving":   func() { h.saveAlias(t, aliasOf("a")) },
		"deleting": func() { h.saveAlias(t, aliasOf("b")); must(t, h.DeleteAlias(t.Context(), "b")) },
	} {
		before := h.Moment()
		change()
		if !h.Since(before, store.Aliases) || h.Since(before, store.Secrets, store.Keys) && !h.Since(before) {
			t.Errorf("%s an alias is no change of aliases alone", what)
		}
	}
}

func aliasesDelete(t *testing.T, h *harness) {
	h.saveAlias(t, aliasOf("gone"))
	stays := h.saveAlias(t, aliasOf("stays"))
	must(t, h.DeleteAlias(t.Context(), "gone"))
	says(t, h.DeleteAlias(t.Context(), "gone"), errs.ResourceNotFound, `There is no alias "gone".`)
	is(t, h.DeleteAlias(t.Context(), "no\x00body\xff"), errs.ResourceNotFound)
	equal(t, "aliases", []store.Alias{stays}, h.storedAliases(t))
}
