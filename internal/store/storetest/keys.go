package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
)

var keys = map[string]func(*testing.T, *harness){
	"API keys":                                    apiKeys,
	"The last key of an admin stays valid":        lastAdmin,
	"Keys keep who made them, and their last use": keyAttributes,
}

func apiKeys(t *testing.T, h *harness) {
	one := auth.APIKey{ID: "key_1", Name: "One\x00ü", Role: auth.Admin, Priority: auth.Critical, Hash: auth.HashSecret("a"), Hint: "aaaa", CreatedAt: epoch}
	two := auth.APIKey{ID: "key_2", Name: "Two", Role: auth.Member, Priority: auth.Interactive, Hash: auth.HashSecret("b"), Hint: "bbbb", CreatedAt: epoch}
	must(t, h.CreateKey(t.Context(), two))
	must(t, h.CreateKey(t.Context(), one))
	must(t, h.CreateKey(t.Context(), auth.APIKey{ID: "key_0", Name: "Admin", Role: auth.Admin, Hash: "z", CreatedAt: epoch.Add(-time.Hour)}))
	is(t, h.CreateKey(t.Context(), auth.APIKey{ID: "key_3", Hash: one.Hash}), errs.AlreadyExists)
	is(t, h.CreateKey(t.Context(), auth.APIKey{ID: "key_1", Hash: "other"}), errs.AlreadyExists)

	got, err := h.KeyByHash(t.Context(), one.Hash)
	must(t, err)
	equal(t, "key", &one, got)
	_, err = h.KeyByHash(t.Context(), "unknown\x00")
	says(t, err, errs.GatewayKeyInvalid, "The API key is not valid.")

	before := h.Moment()
	must(t, h.RevokeKey(t.Context(), "key_1"))
	if h.Moment() == before {
		t.Error("revoking a key is no change")
	}
	_, err = h.KeyByHash(t.Context(), one.Hash)
	is(t, err, errs.GatewayKeyInvalid)
	is(t, h.RevokeKey(t.Context(), "key_x"), errs.ResourceNotFound)
	count, err := h.KeyCount(t.Context())
	must(t, err)
	equal(t, "valid keys", 2, count)

	all, err := h.Keys(t.Context())
	must(t, err)
	if len(all) != 3 || !all[1].RevokedAt.After(epoch) {
		t.Fatalf("keys are %+v", all)
	}
	one.RevokedAt = all[1].RevokedAt
	equal(t, "keys", []auth.APIKey{one, two}, all[1:])
	must(t, h.RevokeKey(t.Context(), "key_1"))
	again, err := h.Keys(t.Context())
	must(t, err)
	equal(t, "a revoked key stays as it is", all, again)
}

func makeKey(t *testing.T, h *harness, id string, role auth.Role) {
	t.Helper()
	must(t, h.CreateKey(t.Context(), auth.APIKey{ID: id, Name: "of " + id, Role: role, Hash: auth.HashSecret(id), CreatedAt: epoch}))
}

// lastAdmin revokes the two keys of admins at once: one of them stays.
func lastAdmin(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Admin)
	makeKey(t, h, "key_2", auth.Admin)
	makeKey(t, h, "key_3", auth.Developer)
	var both sync.WaitGroup
	failed := make(chan error, 2)
	for _, id := range []string{"key_1", "key_2"} {
		both.Go(func() { failed <- h.RevokeKey(t.Context(), id) })
	}
	both.Wait()
	first, second := <-failed, <-failed
	if first == nil {
		first, second = second, first
	}
	must(t, second)
	is(t, first, errs.IllegalState)
	must(t, h.RevokeKey(t.Context(), "key_3"))
	count, err := h.KeyCount(t.Context())
	must(t, err)
	equal(t, "valid keys", 1, count)
}

func keyAttributes(t *testing.T, h *harness) {
	makeKey(t, h, "key_1", auth.Admin)
	by := auth.With(t.Context(), auth.Principal{KeyID: "key_1", Role: auth.Admin})
	made := auth.APIKey{ID: "key_2", Name: "first", Role: auth.Member, Hash: "h", CreatedAt: epoch}
	must(t, h.CreateKey(by, made))
	must(t, h.RenameKey(by, "key_2", "second\x00ü"))
	is(t, h.RenameKey(by, "key_x", "n"), errs.ResourceNotFound)
	must(t, h.SetKeyPriority(by, "key_2", auth.Batch))
	is(t, h.SetKeyPriority(by, "key_x", auth.Batch), errs.ResourceNotFound)
	must(t, h.KeepUses(t.Context(), []string{"key_2", "key_x"}, nil))
	got, err := h.Key(t.Context(), "key_2")
	must(t, err)
	if !got.UsedAt.After(epoch) {
		t.Errorf("it was used at %v", got.UsedAt)
	}
	made.Name, made.Priority, made.CreatedBy, made.UsedAt = "second\x00ü", auth.Batch, "key_1", got.UsedAt
	equal(t, "key", &made, got)
	_, err = h.Key(t.Context(), "key_x")
	is(t, err, errs.ResourceNotFound)
}
