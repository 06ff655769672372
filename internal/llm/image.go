package llm

import (
	"net/http"
	"strings"
)

// Inline splits a `data:<media type>;base64,<data>` URI (RFC 2397). ok is false for every other URL. mediaType is the registered one, in
// lower case and without parameters. If the URI names none, it is detected from the data, and is "" if that fails.
func (i ImageURL) Inline() (mediaType, data string, ok bool) {
	const scheme = "data:"
	if len(i.URL) < len(scheme) || !strings.EqualFold(i.URL[:len(scheme)], scheme) {
		return "", "", false
	}
	head, data, ok := strings.Cut(i.URL[len(scheme):], ",")
	if !ok {
		return "", "", false
	}
	n := strings.LastIndexByte(head, ';')
	if n < 0 || !strings.EqualFold(strings.TrimSpace(head[n+1:]), "base64") {
		return "", "", false
	}
	mediaType, _, _ = strings.Cut(head[:n], ";")
	return registered(mediaType, data), data, true
}

// registered returns the registered media type for a common misspelling, or the type of the data if name says nothing.
func registered(name, data string) string {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "image/jpg", "image/jpe", "image/pjpeg", "image/jfif":
		return "image/jpeg"
	case "image/x-png":
		return "image/png"
	case "", "image/*", "application/octet-stream", "binary/octet-stream":
		if sniffed := http.DetectContentType(decodePrefix(data)); strings.HasPrefix(sniffed, "image/") {
			return sniffed
		}
		return ""
	default:
		return name
	}
}

// Canonical returns the URL of i. An inline image gets its registered media type.
func (i ImageURL) Canonical() string {
	mediaType, data, ok := i.Inline()
	if !ok || mediaType == "" {
		return i.URL
	}
	return "data:" + mediaType + ";base64," + data
}

// Untyped reports whether i is an inline image of unknown media type.
func (i ImageURL) Untyped() bool {
	mediaType, _, ok := i.Inline()
	return ok && mediaType == ""
}

// Remote reports whether i is an http or https URL.
func (i ImageURL) Remote() bool {
	for _, scheme := range [...]string{"https://", "http://"} {
		if len(i.URL) > len(scheme) && strings.EqualFold(i.URL[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}
