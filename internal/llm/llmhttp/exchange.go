package llmhttp

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

var errTooLarge = errors.New("the answer is too large")

// exchange is one request and its answer, read under its clocks.
type exchange struct {
	ctx     context.Context // of the caller
	call    failure.Call
	res     *http.Response
	body    io.Reader // the body of res without its content codings
	clocks  clocks
	strays  func(provider string)
	unreads func(provider string)
}

// passOver counts an event that is not part of an answer.
func (x *exchange) passOver() {
	if x.strays != nil {
		x.strays(x.call.Vendor.Slug)
	}
}

// unread counts an event that goes to the client although it could not be read.
func (x *exchange) unread() {
	if x.unreads != nil {
		x.unreads(x.call.Vendor.Slug)
	}
}

// Read implements [io.Reader] over the body as it arrives. Each byte feeds the clock of silence.
func (x *exchange) Read(p []byte) (int, error) {
	x.clocks.wait()
	n, err := x.res.Body.Read(p)
	x.clocks.arrived(n)
	return n, err
}

func (x *exchange) close() {
	x.clocks.stop()
	_ = x.res.Body.Close() // the answer is read or given up, so nothing depends on it
}

// fail classifies why the body of a 2xx could not be read.
func (x *exchange) fail(err error) error {
	if e := x.ended(); e != nil {
		return e
	}
	if errors.Is(err, errTooLarge) {
		return x.call.Malformed(x.res.Header, nil)
	}
	if e, ok := errors.AsType[*frameError](err); ok {
		return x.failedFrame(e)
	}
	if e, ok := errors.AsType[*codingError](err); ok {
		return x.call.Encoded(x.res.StatusCode, e.coding, x.res.Header)
	}
	return x.call.Cut(x.res.Header)
}

// ended returns the error of an expired clock or of the caller's context, or nil if neither ended the call.
func (x *exchange) ended() error {
	if what, after, ok := x.clocks.expired(); ok {
		return x.call.Deadline(what, after)
	}
	return x.ctx.Err()
}

// refused classifies an answer that is not a success. If the body breaks off, the bytes that arrived are classified.
func (x *exchange) refused() error {
	body, err := io.ReadAll(io.LimitReader(x.body, failure.MaxBody))
	if err != nil {
		if e := x.ctx.Err(); e != nil {
			return e
		}
		if e, ok := errors.AsType[*codingError](err); ok && len(body) == 0 {
			return x.call.Encoded(x.res.StatusCode, e.coding, x.res.Header)
		}
		return x.call.HTTP(x.res.StatusCode, x.res.Header, body)
	}
	_, _ = io.CopyN(io.Discard, x, drainLimit) // so that the connection can be reused
	return x.call.HTTP(x.res.StatusCode, x.res.Header, body)
}

// readAll reads r to its end, which must come within MaxBody bytes. size is the announced length, negative if unknown.
func readAll(r io.Reader, size int64) ([]byte, error) {
	if size > MaxBody {
		return nil, errTooLarge
	}
	if size >= 0 {
		body := make([]byte, size)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	return readUnsized(r)
}

// readUnsized reads a body of unknown length into a pooled buffer and returns a copy of the exact size.
func readUnsized(r io.Reader) ([]byte, error) {
	b := getBuffer()
	defer putBuffer(b)
	for {
		if len(b.bytes) > MaxBody {
			return nil, errTooLarge
		}
		if len(b.bytes) == cap(b.bytes) {
			b.grow(MaxBody + 1)
		}
		n, err := r.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		if errors.Is(err, io.EOF) {
			return append(make([]byte, 0, len(b.bytes)), b.bytes...), nil
		}
		if err != nil {
			return nil, err
		}
	}
}
