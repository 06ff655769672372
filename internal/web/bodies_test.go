package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

// slowBody is a request whose body is sent bit by bit.
type slowBody struct {
	pipe   *io.PipeWriter
	answer chan *httptest.ResponseRecorder
}

func (h *harness) begin(body string) *slowBody {
	from, to := io.Pipe()
	s := &slowBody{to, make(chan *httptest.ResponseRecorder, 1)}
	r := httptest.NewRequestWithContext(h.tb.Context(), "POST", testCall, from)
	r.Header.Set("X-Api-Key", "hl_sk_admin")
	r.Header.Set("X-Request-Id", testRequestID)
	w := httptest.NewRecorder()
	go func() {
		h.ServeHTTP(w, r)
		_ = from.Close() // a refused body is read no further
		s.answer <- w
	}()
	_, _ = io.WriteString(to, body) // returns when all of it was read
	return s
}

func (s *slowBody) end(rest string) *httptest.ResponseRecorder {
	_, _ = io.WriteString(s.pipe, rest)
	_ = s.pipe.Close()
	return <-s.answer
}

// Fault E2: all bodies together take no more memory than they may; small ones always pass.
func TestMemoryOfAllBodies(t *testing.T) {
	h := newHarness(t, func(o *web.Options) { o.MaxBody, o.MaxBodies, o.Observe = 1<<20, 1, nil }) // three times the largest body
	large := `{"output":"` + strings.Repeat("x", 600<<10)
	held := []*slowBody{h.begin(large), h.begin(large), h.begin(large)}
	refused := h.begin(large).end(`"}`)
	want := answerOf(t, &errs.Error{Reason: errs.GatewayOverloaded, RetryAfter: 2 * time.Second,
		Message: "The server holds as many large bodies as it has memory for. Send the request again in a moment."})
	if d := cmp.Diff(want, refused.Body.String()); d != "" || refused.Code != http.StatusServiceUnavailable || refused.Header().Get("Retry-After") != "2" {
		t.Errorf("%d, Retry-After %q (-want +got):\n%s", refused.Code, refused.Header().Get("Retry-After"), d)
	}
	if small := h.do("POST", testCall, `{"output":"`+strings.Repeat("x", 60<<10)+`"}`); small.Code != http.StatusOK {
		t.Errorf("a small body: %d %s", small.Code, small.Body)
	}
	for _, s := range held {
		if w := s.end(`"}`); w.Code != http.StatusOK {
			t.Errorf("a body that was held: %d %s", w.Code, w.Body)
		}
	}
	if again := h.begin(large).end(`"}`); again.Code != http.StatusOK {
		t.Errorf("afterwards: %d %s", again.Code, again.Body)
	}
}

// Fault E2: a gzip body that is refused takes hardly more memory than was sent, whether its end tells its true size or not.
func TestMemoryOfBombs(t *testing.T) {
	bomb := zipped(t, strings.Repeat("\x00", 9<<20))
	for name, body := range map[string]string{"honest": bomb, "with a small last member": bomb + zipped(t, "{}")} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, func(o *web.Options) { o.MaxBody = 8 << 20 })
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			w := h.do("POST", testCall, body, "Content-Encoding", "gzip")
			runtime.ReadMemStats(&after)
			if d := cmp.Diff(answerOf(t, &errs.Error{Reason: errs.BodyTooLarge, Message: "The body is larger than the limit of 8388608 bytes."}), w.Body.String()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 { // a guess at the size, up to 1 MiB, and the inflater
				t.Errorf("%d bytes were allocated for %d bytes", took, len(body))
			}
		})
	}
}

// Bodies of all sizes and forms arrive as they were sent.
func TestSizesOfBodies(t *testing.T) {
	h := newHarness(t, func(o *web.Options) { o.MaxBody = 4 << 20 })
	for _, n := range []int{1, 4 << 10, 64 << 10, 1<<20 - 20, 1 << 20, 1<<20 + 600, 3 << 20} {
		text := strings.Repeat("x", n)
		body := `{"output":"` + text + `"}`
		parts := zipped(t, body[:len(body)/2]) + zipped(t, body[len(body)/2:]) // RFC 1952, section 2.2: a series of members
		for name, w := range map[string]*httptest.ResponseRecorder{
			"plain": h.do("POST", testCall, body), "of unknown length": h.begin(body).end(""),
			"gzip": h.do("POST", testCall, zipped(t, body), "Content-Encoding", "gzip"), "gzip in parts": h.do("POST", testCall, parts, "Content-Encoding", "gzip"),
		} {
			if w.Code != http.StatusOK || h.got.(*callInput).Body.Output.V != text {
				t.Errorf("%d bytes, %s: %d", n, name, w.Code)
			}
		}
	}
}
