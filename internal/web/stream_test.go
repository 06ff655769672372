package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

const streamed = `{"stream":true}`

// live serves h on a real connection and returns a function that posts to it.
func live(t *testing.T, h *harness) func(ctx context.Context, body string) (*http.Response, error) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return func(ctx context.Context, body string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, "POST", s.URL+testCall, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		r.Header.Set("X-Api-Key", "hl_sk_member")
		r.Header.Set("X-Request-Id", testRequestID)
		return s.Client().Do(r)
	}
}

// everything posts body and reads the answer to its end.
func everything(t *testing.T, h *harness, body string) (*http.Response, string) {
	t.Helper()
	resp, err := live(t, h)(t.Context(), body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(all)
}

func TestStream(t *testing.T) {
	h := newHarness(t)
	h.stream = func(_ context.Context, yield func(delta, error) bool) {
		_ = yield(delta{Output: "Grüße "}, nil) && yield(delta{Output: "😀\n"}, nil)
	}
	resp, body := everything(t, h, streamed)
	want := `data: {"output":"Gr\u00fc\u00dfe "}` + "\n\n" + `data: {"output":"\ud83d\ude00\n"}` + "\n\ndata: [DONE]\n\n"
	if d := cmp.Diff(want, body); d != "" {
		t.Errorf("stream (-want +got):\n%s", d)
	}
	got := []any{resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header.Get("Cache-Control"), resp.Header.Get("X-Accel-Buffering"), resp.Header.Get("X-Request-Id")}
	if d := cmp.Diff([]any{200, "text/event-stream", "no-store", "no", testRequestID}, got); d != "" {
		t.Errorf("head (-want +got):\n%s", d)
	}
}

func TestStreamOfNothing(t *testing.T) {
	h := newHarness(t)
	h.stream = func(context.Context, func(delta, error) bool) {}
	resp, body := everything(t, h, streamed)
	if resp.StatusCode != http.StatusOK || body != "data: [DONE]\n\n" {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
}

func TestErrorBeforeTheFirstChunk(t *testing.T) {
	e := &errs.Error{Reason: errs.RateLimited, Message: "Slow down.", Origin: "OpenAI", Provider: "openai", ProviderStatus: 429, RetryAfter: 1500 * time.Millisecond}
	h := newHarness(t)
	h.stream = func(_ context.Context, yield func(delta, error) bool) { yield(delta{}, e) }
	resp, body := everything(t, h, streamed)
	if d := cmp.Diff(answerOf(t, e), body); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
	got := []any{resp.StatusCode, resp.Header.Get("Content-Type"), resp.Header.Get("Retry-After")}
	if d := cmp.Diff([]any{429, "application/json", "2"}, got); d != "" {
		t.Errorf("head (-want +got):\n%s", d)
	}
}

func TestErrorAfterTheFirstChunk(t *testing.T) {
	e := &errs.Error{Reason: errs.StreamInterrupted, Message: "Ended\n\nearly: é", Origin: "OpenAI", Provider: "openai", PartialOutput: true}
	h := newHarness(t)
	h.stream = func(_ context.Context, yield func(delta, error) bool) {
		_ = yield(delta{Output: "one", more: true}, nil) && yield(delta{Output: "two", more: true}, nil) && yield(delta{}, e)
	}
	resp, body := everything(t, h, streamed)
	detail := strings.TrimSuffix(strings.TrimPrefix(answerOf(t, e), `{"detail":`), "}")
	want := `data: {"output":"one"}` + "\n\n" + `data: {"output":"two"}` + "\n\nevent: error\n" +
		`data: {"output":"","after":"two","error":"Ended\n\nearly: \u00e9","detail":` + strings.ReplaceAll(detail, "é", `\u00e9`) + "}\n\n"
	if d := cmp.Diff(want, body); d != "" {
		t.Errorf("stream (-want +got):\n%s", d)
	}
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
	seen := h.seen
	for i := range seen {
		seen[i].Bytes = 0
	}
	wantSeen := []web.Observation{{Method: "POST", Route: testCall, ID: "prompts.call", Status: 200, Streamed: true,
		Reason: errs.StreamInterrupted, Origin: "OpenAI", Provider: "openai"}}
	if d := cmp.Diff(wantSeen, seen); d != "" {
		t.Errorf("observed (-want +got):\n%s", d)
	}
}

func TestPanicInAStreamCutsTheConnection(t *testing.T) {
	h := newHarness(t)
	h.stream = func(_ context.Context, yield func(delta, error) bool) {
		yield(delta{Output: "one"}, nil)
		panic("broken")
	}
	resp, err := live(t, h)(t.Context(), streamed)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "data: {\"output\":\"one\"}\n\n" {
		t.Errorf("read %q, %v", body, err)
	}
}

func TestEachEventArrivesAtOnce(t *testing.T) {
	next := make(chan string)
	h := newHarness(t)
	h.stream = func(_ context.Context, yield func(delta, error) bool) {
		for text := range next {
			if !yield(delta{Output: text}, nil) {
				return
			}
		}
	}
	go func() { next <- "first" }()
	resp, err := live(t, h)(t.Context(), streamed)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for _, text := range []string{"first", "second"} {
		if text != "first" {
			next <- text
		}
		line, err := lines.ReadString('\n')
		if want := `data: {"output":"` + text + `"}` + "\n"; err != nil || line != want {
			t.Errorf("read %q, %v, want %q", line, err, want)
		}
		_, _ = lines.ReadString('\n')
	}
	close(next)
}

func TestClientThatLeavesStopsTheStream(t *testing.T) {
	h := newHarness(t)
	stopped := make(chan error, 1)
	h.stream = func(ctx context.Context, yield func(delta, error) bool) {
		yield(delta{Output: "one"}, nil)
		<-ctx.Done()
		stopped <- ctx.Err()
		yield(delta{}, ctx.Err())
	}
	done := make(chan struct{})
	outer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		h.ServeHTTP(w, r)
	})
	s := httptest.NewServer(outer)
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "POST", s.URL+testCall, strings.NewReader(streamed))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", "hl_sk_member")
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	_ = resp.Body.Close()
	if err := <-stopped; !errors.Is(err, context.Canceled) {
		t.Errorf("the stream was stopped by %v", err)
	}
	<-done
	if len(h.seen) != 1 || h.seen[0].Status != 499 {
		t.Errorf("observed %+v", h.seen)
	}
}

// recorder counts the pieces that are written and flushed.
type recorder struct {
	mu      sync.Mutex
	header  http.Header
	pieces  []string
	flushes int
	fail    error
	write   func()
}

func (w *recorder) Header() http.Header { return w.header }
func (w *recorder) WriteHeader(int)     {}

func (w *recorder) Write(p []byte) (int, error) {
	if w.write != nil {
		w.write()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return 0, w.fail
	}
	w.pieces = append(w.pieces, string(p))
	return len(p), nil
}

func (w *recorder) FlushError() error {
	w.flushes++
	return nil
}

func TestEventsAtHandAreSentTogether(t *testing.T) {
	h := newHarness(t)
	long := strings.Repeat("x", 7000)
	h.stream = func(_ context.Context, yield func(delta, error) bool) {
		for _, d := range []delta{{"a", true}, {"b", true}, {"c", false}, {"d", false}, {long, true}, {long, true}, {long, true}, {"e", true}} {
			yield(d, nil)
		}
	}
	w := &recorder{header: http.Header{}}
	h.ServeHTTP(w, newPost(t, streamed))
	event := func(texts ...string) (out string) {
		for _, text := range texts {
			out += `data: {"output":"` + text + `"}` + "\n\n"
		}
		return out
	}
	want := []string{event("a", "b", "c"), event("d"), event(long, long, long), event("e") + "data: [DONE]\n\n"}
	if d := cmp.Diff(want, w.pieces); d != "" {
		t.Errorf("pieces (-want +got):\n%s", d)
	}
	if w.flushes != len(want) {
		t.Errorf("%d flushes, want %d", w.flushes, len(want))
	}
}

func TestKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.stream = func(_ context.Context, yield func(delta, error) bool) {
			time.Sleep(14 * time.Second) // nothing has begun: no comments
			yield(delta{Output: "a"}, nil)
			time.Sleep(40 * time.Second)
			yield(delta{Output: "b", more: true}, nil) // held back until something is sent
			time.Sleep(16 * time.Second)
		}
		w := &recorder{header: http.Header{}}
		h.ServeHTTP(w, newPost(t, streamed))
		time.Sleep(time.Hour) // nothing comes after the end
		const comment = ": keep-alive\n\n"
		want := []string{"data: {\"output\":\"a\"}\n\n", comment, comment, "data: {\"output\":\"b\"}\n\n" + comment, "data: [DONE]\n\n"}
		if d := cmp.Diff(want, w.pieces); d != "" {
			t.Errorf("pieces (-want +got):\n%s", d)
		}
	})
}

func TestFailedWriteStopsTheStream(t *testing.T) {
	h := newHarness(t)
	var after error
	yielded := 0
	h.stream = func(ctx context.Context, yield func(delta, error) bool) {
		for yield(delta{Output: "x"}, nil) {
			yielded++
		}
		after = ctx.Err()
	}
	w := &recorder{header: http.Header{}}
	w.write = func() {
		if len(w.pieces) == 2 {
			w.fail = io.ErrClosedPipe
		}
	}
	if err := served(h, w, newPost(t, streamed)); !errors.Is(err, http.ErrAbortHandler) {
		t.Errorf("panicked with %v, want http.ErrAbortHandler", err)
	}
	if yielded != 2 || !errors.Is(after, context.Canceled) {
		t.Errorf("%d events before the stop, context %v", yielded, after)
	}
	if h.seen[0].Status != 499 {
		t.Errorf("observed %+v", h.seen)
	}
}

// A client that stops reading is dropped after the write timeout, although its connection stays open.
func TestStalledClientIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		stopped := make(chan time.Time, 1)
		h.stream = func(_ context.Context, yield func(delta, error) bool) {
			for yield(delta{Output: "x"}, nil) {
				continue
			}
			stopped <- time.Now()
		}
		start := time.Now()
		piped(t, h, rawPost(streamed)) // nobody reads the other end
		if took := (<-stopped).Sub(start); took != 30*time.Second {
			t.Errorf("dropped after %v, want 30s", took)
		}
	})
}

// A client that does not send its body is answered after the body timeout.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		request := rawPost(streamed)
		conn := piped(t, newHarness(t), request[:len(request)-3])
		resp, body := answered(t, bufio.NewReader(conn))
		want := &errs.Error{Reason: errs.RequestTimeout, Message: "The body did not arrive within 1m0s."}
		if d := cmp.Diff(answerOf(t, want), body); d != "" || !resp.Close {
			t.Errorf("answer (-want +got), closing %v:\n%s", resp.Close, d)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("answered after %v, want 1m", took)
		}
	})
}

// Fault E: slow bodies and stalled readers. A client that sends a byte of its body each second is answered after the body timeout, however
// much it has still to send; one that reads nothing of a stream is dropped (TestStalledClientIsDropped).
func TestBodyThatTrickles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		request := rawPost(streamed + strings.Repeat(" ", 3600))
		head := strings.Index(request, "\r\n\r\n") + 4
		conn := piped(t, newHarness(t), request[:head])
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			for i := head; i < len(request); i++ {
				time.Sleep(time.Second) // the fake clock of synctest
				if _, err := io.WriteString(conn, request[i:i+1]); err != nil {
					return
				}
			}
		}()
		resp, body := answered(t, bufio.NewReader(conn))
		want := &errs.Error{Reason: errs.RequestTimeout, Message: "The body did not arrive within 1m0s."}
		if d := cmp.Diff(answerOf(t, want), body); d != "" || !resp.Close {
			t.Errorf("answer (-want +got), closing %v:\n%s", resp.Close, d)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("answered after %v, want 1m", took)
		}
		_ = conn.Close()
		<-sent
	})
}

// Deadlines of a request do not outlive it: its connection serves the next one.
func TestConnectionIsUsedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.stream = func(_ context.Context, yield func(delta, error) bool) { yield(delta{Output: "x"}, nil) }
		conn := piped(t, h, rawPost(streamed))
		lines := bufio.NewReader(conn)
		first, body := answered(t, lines)
		time.Sleep(time.Hour)
		if _, err := io.WriteString(conn, rawPost(streamed)); err != nil {
			t.Fatal(err)
		}
		second, again := answered(t, lines)
		if first.StatusCode != http.StatusOK || second.StatusCode != http.StatusOK || body != again {
			t.Errorf("answers %d %q, then %d %q", first.StatusCode, body, second.StatusCode, again)
		}
	})
}

// rawPost is a request for a call as it goes over the wire.
func rawPost(body string) string {
	return "POST " + testCall + " HTTP/1.1\r\nHost: x\r\nX-Api-Key: hl_sk_member\r\nX-Request-Id: req_test\r\nContent-Length: " +
		itoa(len(body)) + "\r\n\r\n" + body
}

func answered(t *testing.T, from *bufio.Reader) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// piped sends raw to a server of h over a connection that lives within the bubble of the test.
func piped(t *testing.T, h http.Handler, raw string) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	ends := &oneConn{conn: make(chan net.Conn, 1), closed: make(chan struct{})}
	ends.conn <- server
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(ends) }()
	t.Cleanup(func() {
		_ = client.Close()
		_ = s.Close()
	})
	if _, err := io.WriteString(client, raw); err != nil {
		t.Fatal(err)
	}
	return client
}

// oneConn is a listener with one connection.
type oneConn struct {
	conn   chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *oneConn) Accept() (net.Conn, error) {
	select {
	case c := <-l.conn:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *oneConn) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// A body that is announced to be too large is refused before it is sent.
func TestAnnouncedBodyIsNotRead(t *testing.T) {
	conn := dial(t, newHarness(t), "POST "+testCall+" HTTP/1.1\r\nHost: x\r\nX-Api-Key: hl_sk_member\r\nContent-Length: 99999999\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Error-Reason"); got != "body_too_large" {
		t.Errorf("reason %q", got)
	}
}

// A key is checked before the body is asked for.
func TestKeyIsCheckedBeforeTheBody(t *testing.T) {
	conn := dial(t, newHarness(t), "POST "+testCall+" HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 15\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Error-Reason"); got != "gateway_key_missing" {
		t.Errorf("reason %q", got)
	}
}

func TestLargeAnswer(t *testing.T) {
	text := strings.Repeat("x", 1<<20)
	s, err := web.New([]web.Route{{Method: "GET", Path: "/a", ID: "a", Op: web.Text(func(context.Context, *nothing) (string, error) { return text, nil })}}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, s, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != text {
		t.Errorf("read %d bytes, %v", len(body), err)
	}
}

// dial sends raw to a server of h and returns the connection.
func dial(t *testing.T, h http.Handler, raw string) net.Conn {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
	return conn
}
