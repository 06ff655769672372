package errs_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

func TestEveryReasonHasACompleteRowAndPage(t *testing.T) {
	codes := []int{400, 401, 404, 409, 422, 429, 500, 503}
	seen := map[errs.Reason]bool{}
	for _, d := range errs.Docs() {
		if seen[d.Reason] {
			t.Errorf("%s is listed twice", d.Reason)
		}
		seen[d.Reason] = true
		if !d.Reason.Known() || !slices.Contains(codes, d.Code) || d.Type == "" || d.Fault == "" {
			t.Errorf("%s has an incomplete row: %+v", d.Reason, d)
		}
		for name, text := range map[string]string{"title": d.Title, "what": d.What, "who": d.Who, "do": d.Do, "try": d.Try} {
			if text == "" {
				t.Errorf("%s has no %s", d.Reason, name)
			}
			if sentence := strings.HasSuffix(text, "."); sentence == (name == "title") && text != "" {
				t.Errorf("%s: %s %q: sentences end with a full stop, titles do not", d.Reason, name, text)
			}
		}
	}
	if len(seen) != len(errs.Reasons()) {
		t.Errorf("%d reasons, %d pages", len(errs.Reasons()), len(seen))
	}
}

func TestReasonsOfProvidersAreTriedWithTheMock(t *testing.T) {
	for _, r := range errs.Reasons() {
		mock := strings.Contains(r.Doc().Try, "`error/"+string(r)+"`")
		if mock != r.OfProvider() {
			t.Errorf("%s: tried with the mock: %v, of a provider: %v", r, mock, r.OfProvider())
		}
	}
	if !errs.StreamInterrupted.OfProvider() || errs.InvalidJSON.OfProvider() {
		t.Error("the providers' reasons end after stream_interrupted")
	}
}

func TestUnlistedReasonIsInternal(t *testing.T) {
	r := errs.Reason("made_up")
	if r.Known() || r.Code() != 500 || r.Retryable() || r.Level() != slog.LevelError || r.Doc().Reason != errs.Internal {
		t.Errorf("got %v %d %v %v %v", r.Known(), r.Code(), r.Retryable(), r.Level(), r.Doc().Reason)
	}
}

func TestLevels(t *testing.T) {
	want := map[errs.Reason]slog.Level{
		errs.InvalidJSON: slog.LevelInfo, errs.RateLimited: slog.LevelWarn, errs.Overloaded: slog.LevelWarn,
		errs.Internal: slog.LevelError, errs.ShuttingDown: slog.LevelInfo,
	}
	for r, level := range want {
		if got := r.Level(); got != level {
			t.Errorf("%s: got %v, want %v", r, got, level)
		}
	}
}

func TestFromFindsTheClassifiedError(t *testing.T) {
	e := errs.New(errs.Conflict, "Path %q is taken.", "a")
	wrapped := fmt.Errorf("saving: %w", errs.Wrap("store.Save", e))
	if errs.From(wrapped) != e || !errs.Is(wrapped, errs.RateLimited, errs.Conflict) {
		t.Errorf("From(%v) = %v", wrapped, errs.From(wrapped))
	}
	if errs.From(nil) != nil || errs.Wrap("x", nil) != nil || errs.Is(nil, errs.Internal) {
		t.Error("nil is a failure")
	}
}

func TestInternalTextIsNotShown(t *testing.T) {
	err := errs.Wrap("store.Save", errors.New("SELECT secret FROM t"))
	d := errs.From(err).Detail("req_1", "")
	if strings.Contains(d.Message, "SELECT") || d.Message == "" {
		t.Errorf("message is %q", d.Message)
	}
	if !strings.Contains(err.Error(), "SELECT") {
		t.Errorf("the operator's text lacks the cause: %q", err)
	}
}

func TestDetailOfAProviderFailure(t *testing.T) {
	e := &errs.Error{
		Reason: errs.RateLimited, Message: "Slow down.", Origin: "OpenAI", Provider: "openai", Model: "gpt-4o", ProviderStatus: 429,
		ProviderCode: "rate_limit_exceeded", ProviderRequestID: "req_9", RetryAfter: 34407482400 * time.Nanosecond, Body: []byte("{}"),
		Err: errors.New("never shown"),
	}
	got, err := json.Marshal(e.Detail("req_1", "http://localhost:8080"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"rate_limit_error","message":"Slow down.","code":429,"origin":"OpenAI","origin_class":"provider","reason":"rate_limited","retryable":true,` +
		`"retry_after":34.4074824,"request_id":"req_1","provider":"openai","model":"gpt-4o","provider_status":429,` +
		`"provider_code":"rate_limit_exceeded","provider_request_id":"req_9","doc_url":"http://localhost:8080/docs/errors/rate_limited"}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("detail (-want +got):\n%s", d)
	}
}

func TestOriginClass(t *testing.T) {
	for _, c := range []struct {
		reason errs.Reason
		origin string
		want   errs.OriginClass
	}{
		{errs.ValidationFailed, "", errs.OriginCaller},
		{errs.InvalidRequest, "OpenAI", errs.OriginCaller},
		{errs.RateLimited, "OpenAI", errs.OriginProvider},
		{errs.ProviderUnreachable, "", errs.OriginProvider},
		{errs.ToolUnreachable, "example.com", errs.OriginProvider},
		{errs.ProviderKeyMissing, "", errs.OriginServer},
		{errs.Internal, "", errs.OriginServer},
	} {
		d := (&errs.Error{Reason: c.reason, Origin: c.origin}).Detail("", "")
		if d.OriginClass != c.want {
			t.Errorf("%s of %q is the failure of the %s, want %s", c.reason, c.origin, d.OriginClass, c.want)
		}
		d.OriginClass = "" // as Logs of older versions keep it
		if got := d.Under("").OriginClass; got != c.want {
			t.Errorf("%s of %q, kept: %s, want %s", c.reason, c.origin, got, c.want)
		}
	}
}

func TestDetailStaysWithinItsLimits(t *testing.T) {
	for _, filler := range []string{"x", "\"", "\\", "😀", "\x01x", "é\n"} {
		long := strings.Repeat(filler, 5000)
		e := &errs.Error{
			Reason: errs.InvalidRequest, Message: long, Origin: long, Provider: "openai", Model: long, ProviderCode: long,
			ProviderRequestID: long, UpstreamProvider: long, Param: long,
		}
		for range 30 {
			e.Violations = append(e.Violations, errs.Violation{Loc: []any{"body", long, 3}, Param: long, Message: long, Type: long})
			e.Attempts = append(e.Attempts, errs.Attempt{Provider: "openai", Model: long, Reason: errs.MalformedProviderResponse, ProviderStatus: 500, Milliseconds: 1 << 60})
		}
		d := e.Detail("req_1", "http://localhost")
		out, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if len(out) > 8<<10 || d.Message == "" || utf8.RuneCountInString(d.Message) > errs.MaxMessage || !utf8.ValidString(d.Message) {
			t.Errorf("%q: %d bytes, message of %d", filler, len(out), utf8.RuneCountInString(d.Message))
		}
		if len(d.Errors) > 20 || len(d.Attempts) > 10 {
			t.Errorf("%q: %d errors, %d attempts", filler, len(d.Errors), len(d.Attempts))
		}
	}
}

func TestOrdinaryValidationKeepsAllItsErrors(t *testing.T) {
	e := errs.New(errs.ValidationFailed, "20 fields are wrong.")
	for i := range 20 {
		e.Violations = append(e.Violations, errs.Violation{
			Loc: []any{"body", "prompt", "messages", i, "content"}, Param: fmt.Sprintf("prompt.messages.%d.content", i),
			Message: "Must be a string or a list of parts, not a number.", Type: "type",
		})
	}
	if d := e.Detail("req_1", "https://openloop.example.com"); len(d.Errors) != 20 {
		t.Errorf("%d of 20 errors are left", len(d.Errors))
	}
}

func TestHeaders(t *testing.T) {
	cases := []struct {
		name string
		err  errs.Error
		want map[string]string
	}{
		{"rate limit of a provider", errs.Error{Reason: errs.RateLimited, Origin: "OpenAI", Provider: "openai", RetryAfter: 1574 * time.Millisecond}, map[string]string{
			"Cache-Control": "no-store", "X-Request-Id": "req_1", "X-Error-Origin": "OpenAI", "X-Error-Reason": "rate_limited", "Retry-After": "2", "X-Should-Retry": "true",
		}},
		{"billing", errs.Error{Reason: errs.Billing, Origin: "OpenAI", Provider: "openai"}, map[string]string{
			"Cache-Control": "no-store", "X-Request-Id": "req_1", "X-Error-Origin": "OpenAI", "X-Error-Reason": "billing", "X-Should-Retry": "false",
		}},
		{"own budget", errs.Error{Reason: errs.BudgetExceeded}, map[string]string{
			"Cache-Control": "no-store", "X-Request-Id": "req_1", "X-Error-Origin": "Openloop", "X-Error-Reason": "budget_exceeded", "X-Should-Retry": "false",
		}},
		{"wrong provider key", errs.Error{Reason: errs.InvalidAPIKey, Origin: "OpenAI", Provider: "openai"}, map[string]string{
			"Cache-Control": "no-store", "X-Request-Id": "req_1", "X-Error-Origin": "OpenAI", "X-Error-Reason": "invalid_api_key", "X-Should-Retry": "false",
			"WWW-Authenticate": `Bearer realm="OpenAI"`,
		}},
		{"wrong own key, hostile origin", errs.Error{Reason: errs.GatewayKeyInvalid, Origin: "a\"\r\nX-Evil: 1é" + strings.Repeat("o", 300)}, map[string]string{
			"Cache-Control": "no-store", "X-Request-Id": "req_1", "X-Error-Reason": "gateway_key_invalid",
			"X-Error-Origin":   "a\"X-Evil: 1" + strings.Repeat("o", 186),
			"WWW-Authenticate": `Bearer realm="aX-Evil: 1` + strings.Repeat("o", 186) + `"`,
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]string{}
			c.err.Message = "m"
			d := c.err.Detail("req_1", "")
			d.Headers(func(k, v string) { got[k] = v })
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("headers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeaderValuesAreBounded(t *testing.T) {
	d := errs.Detail{Origin: strings.Repeat("o", 400), RequestID: strings.Repeat("r", 400), Code: http.StatusUnauthorized}
	d.Headers(func(k, v string) {
		if len(v) > 256 {
			t.Errorf("%s has %d bytes", k, len(v))
		}
	})
}

func TestClean(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"plain", "  a  b\n\tc ", "a  b\n\tc"},
		{"control characters", "a\x00b\r\nc\x1b[31m\u0085d", "ab\nc[31md"},
		{"invalid UTF-8", "a\xffb", "a\uFFFDb"},
		{"at the limit", "0123456789", "0123456789"},
		{"over the limit", "01234567890", "012345678…"},
		{"over the limit in characters", strings.Repeat("é", 11), strings.Repeat("é", 9) + "…"},
		{"at the limit in characters", strings.Repeat("😀", 10), strings.Repeat("😀", 10)},
		{"far over the limit", strings.Repeat("😀", 100000), strings.Repeat("😀", 9) + "…"},
		{"only white space", " \r\n ", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := errs.Clean(c.in, 10)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if again := errs.Clean(got, 10); again != got {
				t.Errorf("not idempotent: %q", again)
			}
		})
	}
}
