package api_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// browser is a client with the cookie of a session in place of a key.
type browser struct {
	*server

	cookie string
}

// call sends a request as a page of the server does.
func (b *browser) call(t *testing.T, method, path, body string) *answer {
	t.Helper()
	return b.send(t, b.request(t, method, path, body))
}

func (b *browser) request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r := b.server.request(t, method, path, body)
	r.Header.Del("X-API-KEY")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("User-Agent", "a browser")
	if b.cookie != "" {
		r.Header.Set("Cookie", b.cookie)
	}
	return r
}

// signIn sends what the body says, and keeps the cookie.
func (b *browser) signIn(t *testing.T, body string) *answer {
	t.Helper()
	a := b.call(t, http.MethodPost, "/ui/session", body)
	b.cookie, _, _ = strings.Cut(a.header.Get("Set-Cookie"), ";")
	return a
}

// decoded is a JSON answer.
func decoded[T any](t *testing.T, a *answer) (v T) {
	t.Helper()
	if err := json.UnmarshalForeign([]byte(a.body), &v); err != nil || a.status >= http.StatusMultipleChoices {
		t.Fatalf("%v: %d %s", err, a.status, a.body)
	}
	return v
}

// TestSigningIn follows a session from its key to its end.
func TestSigningIn(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		b := &browser{server: s}
		expect(t, b.call(t, "GET", "/v5/me", ""), errs.GatewayKeyMissing)
		in := decoded[map[string]string](t, b.signIn(t, `{"key": "`+developerKey+`"}`))
		if in["role"] != "developer" || in["name"] != "the developer" || strings.Contains(b.cookie, developerKey) {
			t.Errorf("signed in as %v, with %s", in, b.cookie)
		}
		if a := b.call(t, "POST", "/v5/prompts", `{"path": "p", "provider": "mock", "model": "echo"}`); a.status != http.StatusOK {
			t.Errorf("saving a Prompt: %d %s", a.status, a.body)
		}
		expect(t, b.call(t, "GET", "/v5/api-keys", ""), errs.GatewayPermissionDenied)
		if a := b.call(t, "DELETE", "/ui/session", ""); a.status != http.StatusNoContent || !strings.HasPrefix(a.header.Get("Set-Cookie"), "openloop_session=; Path=/; Max-Age=0;") {
			t.Errorf("signing out: %d %v", a.status, a.header)
		}
		expect(t, b.call(t, "GET", "/v5/me", ""), errs.GatewayKeyInvalid)
		if a := b.call(t, "DELETE", "/ui/session", ""); a.status != http.StatusNoContent {
			t.Errorf("signing out again: %d %s", a.status, a.body)
		}
	})
}

// TestOtherSitesCannotUseTheCookie sends what forms and scripts of other sites can send, and looks whether anything has changed.
func TestOtherSitesCannotUseTheCookie(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		b := &browser{server: s}
		b.signIn(t, `{"key": "`+adminKey+`"}`)
		before := b.call(t, "GET", "/v5/environments", "").body
		for name, headers := range map[string]map[string]string{
			"a form of another site":   {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example", "Content-Type": "text/plain"},
			"a script at another port": {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"},
			"an old browser":           {"Sec-Fetch-Site": "", "Origin": "http://evil.example"},
			"no browser":               {"Sec-Fetch-Site": ""},
		} {
			r := b.request(t, "POST", "/v5/environments", `{"name": "x"}`)
			for k, v := range headers {
				r.Header.Set(k, v)
				if v == "" {
					r.Header.Del(k)
				}
			}
			if d := checkFailure(t, b.send(t, r)); d.Reason != errs.GatewayPermissionDenied {
				t.Errorf("%s: %s", name, d.Reason)
			}
		}
		if after := b.call(t, "GET", "/v5/environments", "").body; after != before {
			t.Errorf("it was changed to %s", after)
		}
		r := b.request(t, "POST", "/ui/session", `{"key": "`+memberKey+`"}`)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		expect(t, b.send(t, r), errs.GatewayPermissionDenied)
	})
}

func TestSigningInNeedsOneOfBoth(t *testing.T) {
	b := &browser{server: start(t, nil)}
	for _, body := range []string{`{}`, `{"key": "a", "once": "b"}`, `{"key": 1}`} {
		expect(t, b.signIn(t, body), errs.ValidationFailed)
	}
	expect(t, b.signIn(t, `{"key": "`+revokedKey+`"}`), errs.GatewayKeyInvalid)
	if b.cookie != "" {
		t.Errorf("it has the cookie %s", b.cookie)
	}
}

// TestARevokedKeyEndsItsSessions signs two browsers in, and revokes the key of one.
func TestARevokedKeyEndsItsSessions(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		one, two := &browser{server: s}, &browser{server: s}
		id := decoded[map[string]string](t, one.signIn(t, `{"key": "`+memberKey+`"}`))["key_id"]
		two.signIn(t, `{"key": "`+developerKey+`"}`)
		if a := one.call(t, "GET", "/v5/me", ""); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := s.call(t, "DELETE", "/v5/api-keys/"+id, ""); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
		expect(t, one.call(t, "GET", "/v5/me", ""), errs.GatewayKeyInvalid)
		if a := two.call(t, "GET", "/v5/me", ""); a.status != http.StatusOK {
			t.Errorf("the other: %d %s", a.status, a.body)
		}
	})
}

func TestALinkSignsInOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		id := makeKey(t, s.db, auth.Admin, "hl_sk_of_the_link_0123456789")
		once, err := access.NewLink(t.Context(), s.db, id)
		if err != nil {
			t.Fatal(err)
		}
		b := &browser{server: s}
		if in := decoded[map[string]string](t, b.signIn(t, `{"once": "`+once+`"}`)); in["key_id"] != id {
			t.Errorf("signed in as %v", in)
		}
		if a := b.call(t, "GET", "/v5/api-keys", ""); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.body)
		}
		expect(t, (&browser{server: s}).signIn(t, `{"once": "`+once+`"}`), errs.GatewayKeyInvalid)
	})
}

// TestTooManyFailuresToSignIn tries until the server says when to try again, and looks for the secrets in what it logs.
func TestTooManyFailuresToSignIn(t *testing.T) {
	b := &browser{server: start(t, nil)}
	for range 10 {
		expect(t, b.signIn(t, `{"key": "hl_sk_guessed_0123456789"}`), errs.GatewayKeyInvalid)
	}
	a := b.signIn(t, `{"key": "`+adminKey+`"}`)
	expect(t, a, errs.GatewayRateLimited)
	if after := a.header.Get("Retry-After"); a.status != http.StatusTooManyRequests || after != "900" {
		t.Errorf("%d, after %s", a.status, after)
	}
}

// TestSecretsOfSigningInAreNotLogged signs in well and badly, and reads the log.
func TestSecretsOfSigningInAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := &browser{server: startWith(t, nil, store.Options{Path: filepath.Join(t.TempDir(), "test.db")}, api.Options{Logger: logger})}
	b.signIn(t, `{"key": "hl_sk_guessed_0123456789"}`)
	b.signIn(t, `{"once": "a-guessed-token"}`)
	b.signIn(t, `{"key": "`+adminKey+`"}`)
	b.call(t, "GET", "/v5/me", "")
	if !strings.Contains(log.String(), "/ui/session") {
		t.Fatalf("nothing was logged: %s", &log)
	}
	_, token, _ := strings.Cut(b.cookie, "=")
	for _, secret := range []string{"hl_sk_guessed", "a-guessed-token", adminKey, token} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %s: %s", secret, &log)
		}
	}
}

// TestMe compares the whole answers about a key and about a session of it.
func TestMe(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		b := &browser{server: s}
		in := decoded[map[string]string](t, b.signIn(t, `{"key": "`+adminKey+`"}`))
		kind := s.db.Kind()
		environments, err := s.db.Environments(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		const want = `{"key":{"id":"%s","name":"the admin","hint":"cdef"},"role":"admin","via":"%s",%s"server":{"version":"test","database":"%s","public_url":"","prefix":"",` +
			`"https":false,"features":{"evaluator_runs":true,"agents":true,"tools":true,"mcp":true,"monitoring":true,"gates":true,"reviews":true}},` +
			`"default_environment":{"id":"%s","created_at":"<time>","name":"production","tag":"default"}}`
		session := fmt.Sprintf(`"session":{"id":"%s","created_at":"<time>","last_seen_at":"<time>","expires_at":"<time>","user_agent":"a browser","current":true},`, in["id"])
		for via, got := range map[string]string{"key": s.call(t, "GET", "/v5/me", "").body, "session": b.call(t, "GET", "/v5/me", "").body} {
			middle := ""
			if via == "session" {
				middle = session
			}
			if diff := cmp.Diff(fmt.Sprintf(want, in["key_id"], via, middle, kind, environments[0].ID), anyTime.ReplaceAllString(got, "<time>")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", via, diff)
			}
		}
	})
}

var anyTime = regexp.MustCompile(`\b20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`)

// TestSessionsAreListedAndEnded signs two browsers in with one key. One of them ends the other.
func TestSessionsAreListedAndEnded(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		s := on(t, nil)
		one, two, three := &browser{server: s}, &browser{server: s}, &browser{server: s}
		first := decoded[map[string]string](t, one.signIn(t, `{"key": "`+memberKey+`"}`))["id"]
		second := decoded[map[string]string](t, two.signIn(t, `{"key": "`+memberKey+`"}`))["id"]
		three.signIn(t, `{"key": "`+adminKey+`"}`)
		type session struct {
			ID        string    `json:"id"`
			UserAgent string    `json:"user_agent"`
			Current   bool      `json:"current"`
			Created   time.Time `json:"created_at"`
			Seen      time.Time `json:"last_seen_at"`
			Expires   time.Time `json:"expires_at"`
		}
		list := decoded[struct {
			Records []session `json:"records"`
		}](t, two.call(t, "GET", "/v5/me/sessions", "")).Records
		if len(list) != 2 || list[0].ID != second || !list[0].Current || list[1].ID != first || list[1].Current || list[0].UserAgent != "a browser" ||
			!list[0].Expires.Equal(list[0].Seen.Add(auth.SessionIdle)) {
			t.Fatalf("sessions are %+v", list)
		}
		expect(t, three.call(t, "DELETE", "/v5/me/sessions/"+first, ""), errs.ResourceNotFound) // another key's
		if a := two.call(t, "DELETE", "/v5/me/sessions/"+first, ""); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
		expect(t, one.call(t, "GET", "/v5/me", ""), errs.GatewayKeyInvalid)
		if a := two.call(t, "GET", "/v5/me", ""); a.status != http.StatusOK {
			t.Errorf("the one that ended it: %d %s", a.status, a.body)
		}
	})
}
