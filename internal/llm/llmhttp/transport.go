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
// A server may close an idle connection at the moment it is used again. The request is then sent once more, on a new connection, provided
// that no byte of an answer came and its body can be read again. A new connection that fails proves nothing of the kind, and an automatic
// retry is not retried (RFC 9110, section 9.2.2).
type Transport struct {
	pooled *http.Transport
	fresh  *http.Transport // each request has a connection of its own
}

// NewTransport returns a transport with large keep-alive pools, HTTP/2 where the host speaks it, the proxies of the environment, and no
// compression, which would hold back the events of a stream.
func NewTransport() *Transport { return newTransport(http.ProxyFromEnvironment, nil) }

func newTransport(proxy func(*http.Request) (*url.URL, error), control func(network, address string, c syscall.RawConn) error) *Transport {
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: control}
	pooled := &http.Transport{
		Proxy:               proxy,
		DialContext:         dialer.DialContext,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        4096,
		MaxIdleConnsPerHost: 512,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second},
	}
	fresh := pooled.Clone()
	fresh.DisableKeepAlives = true
	return &Transport{pooled: pooled, fresh: fresh}
}

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

// use is what became of the connection that a request was sent on.
type use struct{ wasIdle, answered atomic.Bool }

func (u *use) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:              func(c httptrace.GotConnInfo) { u.wasIdle.Store(c.WasIdle) },
		GotFirstResponseByte: func() { u.answered.Store(true) },
	}
}

// stale reports whether err says that an idle connection was closed before it brought a byte of the answer.
func (u *use) stale(err error) bool {
	return u.wasIdle.Load() && !u.answered.Load() && failure.Closed(err)
}

// replay returns r to be sent again, and false when its body cannot be read again.
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
