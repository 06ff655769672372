package failure

import (
	"bytes"
	"cmp"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure/wording"
)

// maxUnwrap is how many nested envelopes are opened.
const maxUnwrap = 8

// maxWork is how many bytes of envelopes are opened in all. It exceeds MaxBody, since nested bytes may be read more than once.
const maxWork = 4 * MaxBody

// level says how deep a reader is inside nested envelopes, and how much it may still open.
type level struct {
	depth int
	left  *int // bytes, shared by all levels
}

func top() level {
	left := maxWork
	return level{left: &left}
}

func (l level) in() level  { return level{l.depth + 1, l.left} }
func (l level) out() level { return level{l.depth - 1, l.left} }

// opens counts n more bytes and reports whether they may be opened.
func (l level) opens(n int) bool {
	*l.left -= n
	return l.depth < maxUnwrap && *l.left >= 0
}

// gather reads the facts out of a document. at is the level of the document.
func gather(doc document, at level) facts {
	var f facts
	switch doc.shape {
	case structured:
		f = gatherObject(doc.object, at)
	case plain:
		f.say(doc.text, at)
	case markup:
		f.page = describePage(doc.text)
		if name := rootName(doc.text); strings.HasSuffix(name, "Exception") { // the AWS error type names the document
			f.trust(name)
		}
	case empty, unreadable:
	}
	if doc.frame != nil {
		f.trust(awsCode(cmp.Or(doc.frame[":exception-type"], doc.frame[":error-code"])))
		f.message = cmp.Or(doc.frame[":error-message"], f.message)
	}
	return f
}

// gatherObject finds the envelope in o, the object that describes the failure, and reads it. o itself supplies what the envelope lacks.
func gatherObject(o members, at level) facts {
	holders := []members{o}
	if e := o.envelope(); e != nil {
		holders = []members{e, o}
	}
	var f facts
	for _, h := range holders {
		f.readDetails(h.list("details"))
	}
	f.code = cmp.Or(f.codes...)
	for _, h := range holders {
		f.readFields(h)
	}
	if at.depth == 0 {
		f.requestID = cmp.Or(f.requestID, o.text("id"))
	}
	f.readMessage(holders, at)
	return f.unwrap(holders, at)
}

// envelope returns the object inside o that describes the failure: the member error, or AWS's Output. It
// returns nil if o describes the failure itself.
func (o members) envelope() members {
	if e := o.object("error"); e != nil {
		return e
	}
	for _, v := range o.list("error") {
		if e, ok := parse(v); ok {
			return e
		}
	}
	if e := o.object("Output"); e.has("__type") {
		return e
	}
	return nil
}

// readFields reads the members of one object. It keeps what an object further inside has supplied. Codes are added in the order in which
// they are trusted. The code to show is chosen in almost the same order.
func (f *facts) readFields(h members) {
	for _, name := range []string{"code", "status_code", "statusCode", "status"} {
		if f.status == 0 {
			f.status = errorStatus(h.scalar(name))
		}
	}
	if f.retry == 0 {
		f.retry = wording.Seconds(h.scalar("retry_after"))
	}
	f.param = cmp.Or(f.param, wording.Identifier(h.text("param")))
	f.requestID = cmp.Or(f.requestID, h.text("request_id"))

	named := []string{h.text("error_type"), awsCode(h.text("__type")), typeName(h), statusName(h)}
	for _, code := range append([]string{h.object("innererror").text("code"), h.scalar("code")}, named...) {
		if code != "" && errorStatus(code) == 0 {
			f.codes = append(f.codes, code)
		}
	}
	f.code = cmp.Or(append([]string{f.code, h.text("code"), number(h, "code")}, named...)...)
}

// statusName returns Google's status name, which is all capitals, or "".
func statusName(h members) string {
	name := h.text("status")
	if strings.ToUpper(name) != name || errorStatus(name) != 0 || canonical(name) == "" {
		return ""
	}
	return name
}

// typeName returns the member type. It returns "" for the marks "error" and "response.failed", and for the URLs of problem documents (RFC 9457).
func typeName(o members) string {
	name := o.text("type")
	if canonical(name) == "" || name == "None" || strings.Contains(name, "://") || strings.HasPrefix(name, "about:") || strings.HasPrefix(name, "response.") {
		return ""
	}
	return name
}

// number returns a number member that is a code of its own, neither zero nor an HTTP error status, or "".
func number(o members, name string) string {
	if o.kind(name) != '0' {
		return ""
	}
	if s := o.scalar(name); errorStatus(s) == 0 && s != "0" {
		return s
	}
	return ""
}

// readDetails reads the list of typed details that Google attaches.
func (f *facts) readDetails(details []json.Value) {
	for _, v := range details {
		d, _ := parse(v)
		kind := d.text("@type")
		switch kind[strings.LastIndexByte(kind, '.')+1:] {
		case "ErrorInfo", "":
			if reason := d.text("reason"); reason != "" {
				f.codes = append(f.codes, reason)
			}
			f.addQuota(d.object("metadata").text("quota_limit"))
		case "QuotaFailure":
			for _, v := range d.list("violations") {
				violation, _ := parse(v)
				f.addQuota(violation.text("quotaId"))
				f.addQuota(violation.text("quotaMetric"))
			}
		case "RetryInfo":
			if delay, err := time.ParseDuration(d.text("retryDelay")); err == nil && f.retry == 0 {
				f.retry = delay
			}
		case "BadRequest":
			f.readFieldViolations(d.list("fieldViolations"))
		}
	}
}

func (f *facts) addQuota(id string) {
	if id != "" && len(f.quotas) < 32 {
		f.quotas = append(f.quotas, id)
	}
}

func (f *facts) readFieldViolations(list []json.Value) {
	for _, v := range list[:min(len(list), maxViolations)] {
		o, _ := parse(v)
		if text := o.text("description"); text != "" {
			f.violations = append(f.violations, errs.Violation{Param: o.text("field"), Message: text})
			f.param = cmp.Or(f.param, wording.Identifier(o.text("field")))
		}
	}
}

// unwrap opens the failure of a provider that an aggregator or proxy carries inside its own envelope.
func (f facts) unwrap(holders []members, at level) facts {
	outer := holders[len(holders)-1]
	if at.depth == 0 && outer.has("error") {
		f.upstream = outer.text("provider")
	}
	for _, h := range holders {
		meta := h.object("metadata")
		f.upstream = cmp.Or(meta.text("provider_name"), f.upstream)
		if !at.opens(len(h["metadata"])) {
			continue
		}
		if inner, ok := rawFacts(meta, at.in()); ok {
			return inner.over(f)
		}
	}
	for i, h := range holders { // the object around an envelope may be a whole answer, so only members named after failures are opened there
		if inner, ok := h.without("error").carried(at.in(), i == 0); ok {
			if inner.status == 0 && inner.innerStatus == 0 && (h.has("upstream_status") || h.has("upstreamStatus")) {
				inner.innerStatus = h.toldStatus()
			}
			return inner.over(f)
		}
	}
	return f
}

// rawFacts reads OpenRouter's metadata.raw: a text, a JSON text, or an object with either one in data. It
// reports false for a raw that says nothing.
func rawFacts(meta members, at level) (facts, bool) {
	var doc document
	switch meta.kind("raw") {
	case '"':
		doc = read([]byte(meta.text("raw")))
	case '{':
		raw := meta.object("raw")
		doc = document{shape: structured, object: raw}
		if data := raw.text("data"); data != "" {
			doc = read([]byte(data))
		}
	}
	f := gather(doc, at)
	return f, !f.silent()
}

// looksLikeJSON reports whether s begins like a JSON object or an array of objects. s may be cut short.
func looksLikeJSON(s string) bool {
	b := bytes.TrimSpace([]byte(s[:min(len(s), 256)]))
	if len(b) == 0 || b[0] != '{' && b[0] != '[' {
		return false
	}
	if rest := bytes.TrimLeft(b, "{[ \t\r\n"); len(rest) == 0 || rest[0] == '"' || rest[0] == '}' || rest[0] == ']' {
		return true
	}
	return json.Valid([]byte(s))
}
