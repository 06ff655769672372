package failure

import (
	"net/http"
	"regexp"

	"github.com/openloop-server/openloop/internal/errs"
)

// alarming matches the words of failures that no rule knows.
var alarming = regexp.MustCompile(`(?i)error|exception|fail|fatal|traceback|unavailable|unauthori[sz]ed|forbidden|denied|timed? ?out|refused|invalid|overload|limit|exceed|too many|quota|busy|reject|expired|insufficient|abort|crash|unable|cannot|could not|\bnot found\b`)

// Plain returns the failure in an event that is not JSON but words or a page, or nil if it tells none. Servers also send such events only
// to keep a connection open ("ping").
func (c Call) Plain(h http.Header, data []byte) *errs.Error {
	doc := read(data)
	switch doc.shape {
	case markup:
		return c.Malformed(h, data)
	case plain:
	case empty, structured, unreadable:
		return nil
	}
	f := gather(doc, top())
	if classify(0, f).reason == errs.ProviderInternal && !alarming.MatchString(doc.text) {
		return nil
	}
	return c.inside(finding{facts: f}, h, data)
}
