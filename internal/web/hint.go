package web

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"openloop/internal/errs"
)

const (
	maxTypos    = 2   // letters that may be wrong in a path for its route still to be suggested
	maxHintPath = 256 // longer paths get no suggestion
)

// hint is a sentence that names the route a caller probably meant, after a blank; "" when none is close.
func (t *router) hint(r *http.Request) string {
	if len(r.URL.Path) > maxHintPath {
		return ""
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
		rest, ok := strings.CutPrefix(p, prefix) // or was given twice, or does not belong
		if route := t.routeOf(method, rest); ok && route != nil && !route.Hidden {
			return route
		}
	}
	return t.misspelt(method, p)
}

// prefixes are the first segments of all visible paths, as "/v5".
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

// misspelt is the visible route of method whose path differs from p by the fewest letters, nil when more than two do.
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

// typos counts the letters by which p differs from the pattern, whose wildcards match any segment. More than two are counted as three.
func typos(pattern, p string) int {
	want, got := strings.Split(pattern, "/"), strings.Split(p, "/")
	if len(want) != len(got) {
		return maxTypos + 1
	}
	n := 0
	for i, segment := range want {
		if !strings.HasPrefix(segment, "{") {
			n += errs.Typos(segment, strings.ToLower(got[i]))
		}
		if n > maxTypos {
			return n
		}
	}
	return n
}
