package sandbox

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// FuzzRequestLines reads lines that the code of a user may write. Each is a request, which is answered by a line of JSON and the body, or is none.
func FuzzRequestLines(f *testing.F) {
	for _, seed := range []string{
		`{"fetch": {"method": "GET", "url": "http://h/", "headers": [["A", "b"]], "body": "eA==", "timeout": 1.5}}`, `{"fetch": {}}`, `{"fetch": null}`, `{"ok": 1}`, ``, `{`,
		`{"fetch": {"timeout": -1e308, "headers": [["\u0000", "\n"]]}}`, `{"fetch": {"timeout": 1e308, "url": 1}}`, `{"fetch": {"body": "%"}}`, `[]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		asked := 0
		w := &wire{ctx: t.Context(), out: &output{last: text}, fetch: func(_ context.Context, r *FetchRequest) (*FetchResponse, error) {
			asked++
			return &FetchResponse{Status: 200, URL: r.URL, Header: http.Header{"X": {r.Method, "\xff"}}, Body: r.Body}, nil
		}}
		got := w.answer()
		head, body, _ := bytes.Cut(got, []byte("\n"))
		var a answered
		switch {
		case asked == 0 && len(got) == 0:
		case json.Unmarshal(head, &a) != nil:
			t.Errorf("%q is answered by %q", text, head)
		case a.Error == "" && (asked != 1 || a.Size != len(body)):
			t.Errorf("%q is answered by %q and %d bytes, after %d requests", text, head, len(body), asked)
		}
	})
}
