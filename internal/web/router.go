package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/paths"
)

// drainRetry is when a client that was refused while draining may try again. Another process has taken over by then.
const drainRetry = 2 * time.Second

type router struct {
	paths  paths.Tree[spot]
	check  *http.ServeMux // holds the same patterns to find bad and conflicting ones; it serves nothing
	routes []*Route
	server *Server
}

func newRouter(s *Server) *router { return &router{check: http.NewServeMux(), server: s} }

// add registers a route. A pattern for a subtree also serves the path without its last slash.
func (t *router) add(r *Route, do serve) (err error) {
	defer func() {
		if v := recover(); v != nil { // how ServeMux reports bad and conflicting patterns
			err = fmt.Errorf("%v", v)
		}
	}()
	if r.Method == "" || strings.ContainsAny(r.Method, " \t/") || !strings.HasPrefix(r.Path, "/") {
		return fmt.Errorf("a route needs a method and a path that starts with a slash")
	}
	t.check.Handle(r.Method+" "+r.Path, http.NotFoundHandler())
	t.routes = append(t.routes, r)
	at := t.paths.At(r.Path)
	at.routes = append(at.routes, spotRoute{r, input.Wildcards(r.Path), func(w http.ResponseWriter, req *http.Request) {
		t.server.run(w.(*exchange), req, r, do)
	}})
	at.methods = methodsOf(at.routes)
	return nil
}

func methodsOf(routes []spotRoute) []string {
	out := []string{}
	for _, r := range routes {
		out = append(out, r.Method)
	}
	slices.Sort(out)
	if i := slices.Index(out, http.MethodGet); i >= 0 {
		out = slices.Insert(out, i+1, http.MethodHead)
	}
	return append(out, http.MethodOptions)
}

func (s *Server) run(c *exchange, r *http.Request, route *Route, do serve) {
	c.route = route
	if s.opts.Trace != nil {
		c.Context, c.traced = s.opts.Trace(c.Context, r, route)
	}
	if err := s.admit(c, r, route); err != nil {
		c.fail(err)
		return
	}
	if err := do(c, r); err != nil {
		c.fail(err)
	}
}

func (s *Server) admit(c *exchange, r *http.Request, route *Route) error {
	if route.Public() {
		return nil
	}
	if s.draining.Load() {
		c.Header().Set("Connection", "close")
		return errs.New(errs.ShuttingDown, "The server is shutting down. Send the request again.").
			With(func(e *errs.Error) { e.RetryAfter = drainRetry })
	}
	if err := s.authenticate(c, r); err != nil {
		return err
	}
	return s.letIn(c, r)
}

func (t *router) serve(c *exchange, r *http.Request) {
	at, values := t.find(r)
	route := at.route(r.Method)
	if route == nil {
		if at == nil && t.fallBack(c, r) {
			return
		}
		t.notFound(c, r, at)
		return
	}
	for i, name := range route.names {
		r.SetPathValue(name, values[i])
	}
	route.serve(c, r)
}

// find is the spot of the path of r; nil for "*" and for the authority of CONNECT.
func (t *router) find(r *http.Request) (*spot, []string) {
	if r.RequestURI == "*" {
		return nil, nil
	}
	path := r.URL.EscapedPath()
	at, values := t.paths.Find(path)
	if at == nil {
		if rest, below := without(path, t.server.prefix); below { // a proxy has left the prefix there
			return t.paths.Find(rest)
		}
	}
	return at, values
}

// notFound answers a request that no route matches. at is the spot of its path, nil for an unknown path.
func (t *router) notFound(c *exchange, r *http.Request, at *spot) {
	shown := errs.Truncate(r.URL.Path, maxLoggedPath)
	if at == nil {
		c.fail(errs.New(errs.RouteNotFound, "There is no route %s %s.%s", errs.Truncate(r.Method, maxMethod), shown, t.hint(r)))
		return
	}
	list := strings.Join(at.methods, ", ")
	c.Header().Set("Allow", list)
	if r.Method == http.MethodOptions {
		c.WriteHeader(http.StatusNoContent)
		return
	}
	c.fail(errs.New(errs.MethodNotAllowed, "%s does not take the method %s. It takes %s.", shown, errs.Truncate(r.Method, maxMethod), list))
}

const maxMethod = 20

// routeOf is the route that serves method and path, nil when there is none.
func (t *router) routeOf(method, p string) *Route {
	at, _ := t.paths.Find((&url.URL{Path: p}).EscapedPath())
	if r := at.route(method); r != nil {
		return r.Route
	}
	return nil
}
