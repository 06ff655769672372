package web

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/input"
)

// Guard makes server follow the error contract for requests that never reach a handler. Package net/http itself answers a request that it
// cannot read: with a plain text and a status like 417, 431, 501 or 505, straight to the connection. The listener that Guard returns replaces
// such an answer by one of the contract. Serve it in place of l. Call Guard before server serves; a ConnState that is set already is kept.
func (s *Server) Guard(server *http.Server, l net.Listener) net.Listener {
	server.DisableGeneralOptionsHandler = true // OPTIONS * is answered like any path
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, guardKey{}, c) }
	note := server.ConnState
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if note != nil {
			note(c, state)
		}
		if g, ok := c.(*guarded); ok && state != http.StateActive && state != http.StateNew {
			g.ended(state)
		}
	}
	return &guardedListener{l, s, cmp.Or(server.IdleTimeout, server.ReadTimeout, time.Hour)}
}

type guardedListener struct {
	net.Listener
	server *Server
	idle   time.Duration // see guarded
}

// Accept implements [net.Listener].
func (l *guardedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &guarded{Conn: c, server: l.server, idle: l.idle, fresh: true}, nil
}

// guardKey is the key under which the context of a connection holds it.
type guardKey struct{}

// guardOf is the connection of ctx, nil for none.
func guardOf(ctx context.Context) *guarded {
	g, _ := ctx.Value(guardKey{}).(*guarded)
	return g
}

// handledBy records that a handler writes to the connection of ctx from now on.
func handledBy(ctx context.Context) {
	if g := guardOf(ctx); g != nil {
		g.handled.Store(true)
	}
}

// guarded is a connection. An error answer that is written before the request reached the handler is net/http's own.
type guarded struct {
	net.Conn
	server  *Server
	handled atomic.Bool
	shallow atomic.Bool
	until   atomic.Int64 // when the client must have accepted what is written, in nanoseconds of the clock

	// What follows is for requests that are turned away again. One goroutine reads at a time.
	idle    time.Duration // that a connection may be without a request
	fresh   bool          // what is read next begins a request
	early   bool          // net/http has a byte of the next request already
	first   []byte        // what was read first of the request, if it may be turned away
	known   *refusal      // nil for none
	entered bool          // the request was let in
	pass    admit.Pass    // that it was let in with
}

// ended is called between requests, and after the last one.
func (g *guarded) ended(state http.ConnState) {
	g.leavePass()
	if state == http.StateIdle {
		g.handled.Store(false)
		g.fresh, g.early = !g.early, false
	}
}

// Read implements [net.Conn].
func (g *guarded) Read(p []byte) (int, error) {
	if len(p) == 1 { // net/http looks whether the client is still there
		n, err := g.Conn.Read(p)
		g.early = g.early || n > 0
		return n, err
	}
	for {
		n, err := g.Conn.Read(p)
		if !g.fresh || n == 0 {
			return n, err
		}
		left, away := g.turnAgain(p[:n])
		if !away {
			g.fresh = false
			return n, err
		}
		if err := g.skip(left); err != nil {
			return 0, err
		}
	}
}

// SetWriteDeadline implements [net.Conn].
func (g *guarded) SetWriteDeadline(t time.Time) error {
	g.until.Store(t.UnixNano())
	return g.Conn.SetWriteDeadline(t)
}

// streamRoom is how many bytes of a stream the system holds for a client that reads slowly. It would take up to 4 MB. Linux
// takes twice of what it is told.
const streamRoom = 64 << 10

// keepShallow has the system hold no more than streamRoom for the client of the connection of ctx.
func keepShallow(ctx context.Context) {
	g := guardOf(ctx)
	if g == nil || g.shallow.Swap(true) {
		return
	}
	if tcp, ok := g.Conn.(interface{ SetWriteBuffer(bytes int) error }); ok {
		_ = tcp.SetWriteBuffer(streamRoom) // the system does what it can
	}
}

// bound gives the client a time to accept what is written next: [Options.WriteTimeout], or half of it if that was given it before. Without it, a client
// that sends requests and reads no answers would keep what they hold for ever.
func (g *guarded) bound() {
	now, most := time.Now(), g.server.opts.WriteTimeout
	if g.until.Load()-now.UnixNano() < int64(most/2) {
		deadline(g.SetWriteDeadline, now.Add(most))
	}
}

// Write implements [net.Conn].
func (g *guarded) Write(p []byte) (int, error) {
	g.bound()
	if g.handled.Load() || !isFailure(p) {
		return g.Conn.Write(p)
	}
	if _, err := g.Conn.Write(g.server.unread(p)); err != nil {
		return 0, err
	}
	g.linger()
	return len(p), nil
}

// CloseWrite lets net/http end the connection gently.
func (g *guarded) CloseWrite() error {
	if tcp, ok := g.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}

const (
	lingerTime  = 500 * time.Millisecond // as net/http does
	lingerBytes = 256 << 10
)

// linger lets the client read the answer. A connection that is closed with unread data is reset, and the client loses the answer.
func (g *guarded) linger() {
	_ = g.CloseWrite()
	deadline(g.SetReadDeadline, time.Now().Add(lingerTime))
	_, _ = io.CopyN(io.Discard, g.Conn, lingerBytes) // until the client closes, or the time is over
}

// isFailure reports whether p begins an answer with a status of 400 or more.
func isFailure(p []byte) bool {
	return len(p) > len("HTTP/1.1 400") && bytes.HasPrefix(p, []byte("HTTP/1.")) && (p[9] == '4' || p[9] == '5')
}

// unread is the answer to a request that net/http could not read, in place of its own.
func (s *Server) unread(own []byte) []byte {
	at := s.now()
	e := unreadError(own)
	detail := e.Detail(ids.New(ids.Request, at), s.opts.BaseURL)
	body, _ := json.Marshal(failure{detail}) // a Detail always marshals
	h := http.Header{}
	detail.Headers(h.Set)
	h.Set("Content-Type", input.MediaJSON)
	h.Set("X-Content-Type-Options", noSniff[0])
	h.Set("Connection", "close")
	h.Set("Date", at.UTC().Format(http.TimeFormat))
	h.Set("Content-Length", fmt.Sprint(len(body)))
	var out bytes.Buffer
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", detail.Code, http.StatusText(detail.Code))
	_ = h.Write(&out) // to memory
	out.WriteString("\r\n")
	out.Write(body)
	s.log.LogAttrs(context.Background(), e.Reason.Level(), "unreadable request", slog.Int("status", detail.Code),
		slog.String("reason", string(e.Reason)), slog.String("request_id", detail.RequestID), slog.String("cause", e.Message))
	return out.Bytes()
}

// unreadError says what was wrong with the request, from the status line of net/http's own answer.
func unreadError(own []byte) *errs.Error {
	line, _, _ := bytes.Cut(own, []byte("\r\n"))
	status, text, _ := strings.Cut(string(line[len("HTTP/1.1 "):]), " ")
	known := map[string]string{
		"417": "its Expect header asks for something other than 100-continue",
		"431": "its headers are larger than the limit",
		"501": "its Transfer-Encoding is not supported. Send it chunked, or with a Content-Length",
		"505": "its version of HTTP is not supported. Send HTTP/1.1",
	}[status]
	why := cmp.Or(known, badRequests[strings.TrimPrefix(text, "Bad Request: ")], "its request line, its URL or its headers are malformed")
	return errs.New(errs.MalformedRequest, "The request is not valid HTTP: %s.", why)
}

// badRequests explains the texts that net/http adds to the status 400.
var badRequests = map[string]string{
	"missing required Host header": "it has no Host header",
	"malformed Host header":        "its Host header is malformed",
	"invalid header name":          "the name of one of its headers holds a character that is not allowed",
	"invalid header value":         "the value of one of its headers holds a character that is not allowed",
}
