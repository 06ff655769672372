package llmhttp_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// upstream is a server that decides by itself what becomes of each connection.
type upstream struct {
	listener net.Listener
	mu       sync.Mutex
	got      []string // the bodies of all requests, in order
	work     sync.WaitGroup
	before   func(body string) // runs before an answer; may be nil
}

const wholeAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

// connections starts a server that answers request n of a connection, counted from 0, with answers[n]. It closes the connection after the
// last answer. An answer of "" sends no byte.
func connections(t *testing.T, answers ...string) *upstream {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{listener: listener}
	u.work.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			u.work.Go(func() { u.serve(conn, answers) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		u.work.Wait()
	})
	return u
}

func (u *upstream) serve(conn net.Conn, answers []string) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	for _, answer := range answers {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, _ := io.ReadAll(r.Body)
		u.mu.Lock()
		u.got = append(u.got, string(body))
		u.mu.Unlock()
		if u.before != nil {
			u.before(string(body))
		}
		_, _ = io.WriteString(conn, answer)
	}
}

func (u *upstream) bodies() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]string(nil), u.got...)
}

// caller returns a function that makes a call to u with a body, plain or streamed.
func (u *upstream) caller(t *testing.T) func(body string, stream bool) error {
	t.Helper()
	transport := llmhttp.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	c := &llmhttp.Client{Transport: transport}
	return func(body string, stream bool) error {
		r := llmhttp.Request{
			URL: &url.URL{Scheme: "http", Host: u.listener.Addr().String(), Path: "/v1"}, Body: []byte(body), Header: llmhttp.JSONHeader(),
		}
		if !stream {
			_, err := c.Do(t.Context(), call, r)
			return err
		}
		s, err := c.Stream(t.Context(), call, r)
		if err != nil {
			return err
		}
		defer s.Close()
		for err == nil {
			_, err = s.Next()
		}
		if err == io.EOF { //nolint:errorlint // the end of events is io.EOF itself
			return nil
		}
		return err
	}
}

// TestAStaleConnection uses an upstream that closes connections as they are used. Fault B13: a request that was lost with an idle
// connection is sent again once.
func TestAStaleConnection(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers []string // of each connection
		want    errs.Reason
		sent    []string
	}{
		{"closed at its second request", []string{wholeAnswer, ""}, "", []string{"first", "second", "second"}},
		{"closed within the status line", []string{wholeAnswer, "HTTP/1.1 2"}, errs.ProviderUnreachable, []string{"first", "second"}},
		{"closed after an interim answer", []string{wholeAnswer, "HTTP/1.1 103 Early Hints\r\n\r\n"}, errs.ProviderUnreachable, []string{"first", "second"}},
		{"closed within the body", []string{wholeAnswer, wholeAnswer[:len(wholeAnswer)-1]}, errs.StreamInterrupted, []string{"first", "second"}},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) {
				u := connections(t, c.answers...)
				send := u.caller(t)
				if err := send("first", false); err != nil {
					t.Fatal(err)
				}
				if got := reason(send("second", stream)); got != c.want {
					t.Errorf("stream %v: got %q, want %q", stream, got, c.want)
				}
				if d := cmp.Diff(c.sent, u.bodies()); d != "" {
					t.Errorf("stream %v: sent (-want +got):\n%s", stream, d)
				}
			})
		}
	}
}

// TestANewConnectionIsNotRetried sends one request to an upstream that never answers.
func TestANewConnectionIsNotRetried(t *testing.T) {
	u := connections(t, "")
	if got := reason(u.caller(t)("first", false)); got != errs.ProviderUnreachable {
		t.Errorf("got %q", got)
	}
	if d := cmp.Diff([]string{"first"}, u.bodies()); d != "" {
		t.Errorf("sent (-want +got):\n%s", d)
	}
}

// TestARetryTakesANewConnection leaves several connections idle. The upstream closes all of them when they are used.
func TestARetryTakesANewConnection(t *testing.T) {
	u := connections(t, wholeAnswer, "")
	const idle = 4
	var together, warm sync.WaitGroup
	together.Add(idle)
	u.before = func(body string) {
		if body == "warm" {
			together.Done()
			together.Wait()
		}
	}
	send := u.caller(t)
	for range idle {
		warm.Go(func() { _ = send("warm", false) })
	}
	warm.Wait()
	before := len(u.bodies())
	if err := send("call", false); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"call", "call"}, u.bodies()[before:]); d != "" {
		t.Errorf("sent (-want +got):\n%s", d)
	}
}

// TestABodyThatCannotBeReadAgain states that such a request is sent once.
func TestABodyThatCannotBeReadAgain(t *testing.T) {
	u := connections(t, wholeAnswer, "")
	transport := llmhttp.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	send := func() error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+u.listener.Addr().String(), io.MultiReader())
		if err != nil {
			return err
		}
		res, err := transport.RoundTrip(r)
		if err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			err = res.Body.Close()
		}
		return err
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	if err := send(); err == nil || len(u.bodies()) != 2 {
		t.Errorf("%d requests, %v", len(u.bodies()), err)
	}
}
