package llmhttp

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Transport is an [http.RoundTripper] for many concurrent calls to few hosts. It is safe for concurrent use.
//
// A server may close an idle connection just as it is used again. Transport then sends the request once more on a new connection, provided
// that no byte of an answer came and the body can be read again. It does not retry on a failed new connection, because there the server may
// have seen the request, and it never retries a retry (RFC 9110, section 9.2.2).
type Transport struct {
	pooled *http.Transport
	fresh  *http.Transport // gives each request a connection of its own
}

// NewTransport returns a transport with large keep-alive pools, HTTP/2 where the host speaks it, and the proxies of the environment. It
// does not ask for compression, which would hold back the events of a stream.
func NewTransport() *Transport { return newTransport(http.ProxyFromEnvironment, nil) }

func newTransport(proxy func(*http.Request) (*url.URL, error), control func(network, address string, c syscall.RawConn) error) *Transport {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: control}
	pooled := &http.Transport{
		Proxy:               proxy,
		DialContext:         dial(&dialer),
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        4096,
		MaxIdleConnsPerHost: 512,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second, MaxReceiveBufferPerStream: readAhead},
	}
	fresh := pooled.Clone()
	fresh.DisableKeepAlives = true
	return &Transport{pooled: pooled, fresh: fresh}
}

// readAhead is how many bytes of an answer over HTTP/2 are in memory before they are read: a provider writes faster than many clients read. It would be 4 MB.
const readAhead = 512 << 10

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var u use
	res, err := t.pooled.RoundTrip(r.WithContext(httptrace.WithClientTrace(r.Context(), u.trace())))
	if err == nil || r.Context().Err() != nil || !u.stale(err) {
		return res, err
	}
	again, ok := replay(r)
	if !ok {
		return nil, err
	}
	return t.fresh.RoundTrip(again)
}

// CloseIdleConnections closes the connections that no request uses.
func (t *Transport) CloseIdleConnections() {
	t.pooled.CloseIdleConnections()
	t.fresh.CloseIdleConnections()
}

// use records what became of the connection that a request was sent on.
type use struct{ wasIdle, answered atomic.Bool }

func (u *use) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:              func(c httptrace.GotConnInfo) { u.wasIdle.Store(c.WasIdle) },
		GotFirstResponseByte: func() { u.answered.Store(true) },
	}
}

// stale reports whether err means that an idle connection was closed before it brought a byte of the answer.
func (u *use) stale(err error) bool {
	return u.wasIdle.Load() && !u.answered.Load() && failure.Closed(err)
}

// replay returns r for a second attempt. It reports false if the body cannot be read again.
func replay(r *http.Request) (*http.Request, bool) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	again := r.WithContext(r.Context())
	again.Body = body
	return again, true
}
