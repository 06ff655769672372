package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
)

// shownKey is what the tests look at of a key.
type shownKey struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Role      string `json:"role"`
	Hint      string `json:"hint"`
	CreatedBy struct {
		FullName string `json:"full_name"`
	} `json:"created_by"`
	LastUsedAt string `json:"last_used_at"`
	RevokedAt  string `json:"revoked_at"`
	Secret     string `json:"secret"`
}

func (s *server) apiKeys(t *testing.T) []shownKey {
	t.Helper()
	return decoded[struct {
		Records []shownKey `json:"records"`
	}](t, s.call(t, "GET", "/v5/api-keys", "")).Records
}

// TestAnAPIKeyIsMadeUsedAndRevoked follows a key from its beginning to its end.
func TestAnAPIKeyIsMadeUsedAndRevoked(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		a := s.call(t, "POST", "/v5/api-keys", `{"name": " the ci ", "role": "developer"}`)
		made := decoded[shownKey](t, a)
		if a.status != http.StatusCreated || !strings.HasPrefix(made.Secret, auth.SecretPrefix) || auth.Hint(made.Secret) != made.Hint {
			t.Fatalf("%d %s", a.status, a.body)
		}
		secret := made.Secret
		use := func() *answer {
			r := s.request(t, "GET", "/v5/prompts", "")
			r.Header.Set("X-API-KEY", secret)
			return s.send(t, r)
		}
		if a := use(); a.status != http.StatusOK {
			t.Errorf("the new key: %d %s", a.status, a.body)
		}
		made.Secret = ""
		want := shownKey{ID: made.ID, Name: "the ci", Role: "developer", Hint: auth.Hint(secret)}
		want.CreatedBy.FullName = "the admin"
		if diff := cmp.Diff(want, made); diff != "" {
			t.Errorf("made (-want +got):\n%s", diff)
		}
		want.Name = "the build"
		renamed := decoded[shownKey](t, s.call(t, "PATCH", "/v5/api-keys/"+made.ID, `{"name": "the build"}`))
		if diff := cmp.Diff(want, renamed); diff != "" {
			t.Errorf("renamed (-want +got):\n%s", diff)
		}
		if a := s.call(t, "DELETE", "/v5/api-keys/"+made.ID, ""); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
		expect(t, use(), errs.GatewayKeyInvalid)
		all := s.apiKeys(t)
		at := slices.IndexFunc(all, func(k shownKey) bool { return k.ID == made.ID })
		if len(all) != 5 || at < 0 || all[at].RevokedAt == "" || all[at].Secret != "" {
			t.Errorf("keys are %+v", all)
		}
	})
}

func TestBadAPIKeysAreRefused(t *testing.T) {
	s := start(t, nil)
	before := len(s.apiKeys(t))
	for _, body := range []string{`{}`, `{"name": "a"}`, `{"name": " ", "role": "admin"}`, `{"name": "a\u0000", "role": "admin"}`, `{"name": "a", "role": "king"}`} {
		expect(t, s.call(t, "POST", "/v5/api-keys", body), errs.ValidationFailed)
	}
	expect(t, s.call(t, "PATCH", "/v5/api-keys/key_none", `{"name": "a"}`), errs.ResourceNotFound)
	expect(t, s.call(t, "DELETE", "/v5/api-keys/key_none", ""), errs.ResourceNotFound)
	if after := len(s.apiKeys(t)); after != before {
		t.Errorf("there are %d keys, not %d", after, before)
	}
}

// TestTheLastKeyOfAnAdminStays revokes all keys; the last one that could make others is refused.
func TestTheLastKeyOfAnAdminStays(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		for _, k := range s.apiKeys(t) {
			a := s.call(t, "DELETE", "/v5/api-keys/"+k.ID, "")
			if k.Role == "admin" && k.RevokedAt == "" {
				expect(t, a, errs.IllegalState)
			} else if a.status != http.StatusNoContent {
				t.Errorf("%s: %d %s", k.Name, a.status, a.body)
			}
		}
		s.apiKeys(t) // the admin's key still works
	})
}
