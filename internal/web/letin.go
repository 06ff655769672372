package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/input"
)

// HeaderPriority is the header by which a request takes a lower priority than its key has.
const HeaderPriority = "X-Openloop-Priority"

// refusedBody is the time that a client has to send the body of a request that is turned away. Nothing of it is kept: net/http reads past it, to
// answer over a connection that goes on.
const refusedBody = 5 * time.Second

// letIn turns the request away if there is too much to do. Nothing of its body has been read by then.
func (s *Server) letIn(c *exchange, r *http.Request) error {
	class, err := priority(r, auth.From(c.Context).Priority)
	if err != nil || s.opts.Admit == nil || c.route.Vital {
		return err
	}
	var ok bool
	if c.pass, ok = guardOf(r.Context()).takePass(class); ok {
		return nil
	}
	if isEdit(c.route, r, auth.From(c.Context)) {
		c.pass, ok = s.opts.Admit.EnterEdit(class, s.now())
	} else if c.pass, ok = s.opts.Admit.Enter(class); !ok {
		s.remember(c, r, class)
	}
	if ok {
		return nil
	}
	if r.ContentLength != 0 {
		deadline(http.NewResponseController(c.w).SetReadDeadline, time.Now().Add(refusedBody))
	}
	return c.turnAway()
}

// isEdit reports whether who is an admin and changes what the server keeps: not by calling or logging something, which members may do as well.
func isEdit(route *Route, r *http.Request, who auth.Principal) bool {
	return who.Role == auth.Admin && route.Role != auth.Member && r.Method != http.MethodGet && r.Method != http.MethodHead
}

// priority is that of a request with a key of the priority has: a lower one if it asks for it.
func priority(r *http.Request, has auth.Priority) (auth.Priority, error) {
	asked := r.Header[HeaderPriority]
	if len(asked) == 0 {
		return has, nil
	}
	p := auth.Priority(strings.TrimSpace(asked[0]))
	if !p.Valid() {
		return "", errs.Invalid("A priority is critical, interactive or batch.", input.InHeader, HeaderPriority)
	}
	return has.Lowered(p), nil
}

// Lower gives the request of ctx a lower priority, unless its own is lower already. An operation calls it when the body asks for that, before
// it does anything. Errors: gateway_overloaded, if the request would have been turned away with that priority.
func Lower(ctx context.Context, to auth.Priority) error {
	c := exchangeFrom(ctx)
	if c == nil || c.pass.Lower(to) {
		return nil
	}
	return c.turnAway()
}
