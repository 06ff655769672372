package web

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"openloop/internal/errs"
)

// drainRetry is when a client refused while draining may come back: another process has taken over by then.
const drainRetry = 2 * time.Second

// router finds the route of a request. It is [http.ServeMux] without its redirects: a trailing or doubled slash and dot segments are
// served as if they had been written rightly.
type router struct {
	mux      *http.ServeMux
	byMethod map[string]*http.ServeMux // the same paths without methods, to tell a wrong method from a wrong path
	methods  []string                  // sorted
	routes   []*Route
	server   *Server
}

func newRouter(s *Server) *router {
	t := &router{mux: http.NewServeMux(), byMethod: map[string]*http.ServeMux{}, server: s}
	t.mux.HandleFunc("/", t.notFound)
	return t
}

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
	if t.byMethod[r.Method] == nil {
		t.byMethod[r.Method] = http.NewServeMux()
		t.methods = append(t.methods, r.Method)
		slices.Sort(t.methods)
	}
	t.routes = append(t.routes, r)
	handler := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { t.server.run(w.(*call), req, r, do) })
	for _, p := range patterns(r.Path) {
		t.mux.Handle(r.Method+" "+p, handler)
		t.byMethod[r.Method].Handle(p, handler)
	}
	return nil
}

// patterns are the ServeMux patterns of a route's path.
func patterns(p string) []string {
	bare := p
	if strings.HasSuffix(p, "...}") {
		bare = p[:strings.LastIndexByte(p, '/')+1]
	}
	if bare == "/" || !strings.HasSuffix(bare, "/") {
		return []string{p}
	}
	return []string{p, strings.TrimSuffix(bare, "/")}
}

// run serves a request whose route is known.
func (s *Server) run(c *call, r *http.Request, route *Route, do serve) {
	c.route = route
	if err := s.admit(c, r, route); err != nil {
		c.fail(err)
		return
	}
	if err := do(c, r); err != nil {
		c.fail(err)
	}
}

func (s *Server) admit(c *call, r *http.Request, route *Route) error {
	if route.Public() {
		return nil
	}
	if s.draining.Load() {
		c.Header().Set("Connection", "close")
		return errs.New(errs.ShuttingDown, "The server is shutting down. Send the request again.").
			With(func(e *errs.Error) { e.RetryAfter = drainRetry })
	}
	return s.authenticate(c, r)
}

func (t *router) serve(c *call, r *http.Request) {
	if r.RequestURI == "*" {
		t.notFound(c, r)
		return
	}
	t.mux.ServeHTTP(c, canonical(r))
}

// canonical is r with a clean path: r itself in nearly every case.
func canonical(r *http.Request) *http.Request {
	given := r.URL.Path
	if r.URL.RawPath != "" {
		given = r.URL.RawPath
	}
	if isClean(given) {
		return r
	}
	clean := path.Clean("/" + given)
	u := *r.URL
	u.Path, u.RawPath = clean, ""
	if r.URL.RawPath != "" {
		if decoded, err := url.PathUnescape(clean); err == nil {
			u.Path, u.RawPath = decoded, clean
		}
	}
	out := *r
	out.URL = &u
	return &out
}

// isClean reports whether p starts with a slash and has no further slash or dot after any slash, and no slash at its end. A segment that
// starts with a dot is said to be unclean too, and is the same after cleaning.
func isClean(p string) bool {
	if p == "/" {
		return true
	}
	if p == "" || p[0] != '/' || p[len(p)-1] == '/' {
		return false
	}
	for i := range len(p) - 1 {
		if p[i] == '/' && (p[i+1] == '/' || p[i+1] == '.') {
			return false
		}
	}
	return true
}

// notFound answers a request that no route matches.
func (t *router) notFound(w http.ResponseWriter, r *http.Request) {
	c := w.(*call)
	allowed := t.allowed(r)
	if len(allowed) == 0 {
		c.fail(errs.New(errs.RouteNotFound, "There is no route %s %s.%s", truncate(r.Method, maxMethod),
			truncate(r.URL.Path, maxLoggedPath), t.hint(r)))
		return
	}
	list := strings.Join(allowed, ", ")
	c.Header().Set("Allow", list)
	if r.Method == http.MethodOptions {
		c.WriteHeader(http.StatusNoContent)
		return
	}
	c.fail(errs.New(errs.MethodNotAllowed, "%s does not take the method %s. It takes %s.", truncate(r.URL.Path, maxLoggedPath),
		truncate(r.Method, maxMethod), list))
}

const maxMethod = 20

// allowed lists the methods that the path of r takes.
func (t *router) allowed(r *http.Request) []string {
	var out []string
	for _, m := range t.methods {
		if _, pattern := t.byMethod[m].Handler(r); pattern == "" {
			continue
		}
		out = append(out, m)
		if m == http.MethodGet {
			out = append(out, http.MethodHead)
		}
	}
	if len(out) > 0 {
		out = append(out, http.MethodOptions)
	}
	return slices.Compact(out)
}

// routeOf is the route that serves method and path, nil when there is none.
func (t *router) routeOf(method, p string) *Route {
	mux := t.byMethod[method]
	if mux == nil {
		return nil
	}
	_, pattern := mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: p}})
	for _, r := range t.routes {
		if r.Method == method && slices.Contains(patterns(r.Path), pattern) {
			return r
		}
	}
	return nil
}
