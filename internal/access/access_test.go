package access_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// TestKeysAreRemembered closes the database after a change of Files: what is remembered needs no statement. Fault D3. A revoked key is
// forgotten at once.
func TestKeysAreRemembered(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	ring := access.New(db, time.Now)
	for _, name := range []string{"one", "two"} {
		if err := db.CreateKey(t.Context(), auth.APIKey{ID: name, Role: auth.Member, Hash: auth.HashSecret(name)}); err != nil {
			t.Fatal(err)
		}
	}
	_, first := ring.Key(t.Context(), "two")
	revoked := db.RevokeKey(t.Context(), "two")
	if _, err := ring.Key(t.Context(), "two"); !errs.Is(err, errs.GatewayKeyInvalid) {
		t.Errorf("the revoked key: %v", err)
	}
	_, second := ring.Key(t.Context(), "one")
	_, _, saved := db.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: "a", Content: []byte(`{}`), Hash: "h"})
	if err := errors.Join(first, revoked, second, saved, db.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if p, err := ring.Key(t.Context(), "one"); err != nil || p.KeyID != "one" {
		t.Errorf("the other key: %+v, %v", p, err)
	}
}
