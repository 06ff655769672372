package errs

import (
	"math"
	"net/http"
	"strconv"
	"strings"
)

// maxHeader is the most bytes that one header value of an error answer has.
const maxHeader = 256

// Headers calls set with every header of an error answer, except the content type. Values are printable ASCII of at most 256 bytes.
// `Retry-After` is the hint rounded up to whole seconds. `x-should-retry` is `retryable`, for the clients that know it.
func (d Detail) Headers(set func(name, value string)) {
	put := func(name, value string) {
		if value = headerValue(value); value != "" {
			set(name, value)
		}
	}
	put("Cache-Control", "no-store")
	put("X-Request-Id", d.RequestID)
	put("X-Error-Origin", d.Origin)
	put("X-Error-Reason", string(d.Reason))
	if d.RetryAfter > 0 {
		put("Retry-After", strconv.FormatInt(int64(math.Ceil(d.RetryAfter)), 10))
	}
	if d.Provider != "" || d.Code == http.StatusTooManyRequests {
		put("X-Should-Retry", strconv.FormatBool(d.Retryable))
	}
	if d.Code == http.StatusUnauthorized {
		put("WWW-Authenticate", `Bearer realm="`+strings.NewReplacer(`"`, "", `\`, "").Replace(d.Origin)+`"`)
	}
}

// headerValue drops the characters that a header cannot have. A value that was cut keeps its closing quote.
func headerValue(value string) string {
	value = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, value))
	if len(value) <= maxHeader {
		return value
	}
	if strings.HasSuffix(value, `"`) {
		return value[:maxHeader-1] + `"`
	}
	return value[:maxHeader]
}
