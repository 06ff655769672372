package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/web/input"
)

// statusClientGone is logged when the client left before the answer. It is never sent.
const statusClientGone = 499

const (
	headerRequestID  = "X-Request-Id"
	maxRequestID     = 64
	maxLoggedPath    = 200
	maxKeptBuffer    = 1 << 20
	bodyOfLargeWrite = 32 << 10
)

// buffer holds a request body or an answer. The server keeps a pool of them.
type buffer = bytes.Buffer

// exchange is one request. It is the context of the operation and the writer of the answer.
type exchange struct {
	context.Context // of the request

	w         http.ResponseWriter
	request   *http.Request
	server    *Server
	route     *Route      // nil while none was found
	input     *input.Plan // nil until the request was read
	requestID string
	started   time.Time
	attrs     []slog.Attr // added to the log line by the operation
	pass      admit.Pass  // that it was let in with
	held      int64       // bytes of its body

	status   int // sent, or [statusClientGone]; 0 while nothing was sent
	bytes    int64
	streamed bool
	traced   func(Observation) // see [Options.Trace]; may be nil
	aborted  bool              // the connection must be cut, because its answer cannot be completed
	fault    *errs.Error
	shed     bool // it was turned away because of load
}

// Value implements [context.Context].
func (c *exchange) Value(key any) any {
	if _, ok := key.(exchangeKey); ok {
		return c
	}
	return c.Context.Value(key)
}

// Header implements [http.ResponseWriter].
func (c *exchange) Header() http.Header { return c.w.Header() }

// WriteHeader implements [http.ResponseWriter].
func (c *exchange) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK {
		c.begin(status)
	}
	c.w.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (c *exchange) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.begin(http.StatusOK)
	}
	n, err := c.w.Write(p)
	c.bytes += int64(n)
	return n, err
}

// begin records the status that is about to be sent.
func (c *exchange) begin(status int) {
	c.status = status
	if c.server.leaving.Load() {
		c.Header().Set("Connection", "close")
	}
}

// Unwrap is for [http.ResponseController].
func (c *exchange) Unwrap() http.ResponseWriter { return c.w }

// ServeHTTP answers any request. Its errors follow the error contract.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	handledBy(r.Context())
	c := &exchange{Context: r.Context(), w: w, request: r, server: s, started: s.now()}
	c.requestID = requestID(r, c.started)
	c.Context = ids.WithRequest(c.Context, c.requestID)
	setOfEach(w.Header(), c.requestID)
	defer c.end(r)
	if len(s.opts.AllowedOrigins) > 0 && s.crossOrigin(c, r) {
		return
	}
	s.paths.serve(c, r)
}

// setOfEach sets the headers of every answer.
func setOfEach(h http.Header, requestID string) {
	id := []string{requestID}
	h[headerRequestID], h["Request-Id"] = id, id                       // the second is for Anthropic's clients
	h["Cache-Control"], h["X-Content-Type-Options"] = noStore, noSniff // a document that may be cached sets its own
}

const headersOfEach = 4

// Headers of every answer: it must not be cached, and browsers must not guess its type.
var (
	noStore = []string{"no-store"}
	noSniff = []string{"nosniff"}
)

// end logs the request and turns a panic of the operation into an answer.
func (c *exchange) end(r *http.Request) {
	if v := recover(); v != nil {
		c.recovered(v)
	}
	c.pass.Leave()
	c.server.bodies.kept.Add(-c.held)
	if c.status == 0 {
		c.status = http.StatusOK // what net/http sends for a handler that wrote nothing
	}
	took := c.server.now().Sub(c.started)
	c.logLine(r, took)
	seen := c.observation(r, took)
	if c.server.opts.Observe != nil {
		c.server.opts.Observe(seen)
	}
	if c.traced != nil {
		c.traced(seen)
	}
	if c.aborted {
		panic(http.ErrAbortHandler)
	}
}

func (c *exchange) recovered(v any) {
	c.aborted = true
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return
	}
	c.server.log.LogAttrs(c, slog.LevelError, "panic", slog.String("request_id", c.requestID), slog.Any("value", v),
		slog.String("stack", string(debug.Stack())))
	e := &errs.Error{Reason: errs.Internal}
	if c.status == 0 {
		c.aborted = false
		c.writeFault(e)
	}
	c.fault = e
}

func (c *exchange) logLine(r *http.Request, took time.Duration) {
	level := slog.LevelInfo
	if c.fault != nil {
		level = c.fault.Reason.Level()
	}
	if c.shed {
		level = slog.LevelDebug // there are too many to write a line of each
	}
	log := c.server.log
	if !log.Enabled(c, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 16)
	attrs = append(attrs, slog.String("method", r.Method))
	if c.route != nil {
		attrs = append(attrs, slog.String("route", c.route.Path))
	} else {
		attrs = append(attrs, slog.String("path", errs.Truncate(r.URL.Path, maxLoggedPath)))
	}
	attrs = append(attrs, slog.Int("status", c.status), slog.Float64("ms", float64(took.Microseconds())/1e3),
		slog.Int64("bytes", c.bytes), slog.String("request_id", c.requestID))
	if who := auth.From(c); who.KeyID != "" {
		attrs = append(attrs, slog.String("key_id", who.KeyID))
		if who.SessionID != "" {
			attrs = append(attrs, slog.String("session_id", who.SessionID))
		}
	}
	if c.fault != nil {
		attrs = appendFault(attrs, c.fault)
	}
	log.LogAttrs(c, level, "request", append(attrs, c.attrs...)...)
}

func appendFault(attrs []slog.Attr, e *errs.Error) []slog.Attr {
	attrs = append(attrs, slog.String("reason", string(e.Reason)), slog.String("origin", originOf(e)))
	if e.Provider != "" {
		attrs = append(attrs, slog.String("provider", e.Provider), slog.Int("provider_status", e.ProviderStatus))
	}
	return attrs
}

func (c *exchange) observation(r *http.Request, took time.Duration) Observation {
	o := Observation{Method: r.Method, Status: c.status, Duration: took, Bytes: c.bytes, Streamed: c.streamed}
	if c.route != nil {
		o.Route, o.ID = c.route.Path, c.route.ID
	}
	if c.fault != nil {
		o.Reason, o.Origin, o.Provider = c.fault.Reason, originOf(c.fault), c.fault.Provider
	}
	return o
}

func originOf(e *errs.Error) string { return cmp.Or(e.Origin, errs.Gateway) }

// requestID is the id that the client gave the request if it has 1 to 64 letters, digits, dots, dashes and underscores. Otherwise it is new.
func requestID(r *http.Request, now time.Time) string {
	if given := r.Header[headerRequestID]; len(given) == 1 && validRequestID(given[0]) {
		return given[0]
	}
	return ids.New(ids.Request, now)
}

func validRequestID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for i := range len(id) {
		if b := id[i]; !isAlphanumeric(b) && b != '.' && b != '_' && b != '-' {
			return false
		}
	}
	return true
}

func isAlphanumeric(b byte) bool {
	return b-'0' < 10 || b|0x20-'a' < 26
}

// takeBuffer returns an empty buffer. The caller returns it with giveBuffer.
func (s *Server) takeBuffer() *buffer { return s.buffers.Get().(*buffer) }

func (s *Server) giveBuffer(b *buffer) {
	if b.Cap() > maxKeptBuffer {
		return
	}
	b.Reset()
	s.buffers.Put(b)
}
