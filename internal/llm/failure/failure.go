// Package failure turns whatever a model provider fails with into one classified [errs.Error].
//
// A [Call] has one method for each way a failure arrives: an HTTP answer, a success that is none, an event of a stream, a frame of
// an AWS event stream, a cut, a transport error, an expired clock. None of them panics on, hangs on or passes through foreign bytes:
// every result has a listed reason, a message of one to 2000 characters without markup, and no credential. At most 256 KiB of a body
// are looked at, in linear time.
package failure

import (
	"context"
	"errors"
	"net/http"
	"time"

	"openloop/internal/errs"
)

// MaxBody is how many bytes of a failure's body are looked at. Adapters need not read more.
const MaxBody = 256 << 10

// Call is the context of one call whose failures are reported. The zero Call works; a Call is safe for concurrent use while
// nobody changes it.
type Call struct {
	Vendor  Vendor
	Model   string   // as sent to the provider
	Secrets []string // exact strings that must not be shown: keys, tokens, signatures
	Output  bool     // output was already forwarded to the caller
}

// Clock names a clock of our own that ended a call.
type Clock int

// The clocks of a call.
const (
	Headers Clock = iota // no response headers arrived in time
	Silence              // no byte arrived for too long
	Idle                 // bytes arrived but no output, for too long
	Total                // the call as a whole took too long
)

// HTTP reports an HTTP answer that is no success (any status but 2xx). h may be nil. It is never nil.
func (c Call) HTTP(status int, h http.Header, body []byte) *errs.Error {
	return c.provider(errs.ProviderInternal, status, h)
}

// Success reports what a 2xx answer with this body really is: nil for a usable answer, else the failure inside. Adapters ask
// when their own decoding found an error member or no usable answer; a nil then means the decoder has the last word
// ([Call.Malformed]).
func (c Call) Success(h http.Header, body []byte) *errs.Error {
	return nil
}

// Event reports the failure that an event, line or document inside a stream carries, nil when it carries none. name is the SSE
// event name, "" for none; h are the response's headers.
func (c Call) Event(name string, h http.Header, data []byte) *errs.Error {
	return nil
}

// Frame reports the failure of a frame of an AWS event stream, nil when the frame is an ordinary event. headers are the frame's
// own; h are the response's.
func (c Call) Frame(headers map[string]string, h http.Header, payload []byte) *errs.Error {
	return nil
}

// Cut reports a stream that ended without its end marker.
func (c Call) Cut(h http.Header) *errs.Error {
	return c.provider(errs.StreamInterrupted, http.StatusOK, h)
}

// Blocked reports a prompt, or a whole answer, that a safety system refused inside a 2xx. code is the provider's block or finish
// reason, message what it says about it, "" for nothing.
func (c Call) Blocked(code, message string, h http.Header) *errs.Error {
	return c.provider(errs.ContentFiltered, http.StatusOK, h)
}

// Malformed reports a success that is not one: a 2xx that is empty, not JSON, HTML, or of no known shape.
func (c Call) Malformed(h http.Header, body []byte) *errs.Error {
	return c.provider(errs.MalformedProviderResponse, http.StatusOK, h)
}

// Transport reports why no usable answer arrived: refused, unknown host, TLS, closed before the headers. The result is an
// [*errs.Error], but for nil and for a cancelled context, which is no failure of the provider: both come back as they are.
func (c Call) Transport(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return &errs.Error{Reason: errs.ProviderUnreachable, Provider: c.Vendor.Slug, Model: c.Model, Err: err}
}

// Deadline reports that a clock of our own ended the call after the given time. The gateway is its origin, also inside a stream.
func (c Call) Deadline(what Clock, after time.Duration) *errs.Error {
	return &errs.Error{Reason: errs.Timeout, Provider: c.Vendor.Slug, Model: c.Model}
}

func (c Call) provider(reason errs.Reason, status int, _ http.Header) *errs.Error {
	return &errs.Error{
		Reason: reason, Origin: c.Vendor.Display, Provider: c.Vendor.Slug, Model: c.Model,
		ProviderStatus: status, PartialOutput: c.Output,
	}
}
