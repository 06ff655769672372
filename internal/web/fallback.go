package web

import (
	"fmt"
	"net/http"

	"github.com/openloop-server/openloop/internal/web/input"
)

// Fallback serves requests with a path that no route has. It must be public.
type Fallback struct {
	Route Route                                   // its Path is that in logs and metrics alone
	Wants func(r *http.Request, path string) bool // whether it serves r; path is without the prefix of the public URL
}

func (s *Server) addFallback() error {
	f := s.opts.Fallback
	if f == nil {
		return nil
	}
	if !f.Route.Public() {
		return fmt.Errorf("web: the fallback needs a key")
	}
	plan, err := input.NewPlan(s.schemas, f.Route.Op.in, f.Route.Path)
	if err == nil {
		s.fallback = f.Route.Op.bind(plan)
	}
	return err
}

// fallBack serves r by the fallback, unless that does not want it.
func (t *router) fallBack(c *exchange, r *http.Request) bool {
	s := t.server
	if s.fallback == nil || r.RequestURI == "*" {
		return false
	}
	path := r.URL.EscapedPath()
	if rest, below := without(path, s.prefix); below {
		path = rest
	}
	if !s.opts.Fallback.Wants(r, path) {
		return false
	}
	s.run(c, r, &s.opts.Fallback.Route, s.fallback)
	return true
}
