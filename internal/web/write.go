package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// send writes a whole answer. A client that left or stalls is not an error of the operation.
func (c *exchange) send(status int, contentType string, body []byte) {
	header := c.Header()
	if header["Content-Type"] == nil {
		header["Content-Type"] = []string{contentType}
	}
	if len(body) >= zipFrom {
		buf := c.server.takeBuffer()
		defer c.server.giveBuffer(buf)
		body = c.zipped(body, buf)
	}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	if len(body) <= bodyOfLargeWrite { // fits the buffers of every connection: this cannot block for long
		c.WriteHeader(status)
		_, _ = c.Write(body)
		return
	}
	ctl := http.NewResponseController(c.w)
	deadline(ctl.SetWriteDeadline, time.Now().Add(c.server.opts.WriteTimeout))
	c.WriteHeader(status)
	_, err := c.Write(body)
	if err == nil {
		err = flush(ctl)
	}
	if err != nil {
		c.leave()
		return
	}
	deadline(ctl.SetWriteDeadline, time.Time{})
}

// flush sends buffered data. A writer without Flush does not buffer.
func flush(ctl *http.ResponseController) error {
	if err := ctl.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

func deadline(set func(time.Time) error, at time.Time) {
	_ = set(at) // it fails only for a writer that is not a connection
}
