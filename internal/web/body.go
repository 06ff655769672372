package web

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// readBody reads the body of r into b and decompresses it. It stops at the limit.
func (c *exchange) readBody(r *http.Request, b *body) error {
	limit := c.server.maxBody
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if r.ContentLength > limit {
		return c.refuse(bodyTooLarge(limit))
	}
	ctl := http.NewResponseController(c.w)
	deadline(ctl.SetReadDeadline, time.Now().Add(c.server.opts.BodyTimeout))
	if err := b.readEncoded(r, limit); err != nil {
		return c.refuse(c.readFailure(err))
	}
	deadline(ctl.SetReadDeadline, time.Time{})
	return nil
}

// refuse closes the connection after the answer, since the rest of the body may still be on its way.
func (c *exchange) refuse(err error) error {
	c.Header().Set("Connection", "close")
	return err
}

func (b *body) readEncoded(r *http.Request, limit int64) error {
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		return b.readAll(r.Body, r.ContentLength, limit)
	case "gzip", "x-gzip":
		return b.readZipped(r, limit)
	default:
		return errs.New(errs.UnsupportedMediaType, "The body has the Content-Encoding %q. Send it as it is, or with gzip.",
			errs.Truncate(encoding, maxMethod))
	}
}

func (c *exchange) readFailure(err error) error {
	if _, ok := errors.AsType[*errs.Error](err); ok {
		return err
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() { // the context is cancelled by it too
		return errs.New(errs.RequestTimeout, "The body did not arrive within %s.", c.server.opts.BodyTimeout)
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge(tooLarge.Limit)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) { // the client may still read: it closed only its own side
		return errs.New(errs.MalformedRequest, "The request is not valid HTTP: its body ended before its announced length.")
	}
	if c.Err() != nil {
		return c.Err()
	}
	return errs.New(errs.InvalidEncoding, "The body could not be read, because its transfer encoding is broken.")
}

func bodyTooLarge(limit int64) *errs.Error {
	return errs.New(errs.BodyTooLarge, "The body is larger than the limit of %d bytes.", limit)
}
