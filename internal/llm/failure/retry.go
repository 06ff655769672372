package failure

import (
	"net/http"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure/wording"
)

// hint finds when the same request may succeed: in the headers, then in the body, then in the message. It returns the verdict too, because
// a rate limit that clears only after more than an hour becomes a quota.
func hint(v verdict, f facts, h http.Header, message string) (verdict, time.Duration) {
	if !v.reason.Retryable() && v.reason != errs.QuotaExhausted {
		return v, 0
	}
	wait := waitOf(v, f, h, message)
	if v.reason == errs.RateLimited && (wait > wording.LongestWait || wait <= 0 && v.usedUp) {
		v.reason = errs.QuotaExhausted
	}
	return v, max(wait, 0)
}

// waitOf returns how long to wait, 0 if unknown. For a hopeless verdict it believes only a reset in the message.
func waitOf(v verdict, f facts, h http.Header, message string) time.Duration {
	if v.hopeless {
		return wording.Reset(message)
	}
	wait := headerHint(h)
	if wait <= 0 {
		wait = f.retry
	}
	if wait <= 0 && slices.Contains(textHints[:], v.reason) {
		wait = wording.Wait(message)
	}
	return wait
}

// textHints are the reasons whose messages give waiting times for machines. Other messages address people.
var textHints = [...]errs.Reason{errs.RateLimited, errs.Overloaded, errs.ModelNotReady, errs.QuotaExhausted}

func headerHint(h http.Header) time.Duration {
	if ms := wording.Seconds(header(h, "Retry-After-Ms")); ms > 0 {
		return ms / 1000
	}
	after := header(h, "Retry-After")
	if d := wording.Seconds(after); d > 0 {
		return d
	}
	at, err := http.ParseTime(after)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(header(h, "Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(at.Sub(now), 0), wording.MaxWait)
}
