package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

// guarded serves h on a port of its own, and returns its address.
func guarded(t testing.TB, s *web.Server) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 64 << 10}
	done := make(chan struct{})
	guard := s.Guard(server, l)
	go func() {
		_ = server.Serve(guard)
		close(done)
	}()
	t.Cleanup(func() {
		_ = server.Shutdown(context.WithoutCancel(t.Context())) // which waits for the half second that net/http lingers
		<-done
	})
	return l.Addr().String()
}

// talk sends a request as it is, closes its side of the connection, and returns the whole answer.
func talk(t *testing.T, addr, request string) (*http.Response, string) {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer to %.60q: %v", request, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// Fault E6: what net/http refuses by itself is answered within the contract.
func TestRequestsThatAreNotHTTP(t *testing.T) {
	addr := guarded(t, newHarness(t, func(o *web.Options) { o.Logger, o.Observe = nil, nil }).Server)
	const (
		general = "its request line, its URL or its headers are malformed"
		coding  = "its Transfer-Encoding is not supported. Send it chunked, or with a Content-Length"
		version = "its version of HTTP is not supported. Send HTTP/1.1"
		expect  = "its Expect header asks for something other than 100-continue"
	)
	for request, why := range map[string]string{
		"GET /v5/prompts/%zz HTTP/1.1\r\nHost: x\r\n\r\n":                                                general,
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nExpect: banana\r\n\r\n":                                expect,
		"POST " + testCall + " HTTP/1.1\r\nHost: x\r\nExpect: banana\r\nContent-Length: 2\r\n\r\n{}":     expect,
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 80<<10) + "\r\n\r\n":   "its headers are larger than the limit",
		"GET /" + strings.Repeat("x", 80<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n":                           "its headers are larger than the limit",
		"POST " + testCall + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n": coding,
		"POST " + testCall + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: banana\r\n\r\n{}":               coding,
		"GET /v5/prompts/x HTTP/9.9\r\nHost: x\r\n\r\n":                                                  version,
		"GET /v5/prompts/x HTTP/2.0\r\nHost: x\r\n\r\n":                                                  version,
		"GET /v5/prompts/x HTTP/x\r\nHost: x\r\n\r\n":                                                    general,
		"GET /v5/prompts/x HTTP/1.1\r\n\r\n":                                                             "it has no Host header",
		"GET /v5/prompts/x HTTP/1.1\r\nHost: a b\r\n\r\n":                                                "its Host header is malformed",
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n":                                       general,
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n":                                        "the name of one of its headers holds a character that is not allowed",
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nA@b: c\r\n\r\n":                                        general,
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nA: \x01\r\n\r\n":                                       general,
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n":                                      general,
		"POST " + testCall + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}":  general,
		"POST " + testCall + " HTTP/1.1\r\nHost: x\r\nContent-Length: -2\r\n\r\n{}":                      general,
		"POST " + testCall + " HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n{}":                     general,
		"nonsense\r\n\r\n": general,
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n":                                                   general, // TLS
		"GET /v5/prompts/x HTTP/1.1\r\nHost: x\r\nExpect: banana\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n": expect,
	} {
		resp, body := talk(t, addr, request)
		d := detailOf(t, body)
		got := []any{resp.StatusCode, d.Reason, d.Message, d.Code, resp.Close, d.RequestID}
		want := []any{400, errs.MalformedRequest, "The request is not valid HTTP: " + why + ".", 400, true, resp.Header.Get("X-Request-Id")}
		if diff := cmp.Diff(want, got); diff != "" || d.RequestID == "" {
			t.Errorf("%.80q (-want +got):\n%s", request, diff)
		}
		resp.Header.Del("X-Request-Id")
		resp.Header.Del("Date")
		resp.Header.Del("Content-Length")
		if diff := cmp.Diff(http.Header{
			"Cache-Control": {"no-store"}, "Content-Type": {"application/json"}, "X-Content-Type-Options": {"nosniff"},
			"X-Error-Origin": {"Openloop"}, "X-Error-Reason": {"malformed_request"},
		}, resp.Header); diff != "" {
			t.Errorf("%.80q: headers (-want +got):\n%s", request, diff)
		}
	}
}

// Fault E6: a client that sends less than it announced, and still listens, is told so.
func TestBodyShorterThanItsLength(t *testing.T) {
	addr := guarded(t, newHarness(t, func(o *web.Options) { o.Logger, o.Observe = nil, nil }).Server)
	const head = "POST " + testCall + " HTTP/1.1\r\nHost: x\r\nX-Api-Key: hl_sk_member\r\n"
	for _, rest := range []string{"Content-Length: 100\r\n\r\n{}", "Content-Length: 100\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"} {
		resp, body := talk(t, addr, head+rest)
		want := "The request is not valid HTTP: its body ended before its announced length."
		if d := detailOf(t, body); resp.StatusCode != 400 || d.Reason != errs.MalformedRequest || d.Message != want {
			t.Errorf("%q: %d %s", rest, resp.StatusCode, body)
		}
	}
}

// What handlers write passes unchanged, whatever it looks like, and a connection serves good requests before a bad one.
func TestGuardLeavesHandlersAlone(t *testing.T) {
	const looksLike = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"
	s, err := web.New([]web.Route{
		{Method: "GET", Path: "/a", ID: "a", Op: web.Handler(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			_ = http.NewResponseController(w).Flush()
			_, _ = io.WriteString(w, strings.Repeat(looksLike, 100))
		})},
		{Method: "GET", Path: "/b", ID: "b", Op: web.Text(func(context.Context, *nothing) (string, error) { return "b", nil })},
	}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	addr := guarded(t, s)
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	from := bufio.NewReader(c)
	ask := func(request string) (int, string) {
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		resp, body := answered(t, from)
		return resp.StatusCode, body
	}
	for range 2 {
		if code, body := ask("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"); code != http.StatusTeapot || body != strings.Repeat(looksLike, 100) {
			t.Errorf("%d %s", code, body)
		}
		if code, body := ask("GET /b HTTP/1.1\r\nHost: x\r\n\r\n"); code != http.StatusOK || body != "b" {
			t.Errorf("%d %s", code, body)
		}
	}
	if code, body := ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"); code != http.StatusNotFound || detailOf(t, body).Reason != errs.RouteNotFound {
		t.Errorf("OPTIONS *: %d %s", code, body)
	}
	if code, body := ask("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"); code != http.StatusBadRequest || detailOf(t, body).Reason != errs.MalformedRequest {
		t.Errorf("%d %s", code, body)
	}
}

// BenchmarkGuard answers requests of one connection with and without the guard.
func BenchmarkGuard(b *testing.B) {
	s, err := web.New([]web.Route{{Method: "GET", Path: "/b", ID: "b", Op: web.Text(func(context.Context, *nothing) (string, error) { return "b", nil })}}, web.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, with := range []bool{false, true} {
		b.Run(map[bool]string{false: "bare", true: "guarded"}[with], func(b *testing.B) {
			l, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			server, on := &http.Server{Handler: s, ReadHeaderTimeout: time.Second}, l
			if with {
				on = s.Guard(server, l)
			}
			go func() { _ = server.Serve(on) }()
			defer server.Close()
			c, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", l.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			answer := make([]byte, 4096)
			for b.Loop() {
				_, _ = io.WriteString(c, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
				if _, err := c.Read(answer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestAClientThatReadsNothingIsDropped sends requests without end. What they hold would be kept for ever, if writing an answer had no end.
func TestAClientThatReadsNothingIsDropped(t *testing.T) {
	h := newHarness(t, func(o *web.Options) { o.WriteTimeout, o.Observe, o.Logger = 50*time.Millisecond, nil, nil })
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", guarded(t, h.Server))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	body := strings.Repeat("x", 30<<10)
	request := "POST /v5/upload HTTP/1.1\r\nHost: a\r\nX-API-KEY: hl_sk_admin\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	for err == nil {
		_, err = io.WriteString(conn, request)
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		t.Error("the connection is still there after a minute")
	}
}
