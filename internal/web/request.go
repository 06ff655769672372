package web

import (
	"net/http"
	"reflect"

	"github.com/openloop-server/openloop/internal/web/input"
)

// decode reads the request into the struct that in points to. Its error lists every violation, or says why the request is unreadable.
func (c *exchange) decode(p *input.Plan, r *http.Request, in reflect.Value) error {
	reading := p.Read(r, in, input.Options{Strict: c.server.opts.Strict, Tolerated: c.server.opts.Tolerated})
	if err := reading.Params(); err != nil {
		return err
	}
	if p.Body != nil {
		b := c.server.takeBody()
		defer b.done()
		if err := c.readBody(r, b); err != nil {
			return err
		}
		c.keeps(b)
		data := b.Bytes()
		if p.Body.Keeps() {
			data = b.detach()
		}
		if err := reading.Body(data); err != nil {
			return err
		}
	}
	if p.Body != nil || !c.route.Public() { // to public ones monitors and browsers add parameters of their own
		reading.Settle(c.Header())
	}
	if err := reading.Err(); err != nil {
		return err
	}
	c.input = p
	return nil
}

// Conform checks value by the schema of the type like, which must occur in the table of routes; see [input.Conform].
func (s *Server) Conform(like reflect.Type, value any, place ...any) error {
	return input.Conform(s.schemas.Made(like), value, place...)
}
