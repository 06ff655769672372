package llmhttp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// sendable refuses what a caller must not put into a request: a key with control characters, which no header can hold (RFC 9110, 5.5), and a model
// name with a segment of dots. Dots cannot be escaped (RFC 3986, 5.2.4), so such a name would change the path on the provider's host.
func sendable(call failure.Call, r *Request) error {
	if !holdable(r.Header) {
		return call.BadKey()
	}
	if dotted(r.URL) {
		return call.BadModel()
	}
	return nil
}

func holdable(h http.Header) bool {
	for _, values := range h {
		for _, v := range values {
			if strings.ContainsFunc(v, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
				return false
			}
		}
	}
	return true
}

// dotted reports whether a path has a segment of dots.
func dotted(u *url.URL) bool {
	if !strings.Contains(u.Path, "/.") {
		return false
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}
