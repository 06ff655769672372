package vault_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

// onBoth gives a test an empty database of each sort, as often as it opens one.
func onBoth(t *testing.T, test func(t *testing.T, open func() *store.DB)) {
	for name, options := range map[string]func(*testing.T) store.Options{
		"SQLite":     func(t *testing.T) store.Options { return store.Options{Path: filepath.Join(t.TempDir(), "test.db")} },
		"PostgreSQL": func(t *testing.T) store.Options { return store.Options{URL: postgres.URL(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t)
			test(t, func() *store.DB {
				db, err := store.Open(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
						t.Errorf("close: %v", err)
					}
				})
				return db
			})
		})
	}
}

// withKey is the vault of a server that has the key of 32 times the byte.
func withKey(db *store.DB, octet string) *vault.Vault {
	return vault.New(db, secret.Source{Text: strings.Repeat(octet, secret.KeySize)})
}

func toolAt(t *testing.T, db *store.DB, path string) (id string) {
	t.Helper()
	snap, _, err := db.SaveVersion(t.Context(), store.Save{Kind: file.ToolKind, Path: path, Content: []byte("{}"), Hash: "h"})
	if err != nil {
		t.Fatal(err)
	}
	return snap.File.ID
}

// TestOneKeySealsAll stores a secret with one key. A server with another does not start, and stores neither kind of secret, whichever was
// there first. Fault D1.
func TestOneKeySealsAll(t *testing.T) {
	putKey := func(v *vault.Vault, _ string) error {
		_, err := v.Save(t.Context(), vault.Key{Provider: "openai", Value: "sk-0123456789"})
		return err
	}
	putVariable := func(v *vault.Vault, tool string) error {
		_, err := v.PutVariables(t.Context(), tool, []vault.Variable{{Name: "A", Value: "one"}})
		return err
	}
	for first, put := range map[string]func(*vault.Vault, string) error{"a provider key": putKey, "a variable": putVariable} {
		onBoth(t, func(t *testing.T, open func() *store.DB) {
			db := open()
			tool, other := toolAt(t, db, "a"), toolAt(t, db, "b")
			if err := withKey(db, "bb").Check(t.Context()); err != nil {
				t.Errorf("nothing is stored: %v", err)
			}
			if err := put(withKey(db, "aa"), tool); err != nil {
				t.Fatal(err)
			}
			wrong, right := withKey(db, "bb"), withKey(db, "aa")
			if err := wrong.Check(t.Context()); !errors.Is(err, secret.ErrWrongKey) {
				t.Errorf("after %s, a start with another key gets %v", first, err)
			}
			if err := errors.Join(right.Check(t.Context()), putKey(right, tool), putVariable(right, other)); err != nil {
				t.Errorf("after %s, the right key gets %v", first, err)
			}
			for second, put := range map[string]func(*vault.Vault, string) error{"a provider key": putKey, "a variable": putVariable} {
				err := put(wrong, other)
				if e := errs.From(err); !errs.Is(err, errs.DependencyUnavailable) || !strings.Contains(e.Message, secret.ErrWrongKey.Error()) {
					t.Errorf("after %s, %s with another key gets %v", first, second, err)
				}
			}
			got, err := right.Variables(t.Context(), other)
			if err != nil || len(got) != 1 || got[0] != (vault.Variable{Name: "A", Value: "one"}) {
				t.Errorf("the right key opens %v, %v", got, err)
			}
		})
	}
}

// TestTwoServersSealWithOneKey has two servers with different keys store their first secrets at once: those of one are refused. Fault D1.
func TestTwoServersSealWithOneKey(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		first := []*store.DB{db, db}
		if t.Name() == "TestTwoServersSealWithOneKey/PostgreSQL" {
			first[1] = open() // SQLite serves one process
		}
		tool := toolAt(t, db, "a")
		var both sync.WaitGroup
		var failed [2][2]error
		for i, key := range []string{"aa", "bb"} {
			v := withKey(first[i], key)
			both.Go(func() {
				_, failed[i][0] = v.PutVariables(t.Context(), tool, []vault.Variable{{Name: key, Value: "x"}})
			})
			both.Go(func() {
				_, failed[i][1] = v.Save(t.Context(), vault.Key{Provider: "p" + key, Value: "sk-0123456789"})
			})
		}
		both.Wait()
		if refused := [2]bool{failed[0][0] != nil, failed[1][0] != nil}; refused[0] == refused[1] || refused[0] != (failed[0][1] != nil) || refused[1] != (failed[1][1] != nil) {
			t.Errorf("refused: %v", failed)
		}
		a, b := withKey(db, "aa").Check(t.Context()), withKey(db, "bb").Check(t.Context())
		if (a == nil) == (b == nil) {
			t.Errorf("one key opens all, not %v and %v", a, b)
		}
	})
}

// TestSecretsOfALostKeyAreDeleted gives up what nobody can open, so that a server starts with a new key.
func TestSecretsOfALostKeyAreDeleted(t *testing.T) {
	onBoth(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		tool := toolAt(t, db, "a")
		old := withKey(db, "aa")
		_, err := old.PutVariables(t.Context(), tool, []vault.Variable{{Name: "A", Value: "one"}, {Name: "B", Value: "two"}})
		_, failed := old.Save(t.Context(), vault.Key{Provider: "openai", Value: "sk-0123456789"})
		if err := errors.Join(err, failed); err != nil {
			t.Fatal(err)
		}
		keys, variables, err := db.DeleteSealed(t.Context())
		if keys != 1 || variables != 2 || err != nil {
			t.Errorf("deleted %d keys and %d variables, %v", keys, variables, err)
		}
		if err := withKey(db, "bb").Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
