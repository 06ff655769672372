package llm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
)

// TestListLeavesOutBlankTexts states which parts of a content are sent.
//
// Fault A4: texts of white space.
func TestListLeavesOutBlankTexts(t *testing.T) {
	text := func(s string) llm.Part { return llm.Part{Type: llm.TextPart, Text: s} }
	image := llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: "https://example.com/a.png"}}
	for name, c := range map[string]struct {
		content llm.Content
		want    []llm.Part
	}{
		"none":                   {llm.Content{}, nil},
		"an empty text":          {llm.Text(""), nil},
		"line ends":              {llm.Text("\n\r\n\t\v\f"), nil},
		"spaces of Unicode":      {llm.Text("\u0085\u00a0\u1680\u2000\u2003\u2028\u2029\u202f\u205f\u3000"), nil},
		"separators of Python":   {llm.Text("\x1c\x1d\x1e\x1f"), nil},
		"the byte order mark":    {llm.Text("\ufeff"), nil},
		"a text":                 {llm.Text(" a\n"), []llm.Part{text(" a\n")}},
		"a zero of the alphabet": {llm.Text("0"), []llm.Part{text("0")}},
		"parts":                  {llm.Parts(text(""), text("a"), text("\u2003"), image), []llm.Part{text("a"), image}},
		"blank parts":            {llm.Parts(text(" "), text("\n")), nil},
	} {
		got := c.content.List()
		if len(got) == 0 {
			got = nil
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if got := llm.TrimEnd(" a b\u00a0\n\u2003"); got != " a b" {
		t.Errorf("TrimEnd left %q", got)
	}
}
