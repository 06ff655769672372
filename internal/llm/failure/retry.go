package failure

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"openloop/internal/errs"
)

// longest is the wait that still is a rate limit. A longer one is a quota: no client should sleep that long inside a request.
const longest = time.Hour

// hint finds when the same request may succeed: in the headers, then in the body, then in the message. It returns the verdict
// again, because a rate limit that clears only after more than an hour is a quota.
func hint(v verdict, f facts, h http.Header, message string) (verdict, time.Duration) {
	if !v.reason.Retryable() && v.reason != errs.QuotaExhausted {
		return v, 0
	}
	wait := waitOf(v, f, h, message)
	if v.reason == errs.RateLimited && (wait > longest || wait <= 0 && v.usedUp) {
		v.reason = errs.QuotaExhausted
	}
	return v, max(wait, 0)
}

// waitOf is how long to wait, 0 for unknown. Of a hopeless verdict only a reset that the message tells is believed.
func waitOf(v verdict, f facts, h http.Header, message string) time.Duration {
	if v.hopeless {
		return textHint(resetting, folded(message))
	}
	wait := headerHint(h)
	if wait <= 0 {
		wait = f.retry
	}
	if wait <= 0 && slices.Contains(textHints[:], v.reason) {
		wait = textHint(waiting, folded(message))
	}
	return wait
}

// textHints are the reasons whose messages say machine-readable waiting times. Others talk to people.
var textHints = [...]errs.Reason{errs.RateLimited, errs.Overloaded, errs.ModelNotReady, errs.QuotaExhausted}

func headerHint(h http.Header) time.Duration {
	if ms := parseSeconds(header(h, "Retry-After-Ms")); ms > 0 {
		return ms / 1000
	}
	after := header(h, "Retry-After")
	if d := parseSeconds(after); d > 0 {
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
	return min(max(at.Sub(now), 0), maxWait)
}

// maxWait bounds every hint, so that sums of them fit.
const maxWait = 1000 * 24 * time.Hour

// parseSeconds reads a decimal number of seconds exactly, to nine places. It is 0 for anything else and for what is out of range.
func parseSeconds(s string) time.Duration {
	whole, fraction, _ := strings.Cut(strings.TrimSpace(s), ".")
	n, err := strconv.ParseUint(whole, 10, 40)
	if err != nil || n > uint64(maxWait/time.Millisecond) {
		return 0
	}
	nanos := 0
	if fraction != "" {
		digits := (fraction + "000000000")[:9]
		if nanos, err = strconv.Atoi(digits); err != nil || nanos < 0 {
			return 0
		}
	}
	return time.Duration(n)*time.Second + time.Duration(nanos)
}

// aSpan is a time in words or in short: "1.574s", "1m0.36s", "2 days 4 hours".
const aSpan = `:?\s*(?:about |approximately )?~?\s*((?:\d{1,12}(?:\.\d{1,12})?\s*[a-zµ]+[\s,]*(?:and )?)+)`

var (
	waiting   = regexp.MustCompile(`(?:again in|again after|retry after|retry in|resets? in|resets? after|renews? in|refreshes in|available in)` + aSpan)
	resetting = regexp.MustCompile(`(?:resets? in|resets? after|renews? in|refreshes in)` + aSpan)
	amount    = regexp.MustCompile(`(\d+(?:\.\d+)?)\s*([a-zµ]+)`)
)

// textHint finds a waiting time behind the words of a pattern, in a message in lower case.
func textHint(pattern *regexp.Regexp, message string) time.Duration {
	if !strings.ContainsAny(message, "0123456789") {
		return 0
	}
	for _, m := range pattern.FindAllStringSubmatch(message, 8) {
		var total time.Duration
		for _, part := range amount.FindAllStringSubmatch(m[1], 8) {
			unit, ok := units[part[2]]
			if !ok {
				break
			}
			total += scale(parseSeconds(part[1]), unit)
		}
		if total > 0 {
			return min(total, maxWait)
		}
	}
	return 0
}

// scale turns n, read as seconds, into n units, bounded by maxWait.
func scale(n, unit time.Duration) time.Duration {
	if unit < time.Second {
		return n / (time.Second / unit)
	}
	factor := unit / time.Second
	if n > maxWait/factor {
		return maxWait
	}
	return n * factor
}

const week = 7 * 24 * time.Hour

var units = map[string]time.Duration{
	"ms": time.Millisecond, "millisecond": time.Millisecond, "milliseconds": time.Millisecond,
	"s": time.Second, "sec": time.Second, "secs": time.Second, "second": time.Second, "seconds": time.Second,
	"m": time.Minute, "min": time.Minute, "mins": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hr": time.Hour, "hrs": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour, "days": 24 * time.Hour,
	"w": week, "week": week, "weeks": week, "month": 30 * 24 * time.Hour, "months": 30 * 24 * time.Hour,
}
