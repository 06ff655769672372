package vault_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

func (b *bank) tool(t *testing.T, path string) (id string) {
	t.Helper()
	snap, _, err := b.SaveVersion(t.Context(), store.Save{Kind: file.ToolKind, Path: path, Content: []byte("{}"), Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	return snap.File.ID
}

func TestVariablesAreOpenedByAnotherProcess(t *testing.T) {
	b := open(t)
	id := b.tool(t, "t")
	want := []vault.Variable{{Name: "A", Value: "one"}, {Name: "B", Value: ""}}
	if _, err := b.vault().PutVariables(t.Context(), id, want); err != nil {
		t.Fatal(err)
	}
	got, err := b.vault().Variables(t.Context(), id)
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func TestVariablesAreSealedForOneTool(t *testing.T) {
	b := open(t)
	first, second := b.tool(t, "a"), b.tool(t, "b")
	stored, err := b.vault().PutVariables(t.Context(), first, []vault.Variable{{Name: "A", Value: "one"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.PutToolVariables(t.Context(), second, stored); err != nil { // as somebody could who writes to the database
		t.Fatal(err)
	}
	if got, err := b.vault().Variables(t.Context(), second); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestAMaskIsNoValue(t *testing.T) {
	b := open(t)
	if _, err := b.vault().PutVariables(t.Context(), b.tool(t, "t"), []vault.Variable{{Name: "A", Value: vault.Mask}}); !errs.Is(err, errs.ValidationFailed) {
		t.Errorf("%v", err)
	}
}

// TestNoNewKeyIsMadeBesideVariables loses the encryption key of stored variables: neither they nor provider keys may get another one.
func TestNoNewKeyIsMadeBesideVariables(t *testing.T) {
	b := open(t)
	id := b.tool(t, "t")
	if _, err := b.vault().PutVariables(t.Context(), id, []vault.Variable{{Name: "A", Value: "one"}}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(b.keyFile()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.vault().PutVariables(t.Context(), id, []vault.Variable{{Name: "B", Value: "two"}}); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("a variable: %v", err)
	}
	if _, err := b.vault().Save(t.Context(), vault.Key{Provider: "openai", Value: "sk-0123456789"}); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("a provider key: %v", err)
	}
	if _, err := b.vault().Variables(t.Context(), id); !errs.Is(err, errs.DependencyUnavailable) {
		t.Errorf("reading: %v", err)
	}
}
