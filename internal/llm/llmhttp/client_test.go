package llmhttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

const key = "sk-test-0123456789abcdef"

var call = failure.Call{Vendor: failure.VendorOf("openai"), Model: "gpt-4o", Secrets: []string{key}}

// serve starts a server and returns a client and a request for it.
func serve(t *testing.T, h http.HandlerFunc) (*llmhttp.Client, llmhttp.Request) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	transport := llmhttp.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	return &llmhttp.Client{Transport: transport}, request(t, server.URL)
}

func request(t *testing.T, base string) llmhttp.Request {
	t.Helper()
	b, err := llmhttp.ParseBase(base)
	if err != nil {
		t.Fatal(err)
	}
	return llmhttp.Request{
		URL: b.Join("/v1/chat"), Body: []byte(`{"a":1}`), Header: llmhttp.JSONHeader("Authorization", "Bearer "+key),
	}
}

func reason(err error) errs.Reason {
	if err == nil {
		return ""
	}
	return errs.From(err).Reason
}

func TestDoSendsTheRequestAndReturnsTheAnswer(t *testing.T) {
	type seen struct{ Method, Path, Type, Auth, Body, Length string }
	var got seen
	c, r := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = seen{r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), string(body), fmt.Sprint(r.ContentLength)}
		w.Header().Set("X-Request-Id", "req_1")
		_, _ = io.WriteString(w, `{"ok":true}`)
	})
	a, err := c.Do(t.Context(), call, r)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(seen{"POST", "/v1/chat", "application/json", "Bearer " + key, `{"a":1}`, "7"}, got); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
	if string(a.Body) != `{"ok":true}` || a.Status != 200 || a.Header.Get("X-Request-Id") != "req_1" {
		t.Errorf("answer %d %q %v", a.Status, a.Body, a.Header)
	}
}

func TestDoReadsBodiesOfUnknownLength(t *testing.T) {
	want := strings.Repeat("0123456789", 100_000)
	c, r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, want)
	})
	a, err := c.Do(t.Context(), call, r)
	if err != nil {
		t.Fatal(err)
	}
	if string(a.Body) != want {
		t.Errorf("got %d bytes, want %d", len(a.Body), len(want))
	}
}

func TestAnswersThatAreNoSuccess(t *testing.T) {
	cases := []struct {
		name    string
		handler http.HandlerFunc
		want    errs.Reason
	}{
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://example.invalid/", http.StatusFound)
		}, errs.EndpointNotFound},
		{"not found", http.NotFound, errs.EndpointNotFound},
		{"server error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, errs.ProviderInternal},
		{"endless error", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			for {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, errs.ProviderUnreachable},
		{"error cut short", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "busy")
		}, errs.Overloaded},
		{"no answer", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, errs.ProviderUnreachable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			hc, r := serve(t, c.handler)
			_, err := hc.Do(t.Context(), call, r)
			if got := reason(err); got != c.want {
				t.Errorf("Do: %q, want %q", got, c.want)
			}
			s, err := hc.Stream(t.Context(), call, r)
			if got := reason(err); got != c.want || s != nil {
				t.Errorf("Stream: %q, want %q", got, c.want)
			}
		})
	}
}

func TestBodiesThatBreakOff(t *testing.T) {
	c, r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "data: {}\n\ndata: {\"a\":")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	_, err := c.Do(t.Context(), call, r)
	if got := reason(err); got != errs.StreamInterrupted {
		t.Errorf("Do: %q", got)
	}
	s, err := c.Stream(t.Context(), call, r)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err = s.Next(); err != nil {
		t.Fatal(err)
	}
	s.MarkOutput()
	_, err = s.Next()
	if e := errs.From(err); e.Reason != errs.StreamInterrupted || !e.PartialOutput {
		t.Errorf("Stream: %+v", e)
	}
}

func TestDoRefusesHugeBodies(t *testing.T) {
	c, r := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(llmhttp.MaxBody+1))
		_, _ = w.Write(make([]byte, 1<<20))
	})
	if _, err := c.Do(t.Context(), call, r); reason(err) != errs.MalformedProviderResponse {
		t.Errorf("announced: %v", err)
	}
	c, r = serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 33 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	})
	if _, err := c.Do(t.Context(), call, r); reason(err) != errs.MalformedProviderResponse {
		t.Errorf("unannounced: %v", err)
	}
}

func TestStreamWithoutEvents(t *testing.T) {
	for name, body := range map[string]string{
		"empty": "", "HTML": "<html><h1>Welcome</h1></html>", "text": "upstream connect error\n", "half a document": `{"id":"1","choices":[`,
	} {
		t.Run(name, func(t *testing.T) {
			c, r := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			s, err := c.Stream(t.Context(), call, r)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err = s.Next(); reason(err) != errs.MalformedProviderResponse {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err = closed.Close(); err != nil {
		t.Fatal(err)
	}
	c := &llmhttp.Client{Transport: llmhttp.NewTransport()}
	_, err = c.Do(t.Context(), call, request(t, "http://"+closed.Addr().String()))
	e := errs.From(err)
	if want := "OpenAI refused the connection. Nothing listens at " + closed.Addr().String() + "."; e.Reason != errs.ProviderUnreachable || e.Message != want {
		t.Errorf("got %q: %s", e.Reason, e.Message)
	}
}

func TestCancelledContextIsReturnedAsItIs(t *testing.T) {
	arrived, gone := make(chan struct{}), make(chan struct{})
	c, r := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(arrived)
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := c.Do(ctx, call, r)
		done <- err
	}()
	<-arrived
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-gone
}

func TestCancelInAStream(t *testing.T) {
	gone := make(chan struct{})
	c, r := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	s, err := c.Stream(ctx, call, r)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err = s.Next(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err = s.Next(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	<-gone
}

func TestCloseEndsTheConnection(t *testing.T) {
	gone := make(chan struct{})
	c, r := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	s, err := c.Stream(t.Context(), call, r)
	if err != nil {
		t.Fatal(err)
	}
	if err = errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	<-gone
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	remotes := map[string]bool{}
	c, r := serve(t, func(w http.ResponseWriter, r *http.Request) {
		remotes[r.RemoteAddr] = true
		if len(r.URL.Query()) > 0 {
			w.WriteHeader(http.StatusTooManyRequests)
		}
		_, _ = io.WriteString(w, "data: 1\n\n")
	})
	bad := r
	bad.URL = &url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: "/", RawQuery: "fail=1"}
	for range 3 {
		if _, err := c.Do(t.Context(), call, r); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Do(t.Context(), call, bad); reason(err) != errs.RateLimited {
			t.Fatal(err)
		}
		s, err := c.Stream(t.Context(), call, r)
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = s.Next()
		}
		_ = s.Close()
	}
	if len(remotes) != 1 {
		t.Errorf("%d connections for 9 calls", len(remotes))
	}
}

func TestBaseJoin(t *testing.T) {
	cases := []struct{ base, path, want string }{
		{"https://api.openai.com/v1", "/chat/completions", "https://api.openai.com/v1/chat/completions"},
		{"https://api.openai.com/v1/", "/chat/completions", "https://api.openai.com/v1/chat/completions"},
		{"http://localhost:11434", "/x", "http://localhost:11434/x"},
		{"https://h/a?api-version=1#f", "/b", "https://h/a/b?api-version=1"},
		{" https://h/a%2Fb ", "/models/c%2Fd", "https://h/a%2Fb/models/c%2Fd"},
	}
	for _, c := range cases {
		b, err := llmhttp.ParseBase(c.base)
		if err != nil {
			t.Errorf("%q: %v", c.base, err)
			continue
		}
		if got := b.Join(c.path).String(); got != c.want {
			t.Errorf("%q + %q = %q, want %q", c.base, c.path, got, c.want)
		}
	}
	for _, s := range []string{"", "api.openai.com/v1", "ftp://h", "https://", "http://h:port", "/v1"} {
		if _, err := llmhttp.ParseBase(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}
