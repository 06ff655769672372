package llmhttp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// sendable refuses what a caller put into a request that must not or cannot be sent as it is: a key with control characters in a header
// (RFC 9110, 5.5), and a model name that leads a URL elsewhere on the provider's host, since dots cannot be escaped (RFC 3986, 5.2.4).
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
