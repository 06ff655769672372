package json_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// Fault B9: a character that is cut into two escapes is one again when the pieces are put together; a half alone is U+FFFD, once.
func TestHalvesOfCharacters(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string
		want   string
	}{
		{"whole", []string{`"a\ud83d\ude00b"`}, "a😀b"},
		{"cut", []string{`"a\ud83d"`, `"\ude00b"`}, "a😀b"},
		{"upper case", []string{`"a\uD83D"`, `"\uDE00b"`}, "a😀b"},
		{"cut with others around", []string{`"\u00fc\n\ud83d\ude00\ud83d"`, `"\ude00\ud83d\ude00\""`}, "ü\n😀😀😀\""},
		{"first half alone", []string{`"a\ud83d"`, `"b"`}, "a\ufffdb"},
		{"first half at the end", []string{`"a\ud83d"`}, "a\ufffd"},
		{"second half alone", []string{`"\ude00b"`}, "\ufffdb"},
		{"wrong order", []string{`"\ude00"`, `"\ud83d"`}, "\ufffd\ufffd"},
		{"two first halves", []string{`"\ud83d"`, `"\ud83d\ude00"`}, "\ufffd😀"},
		{"an escaped backslash", []string{`"\\ud83d"`, `"\\ude00"`}, `\ud83d\ude00`},
		{"a half before an escaped backslash", []string{`"\ud83d\\u"`}, "\ufffd\\u"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var all string
			for _, p := range c.pieces {
				var v struct {
					S string `json:"s"`
				}
				if err := json.UnmarshalPiece([]byte(`{"s":`+p+`}`), &v); err != nil {
					t.Fatal(err)
				}
				all += v.S
			}
			if d := cmp.Diff(c.want, json.JoinHalves(all)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestCutHalf(t *testing.T) {
	var first, second string
	if json.UnmarshalPiece([]byte(`"\ud83d"`), &first) != nil || json.UnmarshalPiece([]byte(`"\ude00"`), &second) != nil {
		t.Fatal("no strings")
	}
	for _, c := range []struct{ in, rest, first string }{
		{"", "", ""}, {"a", "a", ""}, {"a" + first, "a", first}, {first, "", first}, {first + second, first + second, ""}, {"퟿", "퟿", ""},
	} {
		if rest, got := json.CutHalf(c.in); rest != c.rest || got != c.first {
			t.Errorf("CutHalf(%q) = %q, %q", c.in, rest, got)
		}
	}
}

// FuzzUnmarshalPiece checks that a piece is what any other reader makes of it once its halves are joined, also when it is not cut.
func FuzzUnmarshalPiece(f *testing.F) {
	for _, s := range []string{`""`, `"a\ud83d\ude00"`, `"\ud83d"`, `"\ud83d\ud83d\ude00\ude00"`, `"\\ud83d"`, `"\u0000\ud800"`, "\"\xed\xa0\xbd\\ude00\"", `{"a":"\udfff"}`, `["\ud83d",1,null]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		var want, got string
		wantErr, gotErr := json.UnmarshalForeign([]byte(data), &want), json.UnmarshalPiece([]byte(data), &got)
		if (wantErr == nil) != (gotErr == nil) {
			t.Fatalf("%v and %v", wantErr, gotErr)
		}
		if got = json.JoinHalves(got); wantErr == nil && got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
