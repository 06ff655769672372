package llmtest

import (
	"bytes"
	"testing"

	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// loose checks what servers do that speak a provider's wire format less strictly than the provider. It applies to answers in server-sent
// events that end with a marker or a finish reason.
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

	// Fault B2: events that only keep a connection open are counted and skipped.
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

// unstreamed checks that a whole answer to a streamed call gives the same result as to a plain call.
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
