package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

// chatAs sends a chat with a key.
func (s *server) chatAs(t *testing.T, key, model string, headers ...string) *answer {
	t.Helper()
	r := s.request(t, http.MethodPost, "/v1/chat/completions", `{"model": "`+model+`", "messages": [{"role": "user", "content": "Hi"}]}`)
	r.Header.Set("X-Api-Key", key)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.send(t, r)
}

// TestACallByAnAliasSaysWhoAnswered looks at the headers and the Log of a call whose first target fails.
func TestACallByAnAliasSaysWhoAnswered(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		s.call(t, "PUT", "/v5/aliases/fast", `{"targets": [{"provider": "mock", "model": "error/overloaded"}, {"provider": "mock", "model": "echo", "order": 1}]}`)
		a := s.chatAs(t, memberKey, "fast")
		got := []string{a.header.Get("X-Openloop-Provider"), a.header.Get("X-Openloop-Model"), a.header.Get("X-Openloop-Attempts")}
		if d := cmp.Diff([]string{"mock", "echo", "2"}, got); d != "" {
			t.Errorf("headers (-want +got):\n%s", d)
		}
		type seen struct {
			Alias    string `json:"alias"`
			Provider string `json:"provider"`
			Model    string `json:"model"`
			Prompt   struct {
				Path  string `json:"path"`
				Model string `json:"model"`
			} `json:"prompt"`
		}
		want := seen{Alias: "fast", Provider: "mock", Model: "echo"}
		want.Prompt.Path, want.Prompt.Model = "direct/mock/error/overloaded", "error/overloaded"
		l := decoded[seen](t, s.call(t, "GET", "/v5/logs/"+a.header.Get("X-Openloop-Log-Id"), ""))
		if d := cmp.Diff(want, l); d != "" {
			t.Errorf("the Log (-want +got):\n%s", d)
		}
	})
}

// TestAnAliasOfOneKey is there for that key alone: in calls, and in the list of names.
func TestAnAliasOfOneKey(t *testing.T) {
	s := start(t, nil)
	keys := s.apiKeys(t)
	of := func(role string) string {
		return keys[slices.IndexFunc(keys, func(k shownKey) bool { return k.Role == role })].ID
	}
	s.call(t, "PUT", "/v5/aliases/own", `{"targets": [{"provider": "mock", "model": "echo"}], "keys": ["`+of("member")+`"]}`)
	if a := s.chatAs(t, memberKey, "own"); a.status != http.StatusOK {
		t.Errorf("the key of the alias: %d %s", a.status, a.body)
	}
	if a := s.chatAs(t, developerKey, "own"); a.status != http.StatusNotFound || !strings.Contains(a.body, string(errs.ModelNotFound)) {
		t.Errorf("another key: %d %s", a.status, a.body)
	}
	for key, want := range map[string]bool{memberKey: true, developerKey: false} {
		r := s.request(t, http.MethodGet, "/v1/models", "")
		r.Header.Set("X-Api-Key", key)
		if got := strings.Contains(s.send(t, r).body, `"own"`); got != want {
			t.Errorf("listed for %s: %t", key, got)
		}
	}
}

// TestChangesOfAliasesAreListed for admins.
func TestChangesOfAliasesAreListed(t *testing.T) {
	s := start(t, nil)
	s.call(t, "PUT", "/v5/aliases/fast", `{"targets": [{"provider": "mock", "model": "echo"}]}`)
	s.call(t, "DELETE", "/v5/aliases/fast", "")
	type change struct {
		Action string `json:"action"`
		Kind   string `json:"kind"`
		ID     string `json:"id"`
	}
	of := func(key string) (out []change) {
		r := s.request(t, http.MethodGet, "/v5/changes?from=2026-03-04T00:00:00Z&to=2026-03-05T00:00:00Z", "")
		r.Header.Set("X-Api-Key", key)
		for _, c := range decoded[struct {
			Settings []change `json:"settings"`
		}](t, s.send(t, r)).Settings {
			if c.Kind == "alias" {
				out = append(out, c)
			}
		}
		return out
	}
	if d := cmp.Diff([]change{{"delete", "alias", "fast"}, {"store", "alias", "fast"}}, of(adminKey)); d != "" {
		t.Errorf("for an admin (-want +got):\n%s", d)
	}
	if got := of(memberKey); got != nil {
		t.Errorf("for a member: %v", got)
	}
}
