package web_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
)

// crowded is a server that has too much to do at first, and counts who authenticates: each request that net/http reads.
type crowded struct {
	control *admit.Controller
	load    atomic.Int64 // the pressure
	now     atomic.Int64 // seconds
	read    atomic.Int64

	mu   sync.Mutex
	seen []web.Observation
}

// newCrowded starts a server with some routes of its own, or those of a harness. It returns its address as well.
func newCrowded(t *testing.T, routes ...web.Route) (*crowded, string) {
	t.Helper()
	c := new(crowded)
	c.load.Store(30)
	c.control = admit.New(admit.Options{
		Draw:    func() float64 { return 0.5 },
		Signals: []admit.Signal{{Name: "test", Target: 1, Read: func(time.Time) float64 { return float64(c.load.Load()) }}},
	})
	c.sample()
	if routes == nil {
		routes = new(harness).routes()
	}
	server, err := web.New(routes, web.Options{
		Types: types(), BaseURL: "https://openloop.example", Admit: c.control, Observe: c.observe,
		Now: func() time.Time { return time.Unix(c.now.Load(), 0) },
		Authenticate: func(_ context.Context, secret string) (auth.Principal, error) {
			c.read.Add(1)
			return auth.Principal{KeyID: secret, Role: auth.Member, Priority: auth.Interactive}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, guarded(t, server)
}

func (c *crowded) observe(o web.Observation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, o)
}

func (c *crowded) sample() {
	for i := range 100 {
		c.control.Sample(time.Unix(1, 0).Add(time.Duration(i) * admit.Every))
	}
}

// caller sends requests over one connection.
type caller struct {
	net.Conn
	answers *bufio.Reader
}

func call(t *testing.T, addr string) *caller {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &caller{conn, bufio.NewReader(conn)}
}

// told is an answer, but for its ids.
type told struct {
	Status int
	Header http.Header
	Body   string
}

// send sends the parts of a request, and returns the answer.
func (c *caller) send(t *testing.T, parts ...string) told {
	t.Helper()
	for _, part := range parts {
		if _, err := io.WriteString(c, part); err != nil {
			t.Fatal(err)
		}
	}
	resp, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	id := resp.Header.Get("X-Request-Id")
	if resp.StatusCode >= 400 && (!strings.HasPrefix(id, "req_") || !strings.Contains(string(body), id)) {
		t.Errorf("the id is %q, the body is %s", id, body)
	}
	for _, name := range []string{"X-Request-Id", "Request-Id"} {
		if got := resp.Header.Get(name); got != id {
			t.Errorf("%s is %q, not %q", name, got, id)
		}
		resp.Header.Del(name)
	}
	if _, err := http.ParseTime(resp.Header.Get("Date")); err != nil {
		t.Error(err)
	}
	resp.Header.Del("Date")
	return told{resp.StatusCode, resp.Header, strings.ReplaceAll(string(body), id, "ID")}
}

func posted(path, body string, headers ...string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: x\r\nX-Api-Key: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
		path, len(body), strings.Join(headers, ""), body)
}

// often is how many requests follow the first. Net/http may read any of them: it looks whether the client is still there until the answer is sent, and what it
// finds then begins the next request.
const often = 20

// TestARequestIsTurnedAwayAgain before net/http reads it, with the answer of the first one.
func TestARequestIsTurnedAwayAgain(t *testing.T) {
	s, addr := newCrowded(t)
	const id = "X-Request-Id: req_000000000000000000000\r\n"
	long := posted(testCall, strings.Repeat("a", 9000))
	for _, c := range []struct {
		name          string
		first, second []string // the parts in which a request is sent
		known         bool     // again
	}{
		{"the same", []string{posted(testCall, `{}`)}, []string{posted(testCall, `{}`)}, true},
		{"a longer body", []string{posted(testCall, `{}`)}, []string{posted(testCall, `{"path":"another"}`)}, true},
		{"a body of two parts", []string{posted(testCall, `{}`)}, []string{long[:600], long[600:]}, true},
		{"without a body", []string{"GET /v5/prompts HTTP/1.1\r\nHost: x\r\nX-Api-Key: a\r\n\r\n"}, []string{"GET /v5/prompts HTTP/1.1\r\nHost: x\r\nX-Api-Key: a\r\n\r\n"}, true},
		{"another name of the header", []string{strings.Replace(posted(testCall, `{}`), "Content-Length", "content-length", 1)}, []string{strings.Replace(posted(testCall, `[]`), "Content-Length", "content-length", 1)}, true},

		{"another key", []string{posted(testCall, `{}`)}, []string{strings.Replace(posted(testCall, `{}`), ": a\r", ": b\r", 1)}, false},
		{"another header", []string{posted(testCall, `{}`)}, []string{posted(testCall, `{}`, "X-B: 1\r\n")}, false},
		{"an id", []string{posted(testCall, `{}`, id)}, []string{posted(testCall, `{}`, id)}, false},
		{"chunks", []string{chunked}, []string{chunked}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.read.Store(0)
			conn := call(t, addr)
			want := conn.send(t, c.first...)
			if want.Status != http.StatusServiceUnavailable {
				t.Fatal(want)
			}
			for range often { // what is left of one request would spoil the next
				if d := cmp.Diff(want, conn.send(t, c.second...)); d != "" {
					t.Errorf("(-first +again):\n%s", d)
				}
			}
			if got := s.read.Load(); got == 1+often == c.known {
				t.Errorf("net/http has read %d requests", got)
			}
		})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.seen {
		want := web.Observation{Status: 503, Bytes: s.seen[0].Bytes, Reason: errs.GatewayOverloaded, Origin: errs.Gateway, Method: "POST", Route: testCall, ID: "prompts.call"}
		if o.Method == "GET" {
			want.Method, want.Route, want.ID = "GET", "/v5/prompts", "prompts.list"
		}
		if d := cmp.Diff(want, o); d != "" {
			t.Errorf("(-want +observed):\n%s", d)
		}
	}
	if n := s.control.Open(); n != 0 {
		t.Errorf("%d requests are open after the last", n)
	}
}

const chunked = "POST " + testCall + " HTTP/1.1\r\nHost: x\r\nX-Api-Key: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"

// TestWhoWasTurnedAwayIsLetIn over the same connection, once there is less to do, and holds one pass then.
func TestWhoWasTurnedAwayIsLetIn(t *testing.T) {
	s, addr := newCrowded(t)
	conn := call(t, addr)
	ask := func(want int) {
		t.Helper()
		if got := conn.send(t, posted(testCall, `{}`)); got.Status != want {
			t.Errorf("%d %s, not %d", got.Status, got.Body, want)
		}
		if n := s.control.Open(); n != 0 {
			t.Errorf("%d requests are open", n)
		}
	}
	for _, c := range []struct {
		load int64
		want int
	}{{30, 503}, {30, 503}, {0, 200}, {30, 503}, {2, 200}, {30, 503}} { // at 2 interactive requests are let in by chance
		s.load.Store(c.load)
		s.sample()
		ask(c.want)
	}
}

// TestARequestInPartsIsTurnedAwayAgain, whichever of them arrive at once.
func TestARequestInPartsIsTurnedAwayAgain(t *testing.T) {
	_, addr := newCrowded(t)
	conn := call(t, addr)
	request := posted(testCall, `{}`)
	want := conn.send(t, request)
	for at := 1; at < len(request); at += 7 {
		if d := cmp.Diff(want, conn.send(t, request[:at], request[at:])); d != "" {
			t.Errorf("parted after %d bytes (-first +again):\n%s", at, d)
		}
	}
}

// TestARefusalIsForgotten after some seconds, since a key may be another's by then.
func TestARefusalIsForgotten(t *testing.T) {
	s, addr := newCrowded(t)
	conn := call(t, addr)
	for _, c := range []struct {
		at    int64
		known bool
	}{{0, false}, {5, true}, {11, false}, {16, true}, {22, false}} {
		s.now.Store(c.at)
		s.read.Store(0)
		conn.send(t, posted(testCall, `{}`))
		if c.known {
			for range often - 1 {
				conn.send(t, posted(testCall, `{}`))
			}
			if got := s.read.Load(); got == often {
				t.Errorf("after %d seconds net/http has read all requests", c.at)
			}
		} else if got := s.read.Load(); got != 1 {
			t.Errorf("after %d seconds net/http has read %d requests of one", c.at, got)
		}
	}
}

// TestAnthropicsClientsAreTurnedAwayAgain with a status that net/http has no text for.
func TestAnthropicsClientsAreTurnedAwayAgain(t *testing.T) {
	_, addr := newCrowded(t, web.Route{
		Method: "POST", Path: testCall, ID: "messages", Role: auth.Member,
		Failure: func(d *errs.Detail) web.Failure {
			return web.Failure{Status: 529, Body: d, Header: http.Header{"X-Should-Retry": {"true"}}}
		},
		Op: web.Handler(func(http.ResponseWriter, *http.Request) {}),
	})
	conn := call(t, addr)
	first := conn.send(t, posted(testCall, `{}`))
	if d := cmp.Diff(first, conn.send(t, posted(testCall, `{}`))); d != "" || first.Status != 529 {
		t.Errorf("%d (-first +again):\n%s", first.Status, d)
	}
}
