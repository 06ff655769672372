package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web"
)

type nothing struct{}

func fine(context.Context, *nothing) (string, error) { return "", nil }

func TestNewRefuses(t *testing.T) {
	type other struct {
		ID string `path:"other"`
	}
	type twice struct {
		A nothing `body:"json"`
		B nothing `body:"json"`
	}
	type undescribed struct {
		Body llm.Content `body:"json"`
	}
	type misruled struct {
		Body struct {
			N int `json:"n" minlen:"3"`
		} `body:"json"`
	}
	type misfit struct {
		N int `query:"n" default:"many"`
	}
	ok := web.Text(fine)
	cases := []struct {
		name   string
		routes []web.Route
		want   string
	}{
		{"the same route twice", []web.Route{{Method: "GET", Path: "/a", ID: "a", Op: ok}, {Method: "GET", Path: "/a", ID: "b", Op: ok}}, "conflicts"},
		{"overlapping patterns", []web.Route{{Method: "GET", Path: "/a/{x}/c", ID: "a", Op: web.Handler(nil)}, {Method: "GET", Path: "/a/b/{y}", ID: "b", Op: web.Handler(nil)}}, "conflicts"},
		{"the same id twice", []web.Route{{Method: "GET", Path: "/a", ID: "a", Op: ok}, {Method: "GET", Path: "/b", ID: "a", Op: ok}}, "two routes have the id"},
		{"a bad pattern", []web.Route{{Method: "GET", Path: "/{", ID: "a", Op: web.Handler(nil)}}, "parsing"},
		{"no operation", []web.Route{{Method: "GET", Path: "/a", ID: "a"}}, "no operation"},
		{"no id", []web.Route{{Method: "GET", Path: "/a", Op: ok}}, "no id"},
		{"no method", []web.Route{{Path: "/a", ID: "a", Op: ok}}, "needs a method"},
		{"unknown role", []web.Route{{Method: "GET", Path: "/a", ID: "a", Role: "king", Op: ok}}, `no role "king"`},
		{"no way to authenticate", []web.Route{{Method: "GET", Path: "/a", ID: "a", Role: auth.Admin, Op: ok}}, "Authenticate is not set"},
		{"unread wildcard", []web.Route{{Method: "GET", Path: "/a/{id}", ID: "a", Op: ok}}, "takes 0 of the 1 wildcards"},
		{"unknown wildcard", []web.Route{{Method: "GET", Path: "/a/{id}", ID: "a", Op: web.JSON(func(context.Context, *other) (string, error) { return "", nil })}}, "no wildcard {other}"},
		{"two bodies", []web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.JSON(func(context.Context, *twice) (string, error) { return "", nil })}}, "one body"},
		{"type without a schema", []web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.JSON(func(context.Context, *undescribed) (string, error) { return "", nil })}}, "llm.Content has its own JSON methods"},
		{"rule that does not fit", []web.Route{{Method: "POST", Path: "/a", ID: "a", Op: web.JSON(func(context.Context, *misruled) (string, error) { return "", nil })}}, "minlen and maxlen are for texts"},
		{"default that does not fit", []web.Route{{Method: "GET", Path: "/a", ID: "a", Op: web.JSON(func(context.Context, *misfit) (string, error) { return "", nil })}}, `default "many"`},
		{"answer without a form", []web.Route{{Method: "GET", Path: "/a", ID: "a", Op: web.JSON(func(context.Context, *nothing) (chan int, error) { return nil, nil })}}, "no JSON form"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := web.New(c.routes, web.Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		})
	}
}

func TestPathsAreServedWithoutRedirects(t *testing.T) {
	cases := []struct{ method, target, want string }{
		{"GET", "/v5/prompts/pr_1", `{"id":"pr_1","name":"key_admin"}`},
		{"GET", "/v5/prompts/pr_1/", `{"id":"pr_1","name":"key_admin"}`},
		{"GET", "//v5///prompts/pr_1", `{"id":"pr_1","name":"key_admin"}`},
		{"GET", "/v5/prompts/a%2Fb%20c", `{"id":"a/b c","name":"key_admin"}`},
		{"GET", "/v5/prompts/a%2Fb/", `{"id":"a/b","name":"key_admin"}`},
		{"GET", "/v5/prompts/.hidden", `{"id":".hidden","name":"key_admin"}`},
		{"GET", "/v5/prompts/%C3%A9", `{"id":"é","name":"key_admin"}`},
		{"GET", "/ui", "ui:"},
		{"GET", "/ui/", "ui:"},
		{"GET", "/ui/a/b/", "ui:a/b"},
		{"POST", "/v5/prompts/call/", `{"id":"log_1","name":"done"}`},
		{"GET", "/health/", "ok\n"},
	}
	for _, c := range cases {
		w := newHarness(t).do(c.method, c.target, "")
		if w.Code != http.StatusOK || w.Body.String() != c.want {
			t.Errorf("%s %s: %d %q, want %q", c.method, c.target, w.Code, w.Body, c.want)
		}
	}
}

// Fault E5: no path is redirected, and one with dot segments names nothing.
func TestPathsThatNameNothing(t *testing.T) {
	for _, path := range []string{
		"/v5/x/../prompts/./pr_1", "/health/..", "/health/.", "/health/%2e%2e", "/health/%2E", "/v5/prompts/..", "/v5/prompts/é/environments/%2e%2e",
		"/v5/prompts/%C3%A9/environments/.%2e", "/./health", "/../health", "//", "///", "/ui/../health", "/ui/%2e%2e/health", "/.", "/..", "/%2e%2e/",
		"/v5/prompts/call/environments/x", // no id is "call"
	} {
		for _, method := range []string{"GET", "POST", "DELETE", "HEAD", "CONNECT"} {
			r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
			u, err := url.ParseRequestURI(path)
			if err != nil {
				t.Fatal(err)
			}
			r.URL, r.RequestURI = u, path
			w := httptest.NewRecorder()
			newHarness(t).ServeHTTP(w, r)
			if w.Code != 404 || w.Header().Get("X-Error-Reason") != string(errs.RouteNotFound) || w.Header().Get("Location") != "" {
				t.Errorf("%s %s: %d %s", method, path, w.Code, w.Header().Get("Location"))
			}
		}
	}
}

// Fault F7: a known path that does not take a method says what it takes, and its literal segments are no ids.
func TestLiteralSegmentsAreNoIDs(t *testing.T) {
	h := newHarness(t)
	for request, want := range map[string]string{
		"GET /v5/prompts/call":  "/v5/prompts/call does not take the method GET. It takes POST, OPTIONS.",
		"HEAD /v5/prompts/call": "",
		"PUT /v5/prompts/x":     "/v5/prompts/x does not take the method PUT. It takes GET, HEAD, OPTIONS.",
	} {
		method, path, _ := strings.Cut(request, " ")
		w := h.do(method, path, "")
		if w.Code != 404 || w.Header().Get("X-Error-Reason") != string(errs.MethodNotAllowed) {
			t.Errorf("%s: %d %s", request, w.Code, w.Body)
		}
		if want != "" && detailOf(t, w.Body.String()).Message != want {
			t.Errorf("%s: %s", request, w.Body)
		}
	}
}

func TestMethodsThatNobodyRegistered(t *testing.T) {
	h := newHarness(t)
	cases := []struct {
		method, target string
		status         int
		allow          string
	}{
		{"OPTIONS", "/v5/prompts", 204, "GET, HEAD, POST, OPTIONS"},
		{"OPTIONS", "/v5/prompts/call", 204, "POST, OPTIONS"}, // no {id} of /v5/prompts/{id} is "call"
		{"OPTIONS", "/nowhere", 404, ""},
		{"HEAD", "/v5/prompts/x", 200, ""},
		{"HEAD", "/v5/upload", 404, "POST, OPTIONS"},
		{"TRACE", "/v5/upload", 404, "POST, OPTIONS"},
		{"CONNECT", "/v5/upload", 404, "POST, OPTIONS"},
	}
	for _, c := range cases {
		w := h.do(c.method, c.target, "")
		if w.Code != c.status || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.target, w.Code, w.Header().Get("Allow"))
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), "OPTIONS", "*", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("OPTIONS *: %d", w.Code)
	}
}

func TestCrossOrigin(t *testing.T) {
	const origin = "https://app.example"
	preflight := []string{"Origin", origin, "Access-Control-Request-Method", "POST", "X-Api-Key", ""}
	cases := []struct {
		name            string
		allowed         []string
		method          string
		headers         []string
		status          int
		origin, methods string
	}{
		{"nobody is allowed by default", nil, "OPTIONS", preflight, 204, "", ""},
		{"preflight", []string{origin}, "OPTIONS", preflight, 204, origin, "POST, OPTIONS"},
		{"anybody", []string{"*"}, "OPTIONS", preflight, 204, origin, "POST, OPTIONS"},
		{"other origin", []string{"https://other.example"}, "OPTIONS", preflight, 204, "", ""},
		{"request", []string{origin}, "POST", []string{"Origin", origin}, 200, origin, ""},
		{"failure", []string{origin}, "POST", []string{"Origin", origin, "X-Api-Key", ""}, 401, origin, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHarness(t, func(o *web.Options) { o.AllowedOrigins = c.allowed })
			w := h.do(c.method, "/v5/upload", "", c.headers...)
			got := []any{w.Code, w.Header().Get("Access-Control-Allow-Origin"), w.Header().Get("Access-Control-Allow-Methods")}
			if d := cmp.Diff([]any{c.status, c.origin, c.methods}, got); d != "" {
				t.Errorf("answer (-want +got):\n%s", d)
			}
		})
	}
}

// Every route of the table is asked for with no key and with a key of every role.
func TestRolesWalk(t *testing.T) {
	h := newHarness(t)
	h.call = func(context.Context) error { return nil }
	for _, r := range h.Routes() {
		for _, has := range []auth.Role{"", auth.Member, auth.Developer, auth.Admin} {
			key := ""
			if has != "" {
				key = "hl_sk_" + string(has)
			}
			path := strings.NewReplacer("{id}", "x", "{env}", "y", "{rest...}", "z").Replace(r.Path)
			w := h.do(r.Method, path, "{", "X-Api-Key", key)
			want := errs.Reason("")
			switch {
			case r.Public() || has.Allows(r.Role):
			case has == "":
				want = errs.GatewayKeyMissing
			default:
				want = errs.GatewayPermissionDenied
			}
			got := errs.Reason(w.Header().Get("X-Error-Reason"))
			if (want != "" || got.Code() == http.StatusUnauthorized) && got != want {
				t.Errorf("%s with role %q: reason %q, want %q", r.ID, has, got, want)
			}
		}
	}
}

func TestWhereKeysAreFound(t *testing.T) {
	for _, headers := range [][]string{
		{"X-API-KEY", "hl_sk_member"}, {"x-api-key", " hl_sk_member "}, {"Authorization", "Bearer hl_sk_member"},
		{"authorization", "bearer  hl_sk_member"}, {"api-key", "hl_sk_member"},
	} {
		w := newHarness(t).do("GET", "/v5/prompts/x", "", append([]string{"X-Api-Key", ""}, headers...)...)
		if w.Code != http.StatusOK {
			t.Errorf("%v: %d %s", headers, w.Code, w.Body)
		}
	}
}

func TestDrain(t *testing.T) {
	h := newHarness(t)
	h.Drain()
	w := h.do("GET", "/v5/prompts/x", "")
	want := &errs.Error{Reason: errs.ShuttingDown, Message: "The server is shutting down. Send the request again.", RetryAfter: 2 * time.Second}
	if d := cmp.Diff(answerOf(t, want), w.Body.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
	if got := w.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After %q", got)
	}
	if w := h.do("GET", "/health", ""); w.Code != http.StatusOK {
		t.Errorf("health while draining: %d", w.Code)
	}
}
