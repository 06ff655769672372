package llmtest

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// memory is an in-process network with one listener. It works with the fake clock of [synctest].
type memory struct {
	accepted chan net.Conn
	closed   chan struct{}
}

func newMemory() *memory { return &memory{accepted: make(chan net.Conn), closed: make(chan struct{})} }

// Accept implements [net.Listener].
func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.accepted:
		return c, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (m *memory) Close() error {
	close(m.closed)
	return nil
}

// Addr implements [net.Listener].
func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

func (m *memory) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case m.accepted <- far:
		return near, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

// clocks checks that a call to a provider that keeps us waiting ends with a timeout, at the right time.
func (h *Harness) clocks(t *testing.T, f *fixture) {
	body := f.answer.body
	half, ping := body[:len(body)/2], h.Ping
	if ping == "" {
		ping = ": ping\n\n"
	}
	for _, c := range []struct {
		name   string
		stream bool
		delays []time.Duration // before the headers, and before each further piece
		pieces []string
		after  time.Duration
	}{
		{"headers", false, []time.Duration{time.Hour}, nil, 60 * time.Second},
		{"headers of a stream", true, []time.Duration{time.Hour}, nil, 60 * time.Second},
		{"silence in an answer", false, []time.Duration{0, time.Second, time.Hour}, []string{"{", "}"}, 31 * time.Second},
		{"silence in a stream", true, []time.Duration{0, time.Second, time.Hour}, []string{string(half), ""}, 31 * time.Second},
		{"pings without output", true, []time.Duration{0, 25 * time.Second, 25 * time.Second, 25 * time.Second, time.Hour}, []string{ping, ping, ping, ""}, 70 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := newMemory()
				server := &http.Server{ReadHeaderTimeout: time.Hour, Handler: slowly(c.delays, c.pieces)}
				go func() { _ = server.Serve(network) }()
				transport := &http.Transport{DialContext: network.dial}
				defer func() {
					_ = server.Close()
					transport.CloseIdleConnections()
				}()
				hc := &llmhttp.Client{Transport: transport, HeaderTimeout: 60 * time.Second, IdleTimeout: 30 * time.Second, OutputTimeout: 70 * time.Second}
				start := time.Now()
				_, err := run(t.Context(), h.New(t, hc, "http://provider.invalid"), f.call(t).request(), c.stream)
				if e := errs.From(err); err == nil || e.Reason != errs.Timeout || e.Origin != "" && e.Origin != errs.Gateway {
					t.Errorf("got %+v", e)
				}
				if took := time.Since(start); took != c.after {
					t.Errorf("it took %v, want %v", took, c.after)
				}
			})
		})
	}
}

// slowly answers with each piece after its delay. The first delay is before the headers.
func slowly(delays []time.Duration, pieces []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does a server notice that its caller left
		for i, delay := range delays {
			select {
			case <-time.After(delay):
			case <-r.Context().Done():
				return
			}
			if i > 0 {
				_, _ = w.Write([]byte(pieces[i-1]))
			}
			_ = http.NewResponseController(w).Flush()
		}
	}
}
