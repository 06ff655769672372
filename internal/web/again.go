package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/web/head"
)

// refusal is what a connection keeps of a request that was turned away. The next one with the same head is for the same route, with the same key, and is
// turned away too if there still is too much to do. It is answered before package net/http reads it, which costs a third less. A refusal is forgotten after
// a while, since the key may have been revoked by then.
type refusal struct {
	head  head.Head
	route *Route
	class auth.Priority
	until time.Time
}

const refusalHolds = 5 * time.Second

// remember has the connection of a request that is turned away know the next one like it. It does not for requests whose heads differ each time, as by an
// id or a trace of the client's, nor for those that end in another way than by a Content-Length.
func (s *Server) remember(c *exchange, r *http.Request, class auth.Priority) {
	g := guardOf(r.Context())
	if g == nil || g.first == nil || r.Method != c.route.Method || r.Close || r.ProtoMajor != 1 || r.ProtoMinor != 1 || r.ContentLength < 0 || c.traced != nil ||
		len(c.Header()) != headersOfEach || r.Header["Expect"] != nil || r.Header["Upgrade"] != nil || r.Header[headerRequestID] != nil {
		return
	}
	if h, ok := head.Of(g.first); ok {
		g.known = &refusal{h, c.route, class, s.now().Add(refusalHolds)}
	}
}

// turnAgain answers a request that begins with data, if one like it was turned away and there still is too much to do. It returns how many bytes of the
// request are still to be read. It reports false for a request that net/http must read. If that was let in, the connection holds its pass.
func (g *guarded) turnAgain(data []byte) (left int, ok bool) {
	s, k := g.server, g.known
	g.first = nil
	if s.opts.Admit == nil || s.opts.Admit.Pressure() == 0 {
		return 0, false
	}
	now := s.now()
	if k == nil || now.After(k.until) {
		g.first = bytes.Clone(data) // to be remembered
		return 0, false
	}
	length, body, ok := k.head.Find(data)
	if left = length + body - len(data); !ok || left < 0 || s.Draining() || s.log.Enabled(context.Background(), slog.LevelDebug) {
		return 0, false
	}
	v, ok := s.aways.Load(awayKey{k.route, s.opts.Admit.RetryAfter()})
	if !ok {
		return 0, false
	}
	if g.pass, g.entered = s.opts.Admit.Enter(k.class); g.entered {
		return 0, false
	}
	g.answer(v.(*away), k.route, now)
	return left, true
}

// answer writes an answer straight to the connection.
func (g *guarded) answer(a *away, route *Route, began time.Time) {
	s := g.server
	buf := s.takeBuffer()
	defer s.giveBuffer(buf)
	buf.Write(a.appendRaw(buf.AvailableBuffer(), ids.New(ids.Request, began), began))
	g.bound()
	_, _ = g.Conn.Write(buf.Bytes()) // the next Read finds out
	if s.opts.Observe != nil {
		s.opts.Observe(Observation{
			Method: route.Method, Route: route.Path, ID: route.ID, Status: a.status, Duration: s.now().Sub(began), Bytes: a.size,
			Reason: errs.GatewayOverloaded, Origin: errs.Gateway,
		})
	}
}

// skip reads past what is left of a request. The next one has as long as after any answer.
func (g *guarded) skip(left int) error {
	if left > 0 {
		deadline(g.SetReadDeadline, time.Now().Add(refusedBody))
		unwanted := unwanteds.Get().(*[unwantedSize]byte)
		defer unwanteds.Put(unwanted)
		for left > 0 {
			n, err := g.Conn.Read(unwanted[:min(left, unwantedSize)])
			if err != nil {
				return err
			}
			left -= n
		}
	}
	deadline(g.SetReadDeadline, time.Now().Add(g.idle))
	return nil
}

const unwantedSize = 64 << 10

// unwanteds are where bodies go that nobody reads.
var unwanteds = sync.Pool{New: func() any { return new([unwantedSize]byte) }}

// takePass returns the pass that a request has from its connection, if it is one of the class.
func (g *guarded) takePass(class auth.Priority) (admit.Pass, bool) {
	if g == nil || !g.entered || g.known.class != class {
		return admit.Pass{}, false
	}
	g.entered = false
	return g.pass, true
}

// leavePass gives back the pass of a request that did not come as far as to need it.
func (g *guarded) leavePass() {
	if g.entered {
		g.entered = false
		g.pass.Leave()
	}
}
