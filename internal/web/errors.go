package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/web/input"
)

// Fail answers the request r with err, as `{"detail": …}` with the status of its reason. It is for operations made by [Handler]; the
// others return their errors. When the answer has already begun, the connection is cut.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	c := callFrom(r.Context())
	if c == nil {
		c = &call{Context: r.Context(), w: w, server: &Server{opts: withDefaults(Options{})}}
		c.server.log = c.server.opts.Logger
	}
	c.fail(err)
}

// fail ends the call with err: an answer if nothing was sent, nothing if the client is gone, and a cut connection otherwise.
func (c *call) fail(err error) {
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

// placed is the error that err holds, with the part of the request in front of each place, if it is an operation's of our own. What was found
// before there was an input names the part already, and what a provider says of its own request is left as it is.
func (c *call) placed(err error) *errs.Error {
	e := errs.From(err)
	if c.input == nil || originOf(e) != errs.Gateway {
		return e
	}
	return c.input.Place(e)
}

// leftBy reports whether err says no more than that the client has left.
func (c *call) leftBy(err error) bool {
	return c.Err() != nil && errors.Is(err, context.Canceled)
}

// leave notes that the client is gone. Nothing is sent, not even an empty answer.
func (c *call) leave() {
	c.status, c.aborted = statusClientGone, true
}

// logCause logs what the caller is not told.
func (c *call) logCause(e *errs.Error) {
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

// failure is the body of every error.
type failure struct {
	Detail *errs.Detail `json:"detail"`
}

// writeFault sends the answer that tells e.
func (c *call) writeFault(e *errs.Error) {
	detail := e.Detail(c.requestID, c.server.opts.BaseURL)
	header := c.Header()
	for _, name := range []string{"Content-Encoding", "Content-Disposition", "Etag", "Last-Modified"} {
		header.Del(name)
	}
	header.Set("Content-Type", input.MediaJSON)
	detail.Headers(header.Set)
	body, err := json.Marshal(failure{&detail})
	if err != nil { // a Detail always marshals
		c.aborted = true
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	c.WriteHeader(detail.Code)
	_, _ = c.Write(body) // a client that does not read has no other way to hear of it
}

// writeJSON sends v with the given status.
func writeJSON[T any](c *call, status int, v T) error {
	buf := c.server.takeBuffer()
	defer c.server.giveBuffer(buf)
	if hot, ok := any(v).(Appender); ok {
		buf.Write(hot.AppendJSON(buf.AvailableBuffer()))
	} else if err := json.MarshalWrite(buf, v); err != nil {
		return errs.Wrap("web.writeJSON", err)
	}
	c.send(status, input.MediaJSON, buf.Bytes())
	return nil
}
