package web_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/web"
)

const testCall = "/v5/prompts/call"

func TestUnclassifiedErrorIsLoggedAndNotShown(t *testing.T) {
	h := newHarness(t)
	h.call = func(context.Context) error { return errs.Wrap("store.Get", errors.New("disk on fire: hunter2")) }
	w := h.do("POST", testCall, `{}`)
	if d := cmp.Diff(answerOf(t, &errs.Error{Reason: errs.Internal}), w.Body.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
	want := `level=ERROR msg=failure request_id=req_test op=store.Get reason=internal_error cause="disk on fire: hunter2"` + "\n" +
		`level=ERROR msg=request method=POST route=/v5/prompts/call status=500 ms=0 bytes=` + itoa(w.Body.Len()) +
		` request_id=req_test key_id=key_admin reason=internal_error origin=Openloop` + "\n"
	if d := cmp.Diff(want, h.logged()); d != "" {
		t.Errorf("log (-want +got):\n%s", d)
	}
}

func itoa(n int) string { return slog.IntValue(n).String() }

// logged is the log without its times.
func (h *harness) logged() string {
	var out strings.Builder
	for line := range strings.Lines(h.log.String()) {
		_, rest, _ := strings.Cut(line, " ")
		out.WriteString(rest)
	}
	return out.String()
}

func TestPanicBecomesAnInternalError(t *testing.T) {
	h := newHarness(t)
	h.call = func(context.Context) error { panic("secret state") }
	w := h.do("POST", testCall, `{}`)
	if d := cmp.Diff(answerOf(t, &errs.Error{Reason: errs.Internal}), w.Body.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
	if log := h.logged(); !strings.Contains(log, "secret state") || !strings.Contains(log, "middleware_test.go") {
		t.Errorf("the log holds no stack: %s", log)
	}
}

func TestProviderFailurePassesThrough(t *testing.T) {
	e := &errs.Error{Reason: errs.QuotaExhausted, Message: "You exceeded your quota.", Origin: "OpenAI", Provider: "openai", ProviderStatus: 429}
	h := newHarness(t)
	h.call = func(context.Context) error { return errors.Join(errors.New("call"), e) }
	w := h.do("POST", testCall, `{}`)
	if d := cmp.Diff(answerOf(t, e), w.Body.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
	if got := w.Header().Get("X-Should-Retry"); got != "false" {
		t.Errorf("x-should-retry %q", got)
	}
	want := []web.Observation{{
		Method: "POST", Route: testCall, ID: "prompts.call", Status: 429, Bytes: int64(w.Body.Len()),
		Reason: errs.QuotaExhausted, Origin: "OpenAI", Provider: "openai",
	}}
	if d := cmp.Diff(want, h.seen); d != "" {
		t.Errorf("observed (-want +got):\n%s", d)
	}
}

func TestClientThatLeftGetsNothing(t *testing.T) {
	h := newHarness(t)
	ctx, cancel := context.WithCancel(t.Context())
	h.call = func(ctx context.Context) error {
		cancel()
		return errs.Wrap("gateway.Call", ctx.Err())
	}
	w := httptest.NewRecorder()
	if err := served(h, w, newPost(t, `{}`).WithContext(ctx)); !errors.Is(err, http.ErrAbortHandler) {
		t.Errorf("panicked with %v, want http.ErrAbortHandler", err)
	}
	if w.Body.Len() > 0 {
		t.Errorf("sent %s", w.Body)
	}
	want := []web.Observation{{Method: "POST", Route: testCall, ID: "prompts.call", Status: 499}}
	if d := cmp.Diff(want, h.seen); d != "" {
		t.Errorf("observed (-want +got):\n%s", d)
	}
}

// served is what serving r panicked with.
func served(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() { err, _ = recover().(error) }()
	h.ServeHTTP(w, r)
	return nil
}

func TestFailureOfABegunAnswerCutsTheConnection(t *testing.T) {
	for name, end := range map[string]func(http.ResponseWriter, *http.Request){
		"error":         func(w http.ResponseWriter, r *http.Request) { web.Fail(w, r, errors.New("late")) },
		"panic":         func(http.ResponseWriter, *http.Request) { panic("late") },
		"abort handler": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s, err := web.New([]web.Route{{Method: "GET", Path: "/{$}", ID: "a", Op: web.Handler(func(w http.ResponseWriter, r *http.Request) {
				_, _ = w.Write([]byte("begun"))
				end(w, r)
			})}}, web.Options{})
			if err != nil {
				t.Fatal(err)
			}
			w := httptest.NewRecorder()
			if err := served(s, w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)); !errors.Is(err, http.ErrAbortHandler) || w.Body.String() != "begun" {
				t.Errorf("panicked with %v after %q", err, w.Body)
			}
		})
	}
}

func TestHandlersBodyIsLimited(t *testing.T) {
	h := newHarness(t, func(o *web.Options) { o.MaxBody = 5 })
	w := h.do("POST", "/raw", "123456")
	want := &errs.Error{Reason: errs.BodyTooLarge, Message: "The body is larger than the limit of 5 bytes."}
	if d := cmp.Diff(answerOf(t, want), w.Body.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

func TestFailOutsideAServer(t *testing.T) {
	w := httptest.NewRecorder()
	web.Fail(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil), errs.New(errs.LogNotFound, "There is no Log x."))
	body, want := w.Body.String(), `"reason":"log_not_found"`
	if w.Code != http.StatusNotFound || !strings.Contains(body, want) {
		t.Errorf("%d %s", w.Code, body)
	}
}

func TestRequestID(t *testing.T) {
	h := newHarness(t)
	for given, kept := range map[string]bool{
		"a": true, "Az09._-": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "é": false, `a"b`: false,
	} {
		w := h.do("GET", "/health", "", "X-Request-Id", given)
		got := w.Header().Get("X-Request-Id")
		if kept != (got == given) || !kept && (len(got) != 25 || !strings.HasPrefix(got, "req_")) {
			t.Errorf("given %q, answered with %q", given, got)
		}
	}
}

func TestContext(t *testing.T) {
	type key struct{}
	var got []any
	s, err := web.New([]web.Route{{Method: "GET", Path: "/a", ID: "a", Op: web.NoContent(func(ctx context.Context, _ *nothing) error {
		got = []any{ids.RequestFrom(ctx), ctx.Value(key{}), auth.From(ctx).KeyID}
		derived, cancel := context.WithCancel(ctx)
		defer cancel()
		got = append(got, ids.RequestFrom(context.WithoutCancel(derived)))
		return nil
	})}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/a", nil)
	r.Header.Set("X-Request-Id", "me")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(context.WithValue(t.Context(), key{}, "kept")))
	if d := cmp.Diff([]any{"me", "kept", "", "me"}, got); d != "" {
		t.Errorf("context (-want +got):\n%s", d)
	}
	if w.Code != http.StatusNoContent {
		t.Errorf("answer %d %v", w.Code, w.Header())
	}
	if id, who := ids.RequestFrom(t.Context()), auth.From(t.Context()); id != "" || who.KeyID != "" {
		t.Errorf("outside a request: %q %v", id, who)
	}
	web.Annotate(t.Context(), slog.String("a", "b"))
}

func TestLogLine(t *testing.T) {
	h := newHarness(t)
	h.call = func(ctx context.Context) error {
		web.Annotate(ctx, slog.String("log_id", "log_1"))
		return errs.New(errs.PromptNotFound, "There is no Prompt x.")
	}
	w := h.do("POST", testCall, `{}`)
	h.do("GET", "/nowhere?secret=1", "")
	h.do("GET", "/v5/prompts/x", "")
	want := `level=INFO msg=request method=POST route=/v5/prompts/call status=404 ms=0 bytes=` + itoa(w.Body.Len()) +
		` request_id=req_test key_id=key_admin reason=prompt_not_found origin=Openloop log_id=log_1` + "\n" +
		`level=INFO msg=request method=GET path=/nowhere status=404 ms=0 bytes=270 request_id=req_test reason=route_not_found origin=Openloop` + "\n" +
		`level=INFO msg=request method=GET route=/v5/prompts/{id} status=200 ms=0 bytes=29 request_id=req_test key_id=key_admin` + "\n"
	if d := cmp.Diff(want, h.logged()); d != "" {
		t.Errorf("log (-want +got):\n%s", d)
	}
}
