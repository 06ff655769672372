package llm

import "strings"

// Inline takes a `data:<media type>;base64,<data>` URI apart. It is false for every other URL.
func (i ImageURL) Inline() (mediaType, data string, ok bool) {
	const scheme = "data:"
	if len(i.URL) < len(scheme) || !strings.EqualFold(i.URL[:len(scheme)], scheme) {
		return "", "", false
	}
	head, data, ok := strings.Cut(i.URL[len(scheme):], ",")
	if !ok {
		return "", "", false
	}
	mediaType, encoded := strings.CutSuffix(head, ";base64")
	if !encoded {
		return "", "", false
	}
	mediaType, _, _ = strings.Cut(mediaType, ";")
	return mediaType, data, true
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
