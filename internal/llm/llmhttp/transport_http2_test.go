package llmhttp

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAStaleConnectionOfHTTP2 uses an upstream that closes an idle connection as its second request arrives, without a GOAWAY. A connection
// becomes idle some time after the answer was read, and nothing signals that moment. If it came too late, the test starts again.
func TestAStaleConnectionOfHTTP2(t *testing.T) {
	for {
		sent, wasIdle, err := sendTwice(t)
		if !wasIdle {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"HTTP/2.0 first", "HTTP/2.0 second", "HTTP/2.0 second"}, sent); d != "" {
			t.Errorf("sent (-want +got):\n%s", d)
		}
		return
	}
}

// sendTwice sends two requests to a dropping server. It returns what arrived, whether the connection was idle when the second request got
// it, and the error of the second request.
func sendTwice(t *testing.T) (sent []string, wasIdle bool, err error) {
	t.Helper()
	u := dropping{conns: map[string]net.Conn{}}
	server := httptest.NewUnstartedServer(&u)
	server.EnableHTTP2 = true
	server.Config.ConnState = u.state
	server.StartTLS()
	defer server.Close()
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, each := range []*http.Transport{transport.pooled, transport.fresh} {
		each.TLSClientConfig = &tls.Config{RootCAs: roots, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	}
	first := true
	trace := &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) {
		if c.Reused && first {
			wasIdle, first = c.WasIdle, false
		}
	}}
	for _, body := range []string{"first", "second"} {
		r, failed := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodPost, server.URL, strings.NewReader(body))
		if failed != nil {
			t.Fatal(failed)
		}
		var res *http.Response
		if res, err = transport.RoundTrip(r); err != nil {
			break
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
	return u.arrived(), wasIdle, err
}

// dropping closes its first connection at the second request.
type dropping struct {
	mu    sync.Mutex
	conns map[string]net.Conn
	sent  []string
}

func (u *dropping) state(conn net.Conn, _ http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.conns[conn.RemoteAddr().String()] = conn
}

// ServeHTTP implements [http.Handler].
func (u *dropping) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if u.record(r.Proto+" "+string(body)) == 2 {
		_ = u.conn(r.RemoteAddr).NetConn().Close()
		<-r.Context().Done()
	}
}

// record returns how many requests there were.
func (u *dropping) record(request string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sent = append(u.sent, request)
	return len(u.sent)
}

func (u *dropping) arrived() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.sent)
}

func (u *dropping) conn(address string) *tls.Conn {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.conns[address].(*tls.Conn)
}

// TestHowFarAnAnswerIsReadAhead is what a client of HTTP/2 tells its server first: how many bytes of a stream it takes before they are read.
func TestHowFarAnAnswerIsReadAhead(t *testing.T) {
	windows := make(chan uint32, 10)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	server.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": func(_ *http.Server, c *tls.Conn, _ http.Handler) {
		windows <- initialWindow(c)
	}}
	server.StartTLS()
	defer server.Close()
	transport := NewTransport()
	defer transport.CloseIdleConnections()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transport.pooled.TLSClientConfig = &tls.Config{RootCAs: roots, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := transport.pooled.RoundTrip(r); err == nil {
		t.Errorf("a server that closes the connection answers %s", res.Status)
		_ = res.Body.Close()
	}
	if got := <-windows; got != readAhead {
		t.Errorf("%d bytes, not %d", got, readAhead)
	}
}

// initialWindow reads the preface of a connection and the frame SETTINGS. It returns what that says of SETTINGS_INITIAL_WINDOW_SIZE, 0 for nothing.
func initialWindow(c io.Reader) uint32 {
	head := make([]byte, len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")+9)
	if _, err := io.ReadFull(c, head); err != nil {
		return 0
	}
	frame := head[len(head)-9:]
	settings := make([]byte, int(frame[0])<<16|int(frame[1])<<8|int(frame[2]))
	if _, err := io.ReadFull(c, settings); err != nil {
		return 0
	}
	for ; len(settings) >= 6; settings = settings[6:] {
		if binary.BigEndian.Uint16(settings) == 4 {
			return binary.BigEndian.Uint32(settings[2:])
		}
	}
	return 0
}
