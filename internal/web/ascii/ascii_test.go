package ascii

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/json"
)

func TestString(t *testing.T) {
	cases := map[string]string{
		"":               `""`,
		"plain":          `"plain"`,
		"\"\\\n\r\t\x00": `"\"\\\n\r\t\u0000"`,
		"é\u2028\x7f":    `"\u00e9\u2028\u007f"`,
		"😀":              `"\ud83d\ude00"`,
		"a\xffb\xe2\x82": `"a\ufffdb\ufffd\ufffd"`,
		"\uffff":         `"\uffff"`,
	}
	for in, want := range cases {
		if got := string(AppendString(nil, in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
		if got := string(AppendString([]byte("x"), []byte(in))); got != "x"+want {
			t.Errorf("bytes of %q: %s, want x%s", in, got, want)
		}
	}
}

func TestStringKeepsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text")
		raw := AppendString(nil, in)
		var out string
		if err := json.Unmarshal(raw, &out); err != nil || out != strings.ToValidUTF8(in, "\uFFFD") {
			t.Fatalf("%q became %s, %v", in, raw, err)
		}
		if d := cmp.Diff(string(raw), string(Line(raw))); d != "" {
			t.Fatalf("not one line of ASCII:\n%s", d)
		}
	})
}

func TestLineKeepsTheValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.MapOf(rapid.String(), rapid.SliceOf(rapid.String())).Draw(t, "value")
		raw, err := json.MarshalIndent(in)
		if err != nil {
			t.Fatal(err)
		}
		line := Line(raw)
		for _, b := range line {
			if b < ' ' || b >= 0x80 {
				t.Fatalf("%q holds the byte %x", line, b)
			}
		}
		var out map[string][]string
		if err := json.Unmarshal(line, &out); err != nil || cmp.Diff(in, out) != "" {
			t.Fatalf("%s became %s, %v", raw, line, err)
		}
	})
}
