package llmhttp

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Base is a provider's base URL, parsed once. The zero Base is not usable.
type Base struct {
	url url.URL
}

// ParseBase parses an absolute http or https URL. It keeps a query, such as an API version, for every URL made from the base. It drops a
// fragment and trailing slashes.
func ParseBase(s string) (Base, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return Base{}, errors.New("a base URL is like https://host/path")
	}
	u.Fragment, u.RawFragment = "", ""
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return Base{url: *u}, nil
}

// Join returns the URL of path below b. path starts with a slash and must be escaped where needed
// ("/models/a%2Fb"). Concurrent calls may share the result.
func (b Base) Join(path string) *url.URL {
	out := b.url
	plain, err := url.PathUnescape(path)
	if err != nil {
		plain = path
	}
	out.RawPath = out.EscapedPath() + path
	out.Path += plain
	return &out
}

// JSONHeader returns the header of a JSON request with further pairs of names and values. Names must be in canonical form.
func JSONHeader(pairs ...string) http.Header {
	values := make([]string, 0, 2+len(pairs)/2)
	h := make(http.Header, cap(values))
	set := func(name, value string) {
		values = append(values, value)
		h[name] = values[len(values)-1 : len(values) : len(values)]
	}
	set("Content-Type", "application/json")
	set("User-Agent", "openloop")
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	return h
}
