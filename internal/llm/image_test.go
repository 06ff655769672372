package llm_test

import (
	"testing"

	"openloop/internal/llm"
)

func TestInline(t *testing.T) {
	for _, c := range []struct {
		url, mediaType, data string
		ok                   bool
	}{
		{"data:image/png;base64,iVBORw0KGgo=", "image/png", "iVBORw0KGgo=", true},
		{"DATA:image/png;name=a.png;base64,AA==", "image/png", "AA==", true},
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
