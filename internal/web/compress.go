package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// zipFrom is the size of a body from which it is compressed for clients that take gzip.
const zipFrom = 1 << 10

var (
	gzipped = []string{"gzip"}
	varies  = "Accept-Encoding"
)

// zipped returns body compressed in buf if the client takes that, and otherwise as it is.
func (c *exchange) zipped(body []byte, buf *buffer) []byte {
	h := c.Header()
	if h["Content-Encoding"] != nil {
		return body
	}
	h["Vary"] = append(h["Vary"], varies)
	if c.request == nil || !TakesGzip(c.request.Header) {
		return body
	}
	zip, _ := c.server.zips.Get().(*gzip.Writer)
	if zip == nil {
		zip, _ = gzip.NewWriterLevel(buf, gzip.BestSpeed) // the level is valid
	}
	defer c.server.zips.Put(zip)
	zip.Reset(buf)
	_, _ = zip.Write(body) // to memory
	_ = zip.Close()
	h["Content-Encoding"] = gzipped
	return buf.Bytes()
}

// TakesGzip reports whether a client with these headers takes answers compressed with gzip.
func TakesGzip(h http.Header) bool {
	for _, list := range h["Accept-Encoding"] {
		for coding := range strings.SplitSeq(list, ",") {
			name, params, _ := strings.Cut(coding, ";")
			name = strings.TrimSpace(name)
			if (strings.EqualFold(name, "gzip") || name == "*") && !refuses(params) {
				return true
			}
		}
	}
	return false
}

// refuses reports whether the parameters of a coding are a quality of 0.
func refuses(params string) bool {
	_, q, ok := strings.Cut(params, "=")
	return ok && strings.Trim(q, " 0.") == ""
}

// Send answers the request r with a body, compressed if that is worth it and the client takes it. It is for operations made by [Handler].
func Send(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	if c := exchangeFrom(r.Context()); c != nil {
		c.send(http.StatusOK, contentType, body)
		return
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(body) // a client that left is no failure
}

// SendGzip is [Send] with a body that is compressed already. It is decompressed for clients that do not take it so.
func SendGzip(w http.ResponseWriter, r *http.Request, contentType string, packed []byte) {
	h := w.Header()
	if TakesGzip(r.Header) {
		h.Add("Vary", varies)
		h["Content-Encoding"] = gzipped
		Send(w, r, contentType, packed)
		return
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	var plain []byte
	if err == nil {
		plain, err = io.ReadAll(zip)
	}
	if err != nil {
		Fail(w, r, errs.Wrap("web.SendGzip", err))
		return
	}
	Send(w, r, contentType, plain)
}
