package llmhttp

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAStaleConnectionOfHTTP2 has the upstream close a connection as its second request arrives, without a GOAWAY.
func TestAStaleConnectionOfHTTP2(t *testing.T) {
	u := dropping{conns: map[string]net.Conn{}}
	server := httptest.NewUnstartedServer(&u)
	server.EnableHTTP2 = true
	server.Config.ConnState = u.state
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	for _, each := range []*http.Transport{transport.pooled, transport.fresh} {
		each.TLSClientConfig = &tls.Config{RootCAs: roots, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12}
	}
	for _, body := range []string{"first", "second"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
	if d := cmp.Diff([]string{"HTTP/2.0 first", "HTTP/2.0 second", "HTTP/2.0 second"}, u.sent); d != "" {
		t.Errorf("sent (-want +got):\n%s", d)
	}
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

func (u *dropping) conn(address string) *tls.Conn {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.conns[address].(*tls.Conn)
}
