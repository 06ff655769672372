package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/input"
)

// turnAway is the failure of a request that is turned away because of load.
func (c *exchange) turnAway() error {
	c.shed = true
	return awayError(c.server.opts.Admit.RetryAfter())
}

func awayError(again time.Duration) *errs.Error {
	return &errs.Error{
		Reason: errs.GatewayOverloaded, RetryAfter: again,
		Message: "The server has more to do than it can, and lets requests of a higher priority go first. Send the request again in a moment.",
	}
}

// away is the answer to requests that are turned away from a route, with the same Retry-After. It is made once, as such answers are made when there is no time.
type away struct {
	status int
	header http.Header // but for what every answer has
	body   []string    // what is between the ids of the request
	size   int64       // of the body, with ids that are made here
	head   []string    // all that comes before the date, between the ids of the request
}

type awayKey struct {
	route *Route
	again time.Duration
}

// someID stands for the id of a request.
const someID = "req_someID"

// away returns the answer to the exchange, which was turned away with e. It is nil where answers differ by more than the id.
func (c *exchange) away(e *errs.Error) *away {
	s := c.server
	if !c.shed || c.input != nil || s.opts.BaseURL == "" && len(s.opts.TrustedProxies) > 0 { // see base
		return nil
	}
	key := awayKey{c.route, e.RetryAfter}
	if known, ok := s.aways.Load(key); ok {
		return known.(*away)
	}
	detail := e.Detail(someID, s.opts.BaseURL)
	f := c.envelope()(&detail)
	body, err := json.Marshal(f.Body)
	if err != nil {
		return nil
	}
	a := &away{status: f.Status, header: http.Header{"Content-Type": {input.MediaJSON}}, body: strings.Split(string(body), someID)}
	detail.Headers(a.header.Set)
	maps.Copy(a.header, f.Header)
	maps.DeleteFunc(a.header, func(_ string, values []string) bool { return slices.Contains(values, someID) }) // ServeHTTP has set them
	a.size = int64(len(body) + (len(a.body)-1)*(len(ids.New(ids.Request, c.started))-len(someID)))
	a.head = a.headOf()
	s.aways.Store(key, a)
	return a
}

// headOf returns the status line and the headers up to the value of Date, which comes last, parted at the ids of the request.
func (a *away) headOf() []string {
	h := a.header.Clone()
	setOfEach(h, someID)
	h.Set("Content-Length", strconv.FormatInt(a.size, 10))
	var text strings.Builder
	fmt.Fprintf(&text, "HTTP/1.1 %d %s\r\n", a.status, cmp.Or(http.StatusText(a.status), "status code "+strconv.Itoa(a.status)))
	_ = h.Write(&text) // to memory
	text.WriteString("Date: ")
	return strings.Split(text.String(), someID)
}

// appendRaw appends the answer as it is sent to a request that net/http does not read.
func (a *away) appendRaw(dst []byte, id string, now time.Time) []byte {
	dst = appendJoined(dst, a.head, id)
	dst = append(now.UTC().AppendFormat(dst, http.TimeFormat), "\r\n\r\n"...)
	return appendJoined(dst, a.body, id)
}

func appendJoined(dst []byte, parts []string, id string) []byte {
	for i, part := range parts {
		if i > 0 {
			dst = append(dst, id...)
		}
		dst = append(dst, part...)
	}
	return dst
}

// write sends the answer.
func (a *away) write(c *exchange) {
	buf := c.server.takeBuffer()
	defer c.server.giveBuffer(buf)
	buf.Write(appendJoined(buf.AvailableBuffer(), a.body, c.requestID)) // which needs no escapes in JSON
	maps.Copy(c.Header(), a.header)                                     // without a Content-Length, which net/http adds: a map of more than eight is much slower
	c.WriteHeader(a.status)
	_, _ = c.Write(buf.Bytes())
}
