package llmtest

import (
	"bytes"
	"testing"

	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// loose checks what servers that speak a provider's wire format do and the provider does not. It is for answers in server-sent events
// that end by a marker or a finish reason of their own.
func (h *Harness) loose(t *testing.T, f *fixture) {
	if h.Apart || !bytes.Contains(f.answer.body, []byte("data:")) {
		t.Skip("no server-sent events of JSON")
	}
	r, body := f.call(t).request(), f.answer.body
	want := pretty(t, marshal(t, h.fold(t, r, body)))

	// Fault B12: a stream that nobody asked for is an answer.
	t.Run("unasked stream", func(t *testing.T) {
		d := h.New(t, &llmhttp.Client{Transport: pieces{body}}, "http://provider.invalid")
		compare(t, "answer", want, pretty(t, marshal(t, wantOf(run(t.Context(), d, r, false)))))
	})

	// Fault B2: what keeps a connection open is passed over, and counted.
	for _, ping := range []string{"ping", ": ping", `"ping"`, " ", "[]", "keep-alive"} {
		t.Run("stray "+ping, func(t *testing.T) {
			counted := 0
			hc := &llmhttp.Client{Transport: pieces{[]byte("data: " + ping + "\n\n"), body}, Strays: func(string) { counted++ }}
			compare(t, "answer", want, pretty(t, marshal(t, wantOf(run(t.Context(), h.New(t, hc, "http://provider.invalid"), r, true)))))
			if counted != 1 {
				t.Errorf("%d events were counted", counted)
			}
		})
	}
}

// unstreamed checks that an answer that comes whole, though a stream was asked for, is the same answer.
func (h *Harness) unstreamed(t *testing.T, f *fixture) {
	if h.Apart {
		t.Skip("whole answers have another form")
	}
	whole, streamed := f.call(t).request(), f.call(t).request()
	d := h.New(t, &llmhttp.Client{Transport: pieces{f.answer.body}}, "http://provider.invalid")
	want := pretty(t, marshal(t, wantOf(run(t.Context(), d, whole, false))))
	d = h.New(t, &llmhttp.Client{Transport: pieces{f.answer.body}}, "http://provider.invalid")
	compare(t, "answer", want, pretty(t, marshal(t, wantOf(run(t.Context(), d, streamed, true)))))
}
