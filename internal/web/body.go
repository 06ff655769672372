package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	"openloop/internal/errs"
)

const (
	mediaJSON    = "application/json"
	mediaText    = "text/plain"
	firstRead    = 4 << 10 // bytes made room for when the length of a body is not known
	largestGuess = 1 << 20 // bytes made room for at once, whatever length a body is said to have
)

// readBody reads the body of r into buf, decompressed. A body that is too large is not read to its end.
func (c *call) readBody(r *http.Request, buf *buffer) error {
	limit := c.server.maxBody
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	if r.ContentLength > limit {
		return c.refuse(bodyTooLarge(limit))
	}
	ctl := http.NewResponseController(c.w)
	deadline(ctl.SetReadDeadline, time.Now().Add(c.server.opts.BodyTimeout))
	err := c.readEncoded(r, buf, limit)
	if err != nil {
		return c.refuse(c.readFailure(err))
	}
	deadline(ctl.SetReadDeadline, time.Time{})
	return nil
}

// refuse ends the connection after the answer, as the rest of the body may still be under way.
func (c *call) refuse(err error) error {
	c.Header().Set("Connection", "close")
	return err
}

func (c *call) readEncoded(r *http.Request, buf *buffer, limit int64) error {
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
		buf.Grow(sizeGuess(r.ContentLength))
		return readAll(r.Body, buf, limit)
	case "gzip", "x-gzip":
		return c.server.readZipped(r.Body, buf, limit)
	default:
		return errs.New(errs.UnsupportedMediaType, "The body has the Content-Encoding %q. Send it as it is, or with gzip.",
			truncate(encoding, maxMethod))
	}
}

func sizeGuess(length int64) int {
	if length < 0 {
		return firstRead
	}
	return int(min(length, largestGuess)) + bytes.MinRead
}

// readAll reads at most limit bytes; more are an error.
func readAll(from io.Reader, buf *buffer, limit int64) error {
	for {
		if buf.Available() == 0 {
			buf.Grow(max(firstRead, buf.Len()))
		}
		room := buf.AvailableBuffer()
		n, err := from.Read(room[:cap(room)])
		buf.Write(room[:n])
		if int64(buf.Len()) > limit {
			return bodyTooLarge(limit)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readZipped reads a gzip body. The limit holds for both sides of the decompression, so that neither a bomb nor a stream of empty
// members costs more than a plain body.
func (s *Server) readZipped(from io.Reader, buf *buffer, limit int64) error {
	packed := &io.LimitedReader{R: from, N: limit + 1}
	zip, _ := s.unzips.Get().(*gzip.Reader)
	if zip == nil {
		zip = new(gzip.Reader)
	}
	defer s.unzips.Put(zip)
	err := zip.Reset(packed)
	if err == nil {
		err = readAll(zip, buf, limit)
	}
	switch {
	case err == nil:
		return nil
	case packed.N <= 0:
		return bodyTooLarge(limit)
	case isCorrupt(err):
		return errs.New(errs.InvalidEncoding, "The body is not valid gzip, though its Content-Encoding says so.")
	default:
		return err
	}
}

func isCorrupt(err error) bool {
	if _, net := errors.AsType[net.Error](err); net {
		return false
	}
	_, classified := errors.AsType[*errs.Error](err)
	return !classified
}

// readFailure classifies an error of reading a body.
func (c *call) readFailure(err error) error {
	if _, ok := errors.AsType[*errs.Error](err); ok {
		return err
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() { // it has cancelled the context too
		return errs.New(errs.RequestTimeout, "The body did not arrive within %s.", c.server.opts.BodyTimeout)
	}
	if c.Err() != nil {
		return c.Err()
	}
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge(tooLarge.Limit)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errs.New(errs.InvalidJSON, "The body ended before its announced length.")
	}
	return errs.New(errs.InvalidEncoding, "The body could not be read, because its transfer encoding is broken.")
}

func bodyTooLarge(limit int64) *errs.Error {
	return errs.New(errs.BodyTooLarge, "The body is larger than the limit of %d bytes.", limit)
}

// checkMedia refuses a body whose Content-Type says clearly that it is not JSON. None at all and text/plain are tolerated.
func checkMedia(h http.Header) error {
	given := h.Get("Content-Type")
	if given == "" || given == mediaJSON {
		return nil
	}
	media, params, err := mime.ParseMediaType(given)
	if err != nil && media == "" {
		return unsupportedMedia("The Content-Type of the request cannot be read.")
	}
	if media != mediaJSON && media != mediaText && !strings.HasSuffix(media, "+json") {
		return unsupportedMedia("The body has the Content-Type %q.", truncate(media, maxMediaShown))
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "us-ascii") {
		return unsupportedMedia("The body has the charset %q.", truncate(charset, maxMediaShown))
	}
	return nil
}

const maxMediaShown = 60

func unsupportedMedia(format string, args ...any) error {
	e := errs.New(errs.UnsupportedMediaType, format, args...)
	e.Message += " Send JSON in UTF-8, with Content-Type: application/json."
	return e
}
