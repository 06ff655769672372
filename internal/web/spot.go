package web

import "net/http"

// spot is a path with the routes that are served there.
type spot struct {
	routes  []spotRoute
	methods []string // sorted; HEAD and OPTIONS are added
}

// spotRoute is a route with the names of its wildcards in order.
type spotRoute struct {
	*Route
	names []string
	serve http.HandlerFunc
}

// route is the route of s for a method, nil for none. HEAD is served as GET.
func (s *spot) route(method string) *spotRoute {
	if s == nil {
		return nil
	}
	for i := range s.routes {
		if s.routes[i].Method == method || method == http.MethodHead && s.routes[i].Method == http.MethodGet {
			return &s.routes[i]
		}
	}
	return nil
}
