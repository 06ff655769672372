package json

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzUnquoted compares with what package jsontext makes of a string.
func FuzzUnquoted(f *testing.F) {
	for _, s := range []string{`""`, `"a"`, `"a\n\"b\\c\/\b\f\r\t"`, `"\u00e9\ud83d\ude00x"`, `"\ud83d"`, `"\ude00\ud83d!"`, "\"\xff\\n\"", `"é\n"`, `"\\u0041"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, quoted []byte) {
		v := jsontext.Value(quoted)
		if v.Kind() != '"' || !v.IsValid(jsontext.AllowInvalidUTF8(true)) {
			return
		}
		if err := v.Compact(jsontext.AllowInvalidUTF8(true), jsontext.PreserveRawStrings(true)); err != nil {
			return
		}
		want, _ := jsontext.AppendUnquote(nil, v)
		if got := unquoted(v); got != string(want) {
			t.Errorf("%s: got %q, want %q", v, got, want)
		}
	})
}
