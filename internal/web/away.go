package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
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
	a := &away{f.Status, http.Header{"Content-Type": {input.MediaJSON}}, strings.Split(string(body), someID)}
	detail.Headers(a.header.Set)
	maps.Copy(a.header, f.Header)
	maps.DeleteFunc(a.header, func(_ string, values []string) bool { return slices.Contains(values, someID) }) // ServeHTTP has set them
	s.aways.Store(key, a)
	return a
}

// write sends the answer.
func (a *away) write(c *exchange) {
	buf := c.server.takeBuffer()
	defer c.server.giveBuffer(buf)
	for i, part := range a.body {
		if i > 0 {
			buf.WriteString(c.requestID) // which needs no escapes in JSON
		}
		buf.WriteString(part)
	}
	maps.Copy(c.Header(), a.header) // without a Content-Length, which net/http adds: a map of more than eight is much slower
	c.WriteHeader(a.status)
	_, _ = c.Write(buf.Bytes())
}
