package failure

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure/wording"
)

// source is where facts came from.
type source struct {
	status int // of the HTTP answer
	header http.Header
	body   []byte
	shape  shape
}

// maxField is the maximal length, in characters, of a reported code, id or name.
const maxField = 200

// maxKept is how many bytes of a failure's body are kept for the operator.
const maxKept = 32 << 10

// name returns the provider's name for messages. It is also the origin of the provider's failures.
func (c Call) name() string { return cmp.Or(c.Vendor.Display, c.Vendor.Slug, "The provider") }

// report makes the error that callers see.
func (c Call) report(v verdict, f facts, s source) *errs.Error {
	r := errs.NewRedactor(c.Secrets...)
	message := shown(r, f.message, errs.MaxMessage)
	if message == "" || isMarkup(message) || looksLikeJSON(message) {
		message = shown(r, c.compose(s.shape, f.page, s.status), errs.MaxMessage)
	}
	v, retry := hint(v, f, s.header, message)
	return &errs.Error{
		Reason: v.reason, Message: message, Origin: c.name(), Provider: c.Vendor.Slug, Model: c.Model,
		ProviderStatus: s.status, ProviderCode: shown(r, f.code, maxField), ProviderRequestID: shown(r, requestID(s.header, f), maxField),
		UpstreamProvider: shown(r, f.upstream, maxField), Param: shown(r, cmp.Or(f.param, wording.Identifier(v.param)), maxField), Violations: violations(r, f.violations),
		RetryAfter: retry, PartialOutput: c.Output, Body: kept(r, s.body),
	}
}

// requestHeaders hold the id that a provider's support asks for, the best first.
var requestHeaders = [...]string{"X-Request-Id", "Request-Id", "Apim-Request-Id", "X-Amzn-Requestid", "X-Kong-Request-Id", "X-Debug-Trace-Id"}

func requestID(h http.Header, f facts) string {
	for _, name := range requestHeaders {
		if id := header(h, name); id != "" {
			return id
		}
	}
	return cmp.Or(f.requestID, header(h, "Cf-Ray"))
}

// header returns the trimmed value of a header. name must be in canonical form; h may be nil.
func header(h http.Header, name string) string { return strings.TrimSpace(h.Get(name)) }

func violations(r errs.Redactor, list []errs.Violation) []errs.Violation {
	var out []errs.Violation
	for _, v := range list[:min(len(list), 20)] {
		out = append(out, errs.Violation{Param: shown(r, v.Param, maxField), Message: shown(r, v.Message, 300), Type: shown(r, v.Type, maxField)})
	}
	return out
}

// kept returns the body as the operator may see it: without credentials, and without the prompt that some providers echo.
func kept(r errs.Redactor, body []byte) []byte {
	if len(body) == 0 {
		return nil
	}
	text := strings.ToValidUTF8(string(body[:min(len(body), maxKept)]), "\\uFFFD")
	return []byte(withoutEchoes(r.Text(text)))
}
