package failure_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

func TestRetryHint(t *testing.T) {
	text := func(message string) string { return openAI("null", message) }
	const date = "Wed, 21 Oct 2026 07:28:00 GMT"
	cases := []struct {
		name   string
		status int
		h      http.Header
		body   string
		reason errs.Reason
		want   float64
	}{
		// order
		{"milliseconds first", 429, headers("retry-after-ms", "1500", "retry-after", "2"), text("try again in 9s"), errs.RateLimited, 1.5},
		{"zero milliseconds are none", 429, headers("retry-after-ms", "0", "retry-after", "2"), text("try again in 9s"), errs.RateLimited, 2},
		{"header before body", 429, headers("retry-after", "2"), `{"error":{"message":"try again in 9s"},"retry_after":5}`, errs.RateLimited, 2},
		{"body before text", 429, nil, `{"error":{"message":"try again in 9s"},"retry_after":5}`, errs.RateLimited, 5},
		{"RetryInfo", 503, nil, `{"error":{"code":503,"message":"m","status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4074824s"}]}}`, errs.Overloaded, 34.4074824},
		{"Cloudflare", 429, nil, `{"type":"https://developers.cloudflare.com/x","title":"Error 1015: You are being rate limited","status":429,"detail":"d","error_code":1015,"retryable":true,"retry_after":30}`, errs.RateLimited, 30},

		// header forms
		{"fraction", 503, headers("retry-after", "0.25"), "", errs.Overloaded, 0.25},
		{"date", 429, headers("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT", "date", date), "", errs.RateLimited, 30},
		{"date in the past", 429, headers("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT", "date", date), "", errs.RateLimited, 0},
		{"zero", 429, headers("retry-after", "0"), "", errs.RateLimited, 0},
		{"negative", 429, headers("retry-after", "-5"), "", errs.RateLimited, 0},
		{"words", 429, headers("retry-after", "soon"), "", errs.RateLimited, 0},
		{"huge", 429, headers("retry-after", "99999999999999999999"), "", errs.RateLimited, 0},

		// text forms
		{"seconds with a fraction", 429, nil, text("Please try again in 1.574s. Visit x."), errs.RateLimited, 1.574},
		{"milliseconds", 429, nil, text("Please try again in 644ms."), errs.RateLimited, 0.644},
		{"minutes and seconds", 429, nil, text("Please try again in 1m0.363142857s."), errs.RateLimited, 60.363142857},
		{"more minutes", 429, nil, text("Please try again in 9m38s."), errs.RateLimited, 578},
		{"words", 429, nil, text("Rate limit is exceeded. Try again in 2 seconds."), errs.RateLimited, 2},
		{"one second", 429, nil, text("Please retry after 1 second. To increase your limit, ask."), errs.RateLimited, 1},
		{"retry in", 429, nil, text("Please retry in 48.939935699s."), errs.RateLimited, 48.939935699},
		{"about", 429, nil, text("Your rate limit resets in ~30s."), errs.RateLimited, 30},
		{"available in", 503, nil, text("The model is available in 20 seconds."), errs.Overloaded, 20},
		{"loading", 503, nil, text("Loading model, retry in 5s"), errs.ModelNotReady, 5},
		{"minutes in words", 429, nil, text("Try again in 2 minutes 30 seconds"), errs.RateLimited, 150},
		{"no unit", 429, nil, text("Try again in 20"), errs.RateLimited, 0},
		{"other unit", 429, nil, text("Try again in 3 attempts"), errs.RateLimited, 0},
		{"a few minutes", 429, nil, text("Please try again in a few minutes."), errs.RateLimited, 0},

		// over an hour
		{"an hour", 429, headers("retry-after", "3600"), "", errs.RateLimited, 3600},
		{"over an hour", 429, headers("retry-after", "3601"), "", errs.QuotaExhausted, 3601},
		{"a day in text", 429, nil, text("Please retry after 86400 seconds."), errs.QuotaExhausted, 86400},
		{"hours in text", 429, nil, text("Please try again in 1h12m0.5s."), errs.QuotaExhausted, 4320.5},
		{"an overload stays one", 503, headers("retry-after", "7200"), "", errs.Overloaded, 7200},

		// eligibility
		{"quota with a true reset", 429, headers("retry-after", "600"), openAI("insufficient_quota", "m"), errs.QuotaExhausted, 600},
		{"conflict", 409, headers("retry-after", "3"), "", errs.Conflict, 3},
		{"internal", 500, headers("retry-after", "3"), text("try again in 9s"), errs.ProviderInternal, 3},
		{"no text for internal", 500, nil, text("try again in 9s"), errs.ProviderInternal, 0},
		{"no text for a timeout", 504, nil, text("try again in 9s"), errs.Timeout, 0},
		{"prose to humans", 403, nil, text("try again after 5 minutes"), errs.PermissionDenied, 0},
		{"not for billing", 402, headers("retry-after", "3"), text("try again in 9s"), errs.Billing, 0},
		{"not for a bad request", 400, headers("retry-after", "3"), "", errs.InvalidRequest, 0},
		{"resets of limits that are not reached", 429, headers("x-ratelimit-reset-requests", "12ms", "x-ratelimit-remaining-requests", "499", "x-ratelimit-reset-tokens", "6m0s"), "", errs.RateLimited, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := call("openai").HTTP(c.status, c.h, []byte(c.body))
			d := e.Detail("req", "")
			if d.Reason != c.reason || d.RetryAfter != c.want || d.Retryable != c.reason.Retryable() {
				t.Errorf("got %s after %v, want %s after %v", d.Reason, d.RetryAfter, c.reason, c.want)
			}
		})
	}
}

func TestRetryAfterDateWithoutAClockOfTheProvider(t *testing.T) {
	at := time.Now().Add(90 * time.Second).UTC()
	e := call("openai").HTTP(429, headers("retry-after", at.Format(http.TimeFormat)), nil)
	if e.RetryAfter < 60*time.Second || e.RetryAfter > 91*time.Second {
		t.Errorf("got %v", e.RetryAfter)
	}
}

func TestHugeTextHintsDoNotOverflow(t *testing.T) {
	for _, n := range []string{"99999999", "999999999999", "86400000"} {
		e := call("openai").HTTP(429, nil, []byte(openAI("null", "try again in "+n+" days "+n+" days "+n+" hours")))
		if e.RetryAfter < 0 || e.Detail("r", "").RetryAfter > 1e9 {
			t.Errorf("%s days: %v", n, e.RetryAfter)
		}
	}
}

func TestFractionsOfRetryAfterAreExact(t *testing.T) {
	for _, s := range []string{"34.4", "34.4074824", "0.1", "7.66", "59.999999999"} {
		want, _ := strconv.ParseFloat(s, 64)
		e := call("openai").HTTP(429, headers("retry-after", s), nil)
		if got := e.Detail("r", "").RetryAfter; got != want {
			t.Errorf("%s: got %v", s, got)
		}
	}
}
