package llm_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
)

// TestInline states the parts of data URIs.
//
// Fault A5: media types as people write them.
func TestInline(t *testing.T) {
	for _, c := range []struct {
		url, mediaType, data string
		ok                   bool
	}{
		{"data:image/png;base64,iVBORw0KGgo=", "image/png", "iVBORw0KGgo=", true},
		{"DATA:image/png;name=a.png;base64,AA==", "image/png", "AA==", true},
		{"data:image/jpg;base64,AA==", "image/jpeg", "AA==", true},
		{"data:IMAGE/JPEG;base64,AA==", "image/jpeg", "AA==", true},
		{"data:image/pjpeg;base64,AA==", "image/jpeg", "AA==", true},
		{"data:image/x-png; charset=binary ; Base64,AA==", "image/png", "AA==", true},
		{"data:;base64,/9j/4AAQSkZJRg==", "image/jpeg", "/9j/4AAQSkZJRg==", true},
		{"data:application/octet-stream;base64,R0lGODlh", "image/gif", "R0lGODlh", true},
		{"data:image/*;base64,UklGRiQAAABXRUJQVlA4IA==", "image/webp", "UklGRiQAAABXRUJQVlA4IA==", true},
		{"data:image/tiff;base64,AA==", "image/tiff", "AA==", true},
		{"data:;base64,AA==", "", "AA==", true},
		{"data:text/plain,hello", "", "", false},
		{"data:image/png;base64", "", "", false},
		{"https://example.com/data:image/png;base64,AA==", "", "", false},
		{"", "", "", false},
	} {
		mediaType, data, ok := llm.ImageURL{URL: c.url}.Inline()
		if mediaType != c.mediaType || data != c.data || ok != c.ok {
			t.Errorf("Inline(%q) = %q, %q, %v, want %q, %q, %v", c.url, mediaType, data, ok, c.mediaType, c.data, c.ok)
		}
	}
}

func TestCanonical(t *testing.T) {
	for url, want := range map[string]string{
		"data:image/jpg;name=a.jpg;base64,AA==": "data:image/jpeg;base64,AA==",
		"data:image/png;base64,AA==":            "data:image/png;base64,AA==",
		"data:;base64,AA==":                     "data:;base64,AA==",
		"https://example.com/a.jpg":             "https://example.com/a.jpg",
	} {
		if got := (llm.ImageURL{URL: url}).Canonical(); got != want {
			t.Errorf("Canonical of %s is %s, want %s", url, got, want)
		}
	}
}
