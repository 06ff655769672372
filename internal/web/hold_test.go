package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

const comment = ": keep-alive\n\n"

// held streams after a silence, and returns what was written until then, and in all.
func held(t *testing.T, silence time.Duration, then func(yield func(delta, error) bool), change ...func(*web.Options)) (before, all []string, h *harness) {
	t.Helper()
	h = newHarness(t, change...)
	w := &recorder{header: http.Header{}}
	h.stream = func(_ context.Context, yield func(delta, error) bool) {
		time.Sleep(silence)
		w.mu.Lock()
		before = append(before, w.pieces...)
		w.mu.Unlock()
		then(yield)
	}
	h.ServeHTTP(w, newPost(t, streamed))
	return before, w.pieces, h
}

// TestHold states that a stream begins without an event when the hold is over, and that comments follow.
func TestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before, all, _ := held(t, 46*time.Second, func(yield func(delta, error) bool) { yield(delta{Output: "a"}, nil) })
		if d := cmp.Diff([]string{comment, comment, comment}, before); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if d := cmp.Diff([]string{comment, comment, comment, "data: {\"output\":\"a\"}\n\n", "data: [DONE]\n\n"}, all); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestHoldIsASetting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for hold, want := range map[time.Duration][]string{-1: nil, time.Minute: {comment}, time.Hour: nil} {
			before, _, _ := held(t, time.Minute+time.Second, func(func(delta, error) bool) {}, func(o *web.Options) { o.StreamHold = hold })
			if d := cmp.Diff(want, before); d != "" {
				t.Errorf("%v (-want +got):\n%s", hold, d)
			}
		}
	})
}

// TestFailureAfterTheHold states that it is an event, as one after output is.
func TestFailureAfterTheHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &errs.Error{Reason: errs.Overloaded, Message: "Busy.", Origin: "OpenAI", Provider: "openai"}
		_, all, h := held(t, 16*time.Second, func(yield func(delta, error) bool) { yield(delta{}, e) })
		got := strings.Join(all, "")
		if want := comment + "event: error\ndata: {\"output\":\"\",\"after\":\"\",\"error\":\"Busy.\""; !strings.HasPrefix(got, want) {
			t.Errorf("%s", got)
		}
		if h.seen[0].Status != http.StatusOK || h.seen[0].Reason != errs.Overloaded {
			t.Errorf("observed %+v", h.seen)
		}
	})
}
