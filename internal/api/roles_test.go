package api_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// concrete is a path that the pattern of a route matches, and that names nothing. That of a stream without an end has a bad parameter.
func concrete(r web.Route) string {
	if r.ID == "logs.tail" {
		return r.Path + "?start_date=never"
	}
	return wildcard.ReplaceAllString(strings.NewReplacer("{reason}", "timeout", "{$}", "").Replace(r.Path), "x_1")
}

// TestRolesOfAllRoutes sends every key to every route, and holds the answers to the roles of the table.
func TestRolesOfAllRoutes(t *testing.T) {
	s := start(t, nil)
	keys := []struct {
		name, secret string
		role         auth.Role   // "" for none
		refused      errs.Reason // when there is no role
		header       func(*http.Request, string)
	}{
		{"none", "", "", errs.GatewayKeyMissing, apiKey},
		{"malformed", "with a blank", "", errs.GatewayKeyInvalid, apiKey},
		{"too long", strings.Repeat("x", 600), "", errs.GatewayKeyInvalid, apiKey},
		{"unknown", "hl_sk_unknown_0123456789abcdef", "", errs.GatewayKeyInvalid, apiKey},
		{"revoked", revokedKey, "", errs.GatewayKeyInvalid, apiKey},
		{"not a bearer", adminKey, "", errs.GatewayKeyInvalid, func(r *http.Request, key string) { r.Header.Set("Authorization", "Basic "+key) }},
		{"member", memberKey, auth.Member, "", apiKey},
		{"developer", developerKey, auth.Developer, "", apiKey},
		{"admin", adminKey, auth.Admin, "", apiKey},
		{"bearer", adminKey, auth.Admin, "", func(r *http.Request, key string) { r.Header.Set("Authorization", "Bearer "+key) }},
	}
	for _, route := range s.web.Routes() {
		for _, key := range keys {
			t.Run(route.ID+"/"+key.name, func(t *testing.T) {
				r := s.request(t, route.Method, concrete(route), "")
				r.Header.Del("X-Api-Key")
				key.header(r, key.secret)
				a := s.send(t, r)
				switch {
				case route.Public():
					if a.status == http.StatusUnauthorized {
						t.Errorf("a public route asks for a key: %s", a.body)
					}
				case key.role == "":
					refused(t, a, key.refused)
				case !key.role.Allows(route.Role):
					refused(t, a, errs.GatewayPermissionDenied)
				case a.status == http.StatusUnauthorized:
					t.Errorf("%s is refused: %s", key.role, a.body)
				}
			})
		}
	}
}

func apiKey(r *http.Request, key string) {
	if key != "" {
		r.Header.Set("X-Api-Key", key)
	}
}

func refused(t *testing.T, a *answer, reason errs.Reason) {
	t.Helper()
	d := checkFailure(t, a)
	if a.status != http.StatusUnauthorized || d.Reason != reason {
		t.Errorf("the answer is %d %s, want %s", a.status, a.body, reason)
	}
	if got := a.header.Get("WWW-Authenticate"); got != `Bearer realm="Openloop"` {
		t.Errorf("WWW-Authenticate is %q", got)
	}
}

// TestRefusals compares whole answers to requests that are not let in.
func TestRefusals(t *testing.T) {
	s := start(t, nil)
	for _, test := range []struct{ secret, reason, message string }{
		{"", "gateway_key_missing", "There is no API key in the request. Send it in the header X-API-KEY."},
		{"a b", "gateway_key_invalid", "The API key of the request is malformed."},
		{revokedKey, "gateway_key_invalid", "The API key is not valid."},
		{memberKey, "gateway_permission_denied", "This needs a key with the role developer; the key of this request has the role member."},
	} {
		r := s.request(t, http.MethodPost, "/v5/prompts", `{"path": "a", "model": "m"}`)
		r.Header.Del("X-Api-Key")
		apiKey(r, test.secret)
		got := s.send(t, r).body
		want := fmt.Sprintf(`{"detail":{"type":"authentication_error","message":%s,"code":401,"origin":"Openloop","origin_class":"caller","reason":%q,"retryable":false,`+
			`"request_id":"test","doc_url":"/docs/errors/%s"}}`, json.AppendString(nil, test.message), test.reason, test.reason)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", test.secret, d)
		}
	}
}

// TestARevokedKeyIsRefusedAtOnce revokes a key that was just used.
func TestARevokedKeyIsRefusedAtOnce(t *testing.T) {
	s := start(t, nil)
	const secret = "hl_sk_short_lived_0123456789"
	id := makeKey(t, s.db, auth.Member, secret)
	status := func() int {
		r := s.request(t, http.MethodGet, "/v5/prompts", "")
		r.Header.Set("X-Api-Key", secret)
		return s.send(t, r).status
	}
	if got := status(); got != http.StatusOK {
		t.Fatalf("the new key gets %d", got)
	}
	if err := s.db.RevokeKey(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusUnauthorized {
		t.Errorf("the revoked key gets %d", got)
	}
}

// TestTheTableOfRoutes names every route with its role in testdata/routes.txt, so that no change of either goes unseen.
func TestTheTableOfRoutes(t *testing.T) {
	var lines []string
	for _, r := range start(t, nil).web.Routes() {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Path, r.Method, r.Role))+"\n")
	}
	slices.Sort(lines)
	got := strings.Join(lines, "")
	const name = "testdata/routes.txt"
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
