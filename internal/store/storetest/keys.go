package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
)

var keys = map[string]func(*testing.T, *harness){
	"API keys": apiKeys,
}

func apiKeys(t *testing.T, h *harness) {
	one := auth.APIKey{ID: "key_1", Name: "One\x00ü", Role: auth.Admin, Hash: auth.HashSecret("a"), Hint: "aaaa", CreatedAt: epoch}
	two := auth.APIKey{ID: "key_2", Name: "Two", Role: auth.Member, Hash: auth.HashSecret("b"), Hint: "bbbb", CreatedAt: epoch}
	must(t, h.CreateKey(t.Context(), two))
	must(t, h.CreateKey(t.Context(), one))
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
	equal(t, "valid keys", 1, count)

	all, err := h.Keys(t.Context())
	must(t, err)
	if len(all) != 2 || !all[0].RevokedAt.After(epoch) {
		t.Fatalf("keys are %+v", all)
	}
	one.RevokedAt = all[0].RevokedAt
	equal(t, "keys", []auth.APIKey{one, two}, all)
	must(t, h.RevokeKey(t.Context(), "key_1"))
	again, err := h.Keys(t.Context())
	must(t, err)
	equal(t, "a revoked key stays as it is", all, again)
}
