package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

// loaded is a harness with a pressure of p, where chance is always a half: batch is turned away above 1.42, interactive above 2.13, critical above 11.
// Keys have the priority that their secret ends with.
func loaded(t *testing.T, p float64, change ...func(*web.Options)) (*harness, *admit.Controller) {
	t.Helper()
	c := admit.New(admit.Options{
		Draw:    func() float64 { return 0.5 },
		Signals: []admit.Signal{{Name: "test", Target: 1, Read: func(time.Time) float64 { return p }}},
	})
	for i := range 100 {
		c.Sample(time.Unix(1, 0).Add(time.Duration(i) * admit.Every))
	}
	return newHarness(t, append(change, func(o *web.Options) {
		o.Admit, o.Observe = c, nil
		o.Authenticate = func(_ context.Context, secret string) (auth.Principal, error) {
			role, class, _ := strings.Cut(strings.TrimPrefix(secret, "hl_sk_"), "_")
			return auth.Principal{KeyID: secret, Role: auth.Role(role), Priority: auth.Priority(class)}, nil
		}
	})...), c
}

const notNow = "The server has more to do than it can, and lets requests of a higher priority go first. Send the request again in a moment."

// TestRequestsAreTurnedAwayByTheirPriority: that of their key, or a lower one that they ask for.
func TestRequestsAreTurnedAwayByTheirPriority(t *testing.T) {
	const letIn, away = http.StatusOK, http.StatusServiceUnavailable
	for _, c := range []struct {
		pressure  float64
		key, asks string
		want      int
	}{
		{0.9, "member_batch", "", letIn},
		{2, "member_batch", "", away},
		{2, "member_interactive", "", letIn},
		{2, "member", "", letIn}, // interactive
		{2, "member_interactive", "batch", away},
		{2, "member_critical", "batch", away},
		{2, "member_batch", "critical", away}, // a call cannot raise it
		{4, "member_interactive", "", away},
		{4, "member_critical", "", letIn},
		{4, "member_critical", "interactive", away},
		{4, "admin_interactive", "", away}, // a call is no change
		{30, "member_critical", "", away},
	} {
		h, control := loaded(t, c.pressure)
		w := h.do("POST", testCall, `{}`, "X-Api-Key", "hl_sk_"+c.key, web.HeaderPriority, c.asks)
		if w.Code != c.want {
			t.Errorf("at %v, a key of %s that asks for %q: %d %s", c.pressure, c.key, c.asks, w.Code, w.Body)
		}
		if w.Code == away {
			want := answerOf(t, &errs.Error{Reason: errs.GatewayOverloaded, RetryAfter: 2 * time.Second, Message: notNow})
			if d := cmp.Diff(strings.ReplaceAll(want, testRequestID, "req_test"), w.Body.String()); d != "" || w.Header().Get("Retry-After") != "2" {
				t.Errorf("Retry-After %q (-want +got):\n%s", w.Header().Get("Retry-After"), d)
			}
			if h.log.Len() > 0 {
				t.Errorf("a request that is turned away writes a line: %s", h.log.String())
			}
		}
		if n := control.Open(); n != 0 {
			t.Errorf("%d requests are open after the last", n)
		}
	}
}

// TestNeverTurnedAway lists what passes at any pressure.
func TestNeverTurnedAway(t *testing.T) {
	h, _ := loaded(t, 1000)
	if w := h.do("GET", "/health", "", "X-Api-Key", ""); w.Code != http.StatusOK {
		t.Errorf("/health: %d", w.Code)
	}
	passed := 0
	for range 30 {
		if w := h.do("POST", "/v5/notes", "", "X-Api-Key", "hl_sk_admin_batch"); w.Code == http.StatusNoContent {
			passed++
		}
	}
	if passed != 20 {
		t.Errorf("%d of 30 changes by an admin pass within a second, not 20", passed)
	}
	for _, c := range []struct{ method, path, key string }{
		{"GET", "/v5/prompts/a", "hl_sk_admin"}, {"POST", testCall, "hl_sk_admin"}, {"DELETE", "/v5/prompts/a/environments/b", "hl_sk_developer"},
	} {
		if w := h.do(c.method, c.path, "", "X-Api-Key", c.key); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s %s by %s: %d", c.method, c.path, c.key, w.Code)
		}
	}
}

// TestABadPriorityIsNamed also while there is no load.
func TestABadPriorityIsNamed(t *testing.T) {
	h := newHarness(t, func(o *web.Options) { o.Observe = nil })
	w := h.do("GET", "/v5/prompts", "", web.HeaderPriority, "utmost")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `"loc":["header","X-Openloop-Priority"]`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// unread is a body that says whether it was read.
type unread struct {
	io.Reader
	read bool
}

func (u *unread) Read(p []byte) (int, error) {
	u.read = true
	return u.Reader.Read(p)
}

// TestTheBodyOfWhatIsTurnedAwayIsNotRead.
func TestTheBodyOfWhatIsTurnedAwayIsNotRead(t *testing.T) {
	h, _ := loaded(t, 1000)
	body := &unread{Reader: strings.NewReader(`{}`)}
	r := httptest.NewRequestWithContext(t.Context(), "POST", testCall, body)
	r.Header.Set("X-Api-Key", "hl_sk_member")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || body.read {
		t.Errorf("%d, read: %v", w.Code, body.read)
	}
}

// TestAnOperationLowersItsRequest, as when the body asks for it.
func TestAnOperationLowersItsRequest(t *testing.T) {
	h, c := loaded(t, 2)
	h.call = func(ctx context.Context) error { return web.Lower(ctx, auth.Batch) }
	if w := h.do("POST", testCall, `{}`, "X-Api-Key", "hl_sk_member_critical"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "2" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if c.Shed(auth.Batch) != 1 || c.Open() != 0 {
		t.Errorf("%d were shed, %d are open", c.Shed(auth.Batch), c.Open())
	}
	if err := web.Lower(t.Context(), auth.Batch); err != nil {
		t.Errorf("outside a request: %v", err)
	}
}

// TestBodiesCountUntilTheAnswer: what was decoded has about the size of the body.
func TestBodiesCountUntilTheAnswer(t *testing.T) {
	h := newHarness(t, func(o *web.Options) { o.Observe = nil })
	body, during := `{"output":"`+strings.Repeat("x", 10_000)+`"}`, int64(0)
	h.call = func(context.Context) error {
		during = h.BodyBytes()
		return nil
	}
	h.do("POST", testCall, body)
	if d := cmp.Diff([]int64{int64(len(body)), 0}, []int64{during, h.BodyBytes()}); d != "" {
		t.Errorf("during and after the call (-want +got):\n%s", d)
	}
}
