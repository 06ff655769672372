package llm

import (
	"net/http"
	"strings"
)

// Inline takes a `data:<media type>;base64,<data>` URI (RFC 2397) apart. It is false for every other URL. The media type is the registered
// one, in lower case and without parameters; where the URI tells none the data does. It is "" when neither tells it.
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

// registered is the media type that people mean by name, or else that of the data.
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

// Canonical is the URL of i, of an inline image with its registered media type.
func (i ImageURL) Canonical() string {
	mediaType, data, ok := i.Inline()
	if !ok || mediaType == "" {
		return i.URL
	}
	return "data:" + mediaType + ";base64," + data
}

// Untyped reports whether i is an inline image whose media type nothing tells.
func (i ImageURL) Untyped() bool {
	mediaType, _, ok := i.Inline()
	return ok && mediaType == ""
}

// Remote reports whether the image is named by an http or https URL.
func (i ImageURL) Remote() bool {
	for _, scheme := range [...]string{"https://", "http://"} {
		if len(i.URL) > len(scheme) && strings.EqualFold(i.URL[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}
