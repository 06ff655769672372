package llmtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// streamed returns the fixtures of streams that end well, except those that another suite tried.
func (all fixtures) streamed() fixtures {
	var out fixtures
	for _, f := range all {
		if f.answer.stream && !f.tried && !bytes.Contains(f.file("want.json"), []byte(`"error"`)) {
			out = append(out, f)
		}
	}
	return out
}

// stride returns the distance in bytes between two trials: 1 for the plainest stream, more for the others, so that a sample of them is tried.
func (f *fixture) stride() int {
	if f.name == "text-stream" {
		return 1
	}
	const trials = 150
	return len(f.answer.body)/trials | 1
}

// splits checks that an answer does not depend on how the network splits it.
func (h *Harness) splits(t *testing.T, all fixtures) {
	for _, f := range all {
		if !f.answer.stream || f.tried || f.answer.status != http.StatusOK {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			r, body := f.call(t).request(), f.answer.body
			want := string(marshal(t, h.fold(t, r, body)))
			for i := 0; i < len(body); i += f.stride() {
				got := string(marshal(t, h.fold(t, r, body[:i], body[i:])))
				if got != want {
					compare(t, "split", pretty(t, []byte(want)), pretty(t, []byte(got)))
					t.Fatalf("the answer changes when it is split at byte %d, before %.40q", i, body[i:])
				}
			}
		})
	}
}

func (h *Harness) fold(t *testing.T, r *llm.Request, parts ...[]byte) Want {
	t.Helper()
	d := h.New(t, &llmhttp.Client{Transport: pieces(parts)}, "http://provider.invalid")
	return wantOf(run(t.Context(), d, r, true))
}

// cuts checks that a stream that ends early is an error, wherever that is, unless only its end marker is missing.
func (h *Harness) cuts(t *testing.T, all fixtures) {
	for _, f := range all.streamed() {
		t.Run(f.name, func(t *testing.T) {
			r, body := f.call(t).request(), f.answer.body
			whole := h.fold(t, r, body)
			for i := 0; i < len(body); i += f.stride() {
				got := h.fold(t, r, body[:i])
				if got.Error == nil {
					compare(t, "finish reason", string(whole.Finish), string(got.Finish))
					compare(t, "message", pretty(t, marshal(t, whole.Message)), pretty(t, marshal(t, got.Message)))
				} else if !slices.Contains(cutReasons(), got.Error.Reason) {
					t.Errorf("reason %q", got.Error.Reason)
				}
				if t.Failed() {
					t.Fatalf("when the stream is cut at byte %d, after %.40q", i, tail(body[:i]))
				}
			}
		})
	}
}

// cutReasons are the reasons of a stream that was cut. A stream that is cut before its first event is an empty success.
func cutReasons() []errs.Reason {
	return []errs.Reason{errs.StreamInterrupted, errs.MalformedProviderResponse}
}

func tail(b []byte) []byte { return b[max(0, len(b)-40):] }

// cancels checks that the provider's work ends when the caller leaves.
func (h *Harness) cancels(t *testing.T, f *fixture) {
	t.Run("context", func(t *testing.T) {
		d, gone := h.hanging(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		for _, err := range d.Stream(ctx, f.call(t).request()) {
			cancel()
			last = err
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("the stream ended with %v", last)
		}
		<-gone
	})
	t.Run("break", func(t *testing.T) {
		d, gone := h.hanging(t, f)
		for _, err := range d.Stream(t.Context(), f.call(t).request()) {
			if err != nil {
				t.Error(err)
			}
			break
		}
		<-gone
	})
}

// hanging returns a driver whose provider sends the first half of f's answer and then nothing. gone is closed when the provider's caller left.
func (h *Harness) hanging(t *testing.T, f *fixture) (d llm.Driver, gone chan struct{}) {
	t.Helper()
	gone = make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does a server notice that its caller left
		a := f.answer
		a.body = a.body[:len(a.body)/2]
		a.write(w)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	}))
	t.Cleanup(s.Close)
	return h.New(t, (&server{}).client(t), s.URL), gone
}
