package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/web"
)

// TestAnswersThatAreMadeOnce are those that are made each time, where what documents are called follows from the request: behind a proxy.
func TestAnswersThatAreMadeOnce(t *testing.T) {
	type answer struct {
		Status int
		Header http.Header
		Body   string
	}
	ask := func(h http.Handler, id string) answer {
		r := httptest.NewRequest(http.MethodPost, "/v5/prompts/call", strings.NewReader(typicalCall))
		r.Header.Set("X-Api-Key", "hl_sk_member_interactive")
		r.Header.Set("X-Request-Id", id)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		w.Header().Del("Content-Length") // net/http adds it where it is missing
		return answer{w.Code, w.Header(), w.Body.String()}
	}
	once, _ := loaded(t, 30)
	each, _ := loaded(t, 30, func(o *web.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for _, id := range []string{"req_1", "another-one"} {
		got, want := ask(once, id), ask(each, id)
		if d := cmp.Diff(want, got); d != "" || got.Status != http.StatusServiceUnavailable {
			t.Errorf("%d (-want +got):\n%s", got.Status, d)
		}
	}
}

// BenchmarkTurnedAway is what a call costs that is turned away, with its client, over a connection that goes on, beside a handler of net/http that answers as much.
func BenchmarkTurnedAway(b *testing.B) {
	c := admit.New(admit.Options{
		Draw:    func() float64 { return 0.99 },
		Signals: []admit.Signal{{Name: "test", Target: 1, Read: func(time.Time) float64 { return 50 }}},
	})
	for i := range 100 {
		c.Sample(time.Unix(1, 0).Add(time.Duration(i) * admit.Every))
	}
	h := newHarness(b, func(o *web.Options) {
		o.Logger, o.Observe, o.Admit, o.Now = slog.New(slog.NewJSONHandler(io.Discard, nil)), func(web.Observation) {}, c, nil
		o.Authenticate = func(context.Context, string) (auth.Principal, error) {
			return auth.Principal{KeyID: "key_1", Role: auth.Member, Priority: auth.Batch}, nil
		}
	})
	b.Run("openloop", func(b *testing.B) { askOften(b, h, h.Guard) })
	body := make([]byte, 500)
	b.Run("plain", func(b *testing.B) {
		askOften(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{"application/json"}
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write(body)
		}), nil)
	})
}

// askOften has one connection send calls to a server, which must answer each with 503.
func askOften(b *testing.B, h http.Handler, guard func(*http.Server, net.Listener) net.Listener) {
	b.Helper()
	b.ReportAllocs()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: h}
	served := l
	if guard != nil {
		served = guard(server, l)
	}
	go func() { _ = server.Serve(served) }()
	defer func() { _ = server.Close() }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	request := fmt.Appendf(nil, "POST /v5/prompts/call HTTP/1.1\r\nHost: a\r\nX-Api-Key: hl_sk_member_batch\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		len(typicalCall), typicalCall)
	answers := bufio.NewReader(conn)
	for b.Loop() {
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		r, err := http.ReadResponse(answers, nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil || r.StatusCode != http.StatusServiceUnavailable {
			b.Fatal(r.Status, err)
		}
	}
}
