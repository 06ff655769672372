package llmtest

import (
	"bytes"
	"compress/gzip"
	"maps"
	"net/http"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

// codings checks that an answer, a stream and a failure give the same result if they come compressed without being asked for.
func (h *Harness) codings(t *testing.T, answers ...*fixture) {
	for _, f := range answers {
		t.Run(f.name, func(t *testing.T) {
			s, call := serve(t, f.answer.gzip(t)), f.call(t)
			got := wantOf(run(t.Context(), h.New(t, s.client(t), s.url), call.request(), call.Stream))
			compare(t, "want.json", pretty(t, f.file("want.json")), pretty(t, marshal(t, got)))
		})
	}
	t.Run("failure", func(t *testing.T) {
		failure := said(http.StatusBadRequest, "So it is.")
		h.both(t, answers[0], failure.gzip(t), func(t *testing.T, err error) {
			if e := errs.From(err); e.Reason != errs.InvalidRequest || e.Message != "So it is." {
				t.Errorf("got %+v", e)
			}
		})
	})
}

// gzip returns a with a compressed body.
func (a *answer) gzip(t *testing.T) answer {
	t.Helper()
	out := *a
	if out.header = maps.Clone(a.header); out.header == nil {
		out.header = http.Header{}
	}
	out.header.Set("Content-Encoding", "gzip")
	out.header.Del("Content-Length")
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	if _, err := w.Write(a.body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out.body = body.Bytes()
	return out
}
