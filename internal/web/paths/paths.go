// Package paths finds what is served at a path.
package paths

import (
	"net/url"
	"strings"
)

// Tree finds what is at a path: a T for each pattern that was named to At. The zero Tree has none. Patterns are those of [net/http.ServeMux], but a
// Tree never redirects: repeated slashes and a slash at the end are ignored, and a path with dot segments (RFC 3986, section 3.3) has nothing.
//
// A literal segment wins over a wildcard, without backtracking: next to /prompts/call, the {id} of /prompts/{id} is never "call".
type Tree[T any] struct {
	literal map[string]*Tree[T]
	wild    *Tree[T] // {id}
	rest    *T       // {rest...}
	here    *T
}

// At returns what is at a pattern. It makes one if there is none.
func (t *Tree[T]) At(pattern string) *T {
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
				at.literal = map[string]*Tree[T]{}
			}
			if at.literal[segment] == nil {
				at.literal[segment] = new(Tree[T])
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

// Find returns what is at an escaped path, and the values of its wildcards; nil if there is none. Only "/" is the root.
func (t *Tree[T]) Find(escaped string) (*T, []string) {
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
