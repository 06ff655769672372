package web

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/nearest"
)

const (
	maxTypos    = 2   // wrong letters in a path up to which a route is suggested
	maxHintPath = 256 // longer paths get no suggestion
)

// hint is a sentence for the path, or with the route that the caller probably meant, "" when none is close. It begins with a blank.
func (t *router) hint(r *http.Request) string {
	if len(r.URL.Path) > maxHintPath {
		return ""
	}
	if hint := ofPrefix(t.server.opts.Hints, r.URL.Path); hint != "" {
		return " " + hint
	}
	route := t.nearest(r.Method, path.Clean("/"+r.URL.Path))
	if route == nil {
		return ""
	}
	return " Did you mean " + route.Method + " " + route.Path + "?"
}

func (t *router) nearest(method, p string) *Route {
	for _, prefix := range t.prefixes() {
		if route := t.routeOf(method, prefix+p); route != nil && !route.Hidden { // the prefix was forgotten
			return route
		}
		rest, ok := strings.CutPrefix(p, prefix) // the prefix is there twice, or is wrong
		if route := t.routeOf(method, rest); ok && route != nil && !route.Hidden {
			return route
		}
	}
	return t.misspelt(method, p)
}

// prefixes are the first segments of the visible paths, such as "/v5".
func (t *router) prefixes() []string {
	var out []string
	for _, r := range t.routes {
		segment, _, more := strings.Cut(r.Path[1:], "/")
		if more && !r.Hidden && !slices.Contains(out, "/"+segment) {
			out = append(out, "/"+segment)
		}
	}
	return out
}

// misspelt is the visible route of method whose path is closest to p, nil when all differ by more than two letters.
func (t *router) misspelt(method, p string) *Route {
	var best *Route
	least := maxTypos + 1
	for _, r := range t.routes {
		if r.Method != method || r.Hidden {
			continue
		}
		if n := typos(r.Path, p); n < least {
			best, least = r, n
		}
	}
	return best
}

// typos counts the letters by which p differs from the pattern. Wildcards match any segment. It stops counting above maxTypos.
func typos(pattern, p string) int {
	want, got := strings.Split(pattern, "/"), strings.Split(p, "/")
	if len(want) != len(got) {
		return maxTypos + 1
	}
	n := 0
	for i, segment := range want {
		if !strings.HasPrefix(segment, "{") {
			n += nearest.Distance(segment, strings.ToLower(got[i]))
		}
		if n > maxTypos {
			return n
		}
	}
	return n
}
