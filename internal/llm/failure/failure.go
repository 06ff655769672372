// Package failure turns every failure of a model provider into one classified [errs.Error].
//
// A [Call] has one method for each way in which a failure arrives: an HTTP answer, a success that is not one, an event of a stream, a frame
// of an AWS event stream, a cut, a transport error, an expired clock. No method panics on foreign bytes, hangs on them, or passes them
// through. Every result has a listed reason, a message of 1 to 2000 characters without markup, and no credential. The work is linear in the
// input, and at most 256 KiB of a failure's body are read.
//
// The package first finds what a failure says. It opens the envelopes of relays, under any name and up to eight deep, and takes the
// innermost sentence, codes and status. Then the strongest evidence decides what the failure means: money, then the provider's own codes,
// then the sentence, then the status.
//
// A sentence is read in two ways. Phrases are known texts of providers, matched word for word. Rules cover all other wordings: the lexicon says
// what each word speaks of, in any ending and negated by a "not"; a rule lists what a sentence must speak of, in any order. "Your credits ran out"
// and "all of the balance has been used up" match the same rule: money, and gone. Numbers and spans of time are read as values.
package failure

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// MaxBody is how many bytes of a failure's body are read. Callers need not pass more.
const MaxBody = 256 << 10

// Call describes the call whose failures are reported. The zero Call works. A Call may be used concurrently as long as nobody changes it.
type Call struct {
	Vendor  Vendor
	Model   string   // as sent to the provider
	Secrets []string // exact strings that must never be shown: keys, tokens, signatures
	Output  bool     // output was already forwarded to the caller
}

// HTTP reports an HTTP answer that is not a success: any status but 2xx. h may be nil. The result is never nil.
func (c Call) HTTP(status int, h http.Header, body []byte) *errs.Error {
	if status >= 200 && status < 300 {
		return c.Unusable(h, body)
	}
	doc := read(capped(body))
	f := gather(doc, top())
	if doc.frame == nil {
		f.trust(awsCode(header(h, "X-Amzn-Errortype")))
	}
	v := classify(c.meaning(status), f)
	return c.report(v, f, source{status: status, header: h, body: body, shape: doc.shape})
}

func capped(body []byte) []byte { return body[:min(len(body), MaxBody)] }

// meaning returns the status by which a failure is classified. A status that no failure has counts as 500. Status 498 means lack of
// capacity at Groq; at Cohere it means a block.
func (c Call) meaning(status int) int {
	switch {
	case status < 300 || status > 599:
		return http.StatusInternalServerError
	case status == 498 && c.Vendor.Slug == "groq":
		return http.StatusServiceUnavailable
	}
	return status
}

// Success reports what a 2xx answer with this body really is: nil for a usable answer, else the failure inside. Drivers ask when their own
// decoding found an error member or no usable answer. If Success returns nil, the decoder has the last word (see [Call.Malformed]).
func (c Call) Success(h http.Header, body []byte) *errs.Error {
	doc := read(body)
	if doc.frame != nil || doc.event == "error" {
		return c.inside(finding{facts: gather(doc, top())}, h, body)
	}
	if doc.shape != structured {
		return c.Malformed(h, body)
	}
	if found, ok := doc.object.search(false); ok {
		return c.inside(found, h, body)
	}
	if !doc.object.isAnswer() {
		return c.Malformed(h, body)
	}
	return nil
}

// Unusable reports a 2xx answer without a usable answer in body. It returns the error of [Call.Success], or else that of [Call.Malformed].
func (c Call) Unusable(h http.Header, body []byte) *errs.Error {
	if e := c.Success(h, body); e != nil {
		return e
	}
	return c.Malformed(h, body)
}

// Event returns the failure that an event, line or document inside a stream carries, or nil. name is the SSE event name, "" for none. h are
// the headers of the response. For an ordinary event the cost is a few scans of its bytes.
func (c Call) Event(name string, h http.Header, data []byte) *errs.Error {
	if name != "error" && !suspect(data) {
		return nil
	}
	doc := read(data)
	if name == "error" || doc.event == "error" || doc.frame != nil {
		return c.inside(finding{facts: gather(doc, top())}, h, data)
	}
	if found, ok := doc.object.search(c.Output); ok {
		return c.inside(found, h, data)
	}
	if name == "done" && doc.object.text("reason") == "error" { // Replicate
		return c.inside(finding{reason: errs.ProviderInternal, code: "error"}, h, data)
	}
	return nil
}

// signs are texts of which every failure inside a stream holds at least one.
var signs = [...]string{`"error`, `"Error`, `"ERROR`, `"failed"`, `.failed"`, `"content_filter"`, `"blockReason"`, `"finishReason"`, `"upstream_error`, `"code":4`, `"code":5`}

func suspect(data []byte) bool {
	return slices.ContainsFunc(signs[:], func(s string) bool { return bytes.Contains(data, []byte(s)) })
}

// Frame returns the failure in a frame of an AWS event stream, or nil if the frame is an ordinary event. headers are
// those of the frame, h those of the response.
func (c Call) Frame(headers map[string]string, h http.Header, payload []byte) *errs.Error {
	doc, failed := frameDocument(headers, payload)
	if !failed {
		return nil
	}
	return c.inside(finding{facts: gather(doc, top())}, h, payload)
}

// Cut reports a stream or a body that ended before it was complete.
func (c Call) Cut(h http.Header) *errs.Error {
	e := c.report(verdict{reason: errs.StreamInterrupted}, facts{}, source{status: http.StatusOK, header: h})
	e.Message = c.name() + " ended the stream before the answer was complete."
	return e
}

// Blocked reports a prompt that a safety system refused inside a 2xx. code is the provider's block reason. message is the provider's
// sentence about it and is shown; if it is "", a sentence is composed.
func (c Call) Blocked(code, message string, h http.Header) *errs.Error {
	return c.inside(finding{reason: finishReason(code), code: code, facts: facts{message: message}}, h, nil)
}

// Finished reports an answer that ended without usable output because of a finish reason: safety, an unusable tool call, "error". The
// message is a composed sentence that names the reason, followed by note, the provider's words about it; note may be "".
func (c Call) Finished(code, note string, h http.Header) *errs.Error {
	return c.inside(finding{reason: finishReason(code), code: code, note: note}, h, nil)
}

// finishReason maps a block or finish reason to our reason.
func finishReason(code string) errs.Reason {
	if reason, ok := blockReasons[code]; ok {
		return reason
	}
	switch strings.ToLower(code) {
	case "error":
		return errs.ProviderInternal
	case "timeout": // Cohere
		return errs.Timeout
	default:
		return errs.ContentFiltered
	}
}

// Malformed reports a 2xx answer that is empty, not JSON, HTML, or of no known shape.
func (c Call) Malformed(h http.Header, body []byte) *errs.Error {
	doc := read(capped(body))
	var f facts
	switch doc.shape {
	case markup:
		f.page = describePage(doc.text)
	case plain:
		doc.shape = unreadable
	case empty, structured, unreadable:
	}
	e := c.report(verdict{reason: errs.MalformedProviderResponse}, f, source{status: http.StatusOK, header: h, body: body, shape: doc.shape})
	if doc.shape == structured {
		e.Message = fmt.Sprintf("%s returned HTTP %d with JSON that is no answer of a model.", c.name(), http.StatusOK)
	}
	return e
}

// Encoded reports an answer whose body cannot be decoded: a content coding that nobody asked for, or damaged data. If the answer is a
// failure, its status alone gives the reason.
func (c Call) Encoded(status int, coding string, h http.Header) *errs.Error {
	var e *errs.Error
	if status >= 200 && status < 300 {
		e = c.Malformed(h, nil)
	} else {
		e = c.HTTP(status, h, nil)
	}
	const most = 64 // bytes of a foreign text
	shown := errs.Clean(errs.Redact(coding, c.Secrets...), most)
	e.Message = fmt.Sprintf("%s returned HTTP %d with a body whose content coding cannot be undone: %s", c.name(), status, shown)
	return e
}

// inside reports a failure that was found inside a 2xx answer.
func (c Call) inside(found finding, h http.Header, body []byte) *errs.Error {
	f := found.facts
	v := verdict{reason: found.reason}
	if found.reason == "" {
		v = classify(0, f)
	} else {
		f.code = cmp.Or(f.code, found.code)
		if f.message == "" {
			f.message = c.composeBlocked(found)
		}
	}
	return c.report(v, f, source{status: http.StatusOK, header: h, body: body, shape: structured})
}
