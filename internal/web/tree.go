package web

import (
	"net/http"
	"net/url"
	"strings"
)

// tree finds the spot of a path, for all methods. Its patterns are those of [http.ServeMux], but it never redirects: repeated slashes and a
// slash at the end are ignored, and a path with dot segments (RFC 3986, section 3.3) has no spot.
//
// A literal segment wins over a wildcard, without backtracking: next to /prompts/call, the {id} of /prompts/{id} is never "call".
type tree struct {
	literal map[string]*tree
	wild    *tree // {id}
	rest    *spot // {rest...}
	here    *spot
}

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

// spotOf is the spot of a pattern. It makes one if there is none.
func (t *tree) spotOf(pattern string) *spot {
	at := t
	for segment := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		switch {
		case segment == "" || segment == "{$}":
		case strings.HasSuffix(segment, "...}"):
			return made(&at.rest)
		case strings.HasPrefix(segment, "{"):
			at = made(&at.wild)
		default:
			if at.literal == nil {
				at.literal = map[string]*tree{}
			}
			if at.literal[segment] == nil {
				at.literal[segment] = new(tree)
			}
			at = at.literal[segment]
		}
	}
	return made(&at.here)
}

func made[T any](p **T) *T {
	if *p == nil {
		*p = new(T)
	}
	return *p
}

// find returns the spot of an escaped path and the values of its wildcards; nil if there is none. Only "/" is the root.
func (t *tree) find(escaped string) (*spot, []string) {
	if escaped == "/" {
		return t.here, nil
	}
	if !strings.HasPrefix(escaped, "/") {
		return nil, nil
	}
	segments, ok := segmentsOf(escaped)
	if !ok || len(segments) == 0 {
		return nil, nil
	}
	var values []string
	at := t
	for i, segment := range segments {
		switch {
		case at.literal[segment] != nil:
			at = at.literal[segment]
		case at.wild != nil:
			at, values = at.wild, append(values, segment)
		case at.rest != nil:
			return at.rest, append(values, strings.Join(segments[i:], "/"))
		default:
			return nil, nil
		}
	}
	if at.here == nil && at.rest != nil {
		return at.rest, append(values, "")
	}
	return at.here, values
}

// segmentsOf splits a path into unescaped segments. ok is false if one is "." or "..".
func segmentsOf(escaped string) (segments []string, ok bool) {
	segments = make([]string, 0, 8)
	for segment := range strings.SplitSeq(escaped, "/") {
		if segment == "" {
			continue
		}
		if strings.IndexByte(segment, '%') >= 0 {
			if plain, err := url.PathUnescape(segment); err == nil {
				segment = plain
			}
		}
		if segment == "." || segment == ".." {
			return nil, false
		}
		segments = append(segments, segment)
	}
	return segments, true
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
