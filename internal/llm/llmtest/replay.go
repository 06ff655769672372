package llmtest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// replayAll makes the call of each fixture against its answer, and compares the request and the result.
func (h *Harness) replayAll(t *testing.T, all fixtures) {
	for _, f := range all {
		t.Run(f.name, func(t *testing.T) { h.replay(t, f) })
	}
}

func (h *Harness) replay(t *testing.T, f *fixture) {
	call, s := f.call(t), serve(t, f.answer)
	r, err := run(t.Context(), h.New(t, s.client(t), s.url), call.request(), call.Stream)
	got := s.requests()
	if !f.answer.given && len(got) > 0 {
		t.Fatalf("the call was sent, but the fixture has no answer:\n%s%s", got[0].head, got[0].body)
	}
	if f.answer.given && len(got) != 1 {
		t.Fatalf("%d requests were sent: %v", len(got), err)
	}
	if len(got) == 1 && !*update {
		rawBodies(t, f, r, err, got[0].body)
	}
	if f.shared && h.Plain != nil {
		for i := range got {
			got[i].head, got[i].body = h.Plain(got[i].head, got[i].body)
		}
	}
	if *update {
		h.rewrite(t, f, got, wantOf(r, err))
		return
	}
	if len(got) == 1 {
		compare(t, "wire-request.http", string(f.file("wire-request.http")), got[0].head)
		compare(t, "wire-request.json", pretty(t, f.file("wire-request.json")), pretty(t, got[0].body))
	}
	compare(t, "want.json", pretty(t, f.file("want.json")), pretty(t, marshal(t, wantOf(r, err))))
}

// rawBodies checks that a response carries the bytes that were exchanged.
func rawBodies(t *testing.T, f *fixture, r *llm.Response, err error, sent []byte) {
	t.Helper()
	if err != nil {
		return
	}
	compare(t, "RawRequest", string(sent), string(r.RawRequest))
	if f.answer.stream {
		return
	}
	compare(t, "RawResponse", string(f.answer.body), string(r.RawResponse))
}

func (h *Harness) rewrite(t *testing.T, f *fixture, got []request, w Want) {
	t.Helper()
	before := f.format()
	if len(got) == 1 {
		f.set("wire-request.http", []byte(got[0].head))
		f.set("wire-request.json", []byte(pretty(t, got[0].body)))
	}
	f.set("want.json", []byte(pretty(t, marshal(t, w))))
	if f.shared {
		if bytes.Equal(before, f.format()) {
			return
		}
		f.path = filepath.Join(h.Own, filepath.Base(f.path))
		if err := os.MkdirAll(h.Own, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(f.path, f.format(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// pairs checks that a stream folds to the result of the same answer as a whole, where both are recorded.
func (h *Harness) pairs(t *testing.T, all fixtures) {
	if *update {
		t.Skip("the fixtures are being written")
	}
	for _, f := range all {
		name, variant, _ := strings.Cut(f.name, "--")
		streamed := name + "-stream"
		if variant != "" {
			streamed += "--" + variant
		}
		if f.answer.stream || !all.has(streamed) {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			compare(t, streamed, pretty(t, f.file("want.json")), pretty(t, all.find(t, streamed).file("want.json")))
		})
	}
}

func compare(t *testing.T, what, want, got string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// pretty returns JSON in a form for people to read, the same for equal values.
func pretty(t *testing.T, raw []byte) string {
	t.Helper()
	if raw == nil {
		return ""
	}
	canonical, err := json.Canonical(raw)
	if err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	out, err := json.MarshalIndent(canonical)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
