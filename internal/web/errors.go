package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/input"
)

// Fail answers the request r with err, as `{"detail": …}` with the status of its reason. It is for operations made by [Handler]; others
// return their errors. If a part of the answer was sent already, Fail cuts the connection.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	c := exchangeFrom(r.Context())
	if c == nil {
		c = &exchange{Context: r.Context(), w: w, request: r, server: &Server{opts: withDefaults(Options{})}}
		c.server.log = c.server.opts.Logger
	}
	c.fail(err)
}

// fail ends the exchange with err. It answers if nothing was sent yet, does nothing if the client is gone, and cuts the connection otherwise.
func (c *exchange) fail(err error) {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		err = bodyTooLarge(tooLarge.Limit)
	}
	err = errs.Cause(c, err)
	if c.leftBy(err) {
		c.leave()
		return
	}
	e := c.placed(err)
	c.logCause(e)
	c.fault = e
	if c.status != 0 {
		c.aborted = true
		return
	}
	c.writeFault(e)
}

// placed is the error in err with the part of the request ("body", "query", "path") in front of each place. Errors of reading the request
// have it already, and those of a provider are about another request; both stay as they are.
func (c *exchange) placed(err error) *errs.Error {
	e := errs.From(err)
	if c.input == nil || originOf(e) != errs.Gateway {
		return e
	}
	return c.input.Place(e)
}

func (c *exchange) leftBy(err error) bool {
	return c.Err() != nil && errors.Is(err, context.Canceled)
}

// leave records that the client is gone. Nothing is sent, not even an empty answer.
func (c *exchange) leave() {
	c.status, c.aborted = statusClientGone, true
}

// logCause logs the causes that are hidden from the caller.
func (c *exchange) logCause(e *errs.Error) {
	own := originOf(e) == errs.Gateway && e.Reason.Code() >= http.StatusInternalServerError
	if e.Reason != errs.Internal && (!own || e.Err == nil) {
		return
	}
	cause := e.Message
	if e.Err != nil {
		cause = e.Err.Error()
	}
	c.server.log.LogAttrs(c, slog.LevelError, "failure", slog.String("request_id", c.requestID), slog.String("op", e.Op),
		slog.String("reason", string(e.Reason)), slog.String("cause", cause))
}

// failure is the body of the error answers of the v5 API.
type failure struct {
	Detail errs.Detail `json:"detail"`
}

// envelope is how failures of the exchange are written: as its route says, or for its path.
func (c *exchange) envelope() Envelope {
	if c.route == nil {
		if e := c.server.envelopeOf(c.request.URL.Path); e != nil {
			return e
		}
	} else if c.route.Failure != nil {
		return c.route.Failure
	}
	return func(d *errs.Detail) Failure { return Failure{Status: d.Code, Body: failure{*d}} }
}

// envelopeOf is the envelope of the longest prefix of path that has one, nil for none.
func (s *Server) envelopeOf(path string) (found Envelope) {
	return ofPrefix(s.opts.Envelopes, path)
}

// ofPrefix returns what all has for the longest prefix of path.
func ofPrefix[T any](all map[string]T, path string) (found T) {
	longest := -1
	for prefix, v := range all {
		if len(prefix) > longest && strings.HasPrefix(path, prefix) {
			found, longest = v, len(prefix)
		}
	}
	return found
}

func (c *exchange) writeFault(e *errs.Error) {
	if a := c.away(e); a != nil {
		a.write(c)
		return
	}
	detail := e.Detail(c.requestID, c.server.base(c.request))
	header := c.Header()
	for _, name := range []string{"Content-Encoding", "Content-Disposition", "Etag", "Last-Modified"} {
		header.Del(name)
	}
	header.Set("Content-Type", input.MediaJSON)
	detail.Headers(header.Set)
	f := c.envelope()(&detail)
	maps.Copy(header, f.Header)
	body, err := json.Marshal(f.Body)
	if err != nil { // an envelope always marshals
		c.aborted = true
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	c.WriteHeader(f.Status)
	_, _ = c.Write(body) // there is no other way to reach a client that does not read
}

func writeJSON[T any](c *exchange, status int, v T) error {
	buf := c.server.takeBuffer()
	defer c.server.giveBuffer(buf)
	if hot, ok := any(v).(Appender); ok {
		buf.Write(hot.AppendJSON(buf.AvailableBuffer()))
		c.sendZipped(status, input.MediaJSON, buf.Bytes(), zipHotFrom)
		return nil
	}
	if err := json.MarshalWrite(buf, v); err != nil {
		return errs.Wrap("web.writeJSON", err)
	}
	c.send(status, input.MediaJSON, buf.Bytes())
	return nil
}
