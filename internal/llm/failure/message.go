package failure

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure/wording"
)

// maxViolations is how many entries of a provider's list of violations are read.
const maxViolations = 100

// sentences are the members that may hold the message, the best first.
var sentences = [...]string{
	"message", "error", "detail", "title", "Message", "msg", "errors", "error_description", "error_message", "description",
}

// readMessage finds the sentence of an envelope, or of the object around it.
func (f *facts) readMessage(holders []members, at level) {
	for _, h := range holders {
		for _, name := range sentences {
			if name == "error" && h.kind(name) != '"' {
				continue // the envelope itself, which was read before
			}
			if f.sayValue(h[name], at) {
				return
			}
		}
	}
}

// sayValue takes a member as the message: a text, a list of violations, or an object that holds either. It reports whether it did.
func (f *facts) sayValue(v json.Value, at level) bool {
	switch json.Kind(v) {
	case '"':
		text, _ := parseText(v)
		return f.say(text, at)
	case '[':
		return f.sayList(v)
	case '{':
		if !at.opens(len(v)) {
			return false
		}
		o, _ := parse(v)
		inner := gatherObject(o, at.in())
		if inner.silent() {
			return false
		}
		*f = inner.over(*f)
		return true
	}
	return false
}

// say takes a text as the message and reports whether it did. A text that is itself an envelope is opened. Other JSON is not a message.
func (f *facts) say(text string, at level) bool {
	text = errs.Clean(strings.TrimPrefix(text, "\uFEFF"), MaxBody)
	switch {
	case text == "":
		return false
	case isMarkup(text):
		f.page = describePage(text)
		return true
	case looksLikeJSON(text) || strings.HasPrefix(text, `"`) && json.Valid([]byte(text)) || strings.HasPrefix(text, "data:"):
		return f.open(text, at)
	}
	if prefix, inner := innerEnvelope(text); inner != "" && f.open(inner, at) {
		if f.innerStatus == 0 {
			f.innerStatus = told(prefix)
		}
		return true
	}
	if i := findMarkup(text); i > 0 {
		text = strings.TrimSpace(strings.TrimRight(text[:i], " :\n") + ": " + pageTitle(text[i:])) // "bad gateway: <html>…"
		text = strings.TrimSuffix(text, ":")
	}
	f.message = withoutTrace(text)
	f.told = told(relayed.FindString(f.message))
	return f.message != ""
}

// open reads the message and all other facts of an envelope that was sent as text. It reports whether it found any.
func (f *facts) open(text string, at level) bool {
	if !at.opens(len(text)) {
		return false
	}
	if strings.HasPrefix(text, "[") && f.sayList(json.Value(text)) {
		return true
	}
	inner := gather(read([]byte(text)), at.in())
	if inner.silent() {
		return false
	}
	*f = inner.over(*f)
	return true
}

// sayList takes a list of violations as the message: each as "loc: msg", joined by "; ".
func (f *facts) sayList(v json.Value) bool {
	list, _ := parseList(v)
	var said, codes []string
	var found []errs.Violation
	for _, v := range list[:min(len(list), maxViolations)] {
		text, _ := parseText(v)
		o, _ := parse(v)
		violation := errs.Violation{Param: location(o), Message: cmp.Or(text, o.text("msg"), o.text("message"), o.text("detail")), Type: o.text("type")}
		if violation.Message == "" || looksLikeJSON(violation.Message) || isMarkup(violation.Message) {
			continue
		}
		sentence := violation.Message
		if violation.Param != "" {
			sentence = violation.Param + ": " + sentence
		}
		said, found = append(said, sentence), append(found, violation)
		codes = append(codes, violation.Type)
	}
	if said == nil {
		return false
	}
	f.message = strings.Join(said, "; ")
	f.violations = found
	f.param = cmp.Or(wording.Identifier(found[0].Param), f.param)
	f.codes = append(codes, f.codes...)
	return true
}

// location returns a violation's loc, joined by dots, without a leading "body".
func location(o members) string {
	var parts []string
	for _, v := range o.list("loc") {
		part, ok := parseText(v)
		if !ok {
			part = strings.TrimSpace(string(v))
		}
		parts = append(parts, part)
	}
	if len(parts) > 0 && parts[0] == "body" {
		parts = parts[1:]
	}
	return cmp.Or(strings.Join(parts, "."), o.text("param"), o.text("field"))
}

// compose writes the sentence of a failure that has none of its own.
func (c Call) compose(shape shape, page string, status int) string {
	answer := fmt.Sprintf("%s returned HTTP %d", c.name(), status)
	switch {
	case page != "":
		return answer + " with " + page
	case shape == empty:
		return answer + " with an empty body."
	case shape == unreadable:
		return answer + " with a body that is unreadable."
	case status == http.StatusOK:
		return answer + " and then an error without a message."
	}
	return answer + " without a message."
}

// composeBlocked writes the sentence of a call without usable output. It names the provider's reason.
func (c Call) composeBlocked(found finding) string {
	switch found.reason {
	case errs.ModelOutputInvalid: // the note would repeat what the model wrote
		return fmt.Sprintf("%s ended the answer because the model's tool call is unusable: %s", c.name(), found.code)
	case errs.ProviderInternal, errs.Timeout:
		return fmt.Sprintf("%s ended the answer with finish reason %q.", c.name(), found.code)
	default:
		text := fmt.Sprintf("%s blocked this call: %s", c.name(), found.code)
		if found.note != "" && !isMarkup(found.note) {
			text += ". " + found.note
		}
		return text
	}
}

// shown makes a text safe to show: no credential, no control character, at most limit characters.
func shown(r errs.Redactor, text string, limit int) string {
	if len(text) > maxScan { // only text that may be shown is searched, and the cut must not leave half a key
		text = text[:maxScan]
		if i := strings.LastIndexByte(text, ' '); i > 0 {
			text = text[:i]
		}
	}
	return errs.Clean(r.Text(text), limit)
}

// maxScan is how many bytes of a message are searched for credentials. It is enough for 2000 characters after redaction.
const maxScan = 16 << 10
