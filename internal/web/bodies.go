package web

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// bodies limits the memory of the bodies of all requests.
type bodies struct {
	limit int64
	used  atomic.Int64 // by buffers of those that are being read and decoded
	kept  atomic.Int64 // by what was decoded, until its request is answered
}

// BodyBytes returns how many bytes the bodies of all requests take that have not been answered.
func (s *Server) BodyBytes() int64 { return s.bodies.used.Load() + s.bodies.kept.Load() }

// keeps counts a body that was read until the end of its request, since what was decoded has about its size.
func (c *exchange) keeps(b *body) {
	n := int64(b.Len())
	c.held += n
	c.server.bodies.kept.Add(n)
}

// take reserves n bytes. It reports whether there were enough left.
func (b *bodies) take(n int64) bool {
	if b.used.Add(n)+b.kept.Load() <= b.limit {
		return true
	}
	b.used.Add(-n)
	return false
}

// body is a buffer for a request body. Its memory beyond freeShare must be within the limit for all bodies.
type body struct {
	*buffer
	server *Server
	held   int64
}

const (
	freeShare    = 64 << 10 // large bodies never block ordinary calls
	firstRead    = 4 << 10  // the first allocation for a body of unknown length
	largestGuess = 1 << 20  // the largest first allocation, whatever the announced length is
	bodiesRetry  = 2 * time.Second
)

// takeBody returns an empty body. The caller returns it with done.
func (s *Server) takeBody() *body { return &body{buffer: s.takeBuffer(), server: s} }

func (b *body) done() {
	b.server.giveBuffer(b.buffer)
	b.server.bodies.used.Add(-b.held)
}

// detach returns what was read. It is not used for another body.
func (b *body) detach() []byte {
	data := b.Bytes()
	*b.buffer = buffer{}
	return data
}

func (b *body) grow(size int64) error {
	if more := size - freeShare - b.held; more > 0 {
		if !b.server.bodies.take(more) {
			return errs.New(errs.GatewayOverloaded, "The server holds as many large bodies as it has memory for. Send the request again in a moment.").
				With(func(e *errs.Error) { e.RetryAfter = bodiesRetry })
		}
		b.held += more
	}
	larger := make([]byte, b.Len(), size) // bytes.Buffer.Grow would double a large buffer
	copy(larger, b.Bytes())
	*b.buffer = *bytes.NewBuffer(larger)
	return nil
}

// readAll reads at most limit bytes; more are an error. expected is the announced length, -1 for none. It saves reallocations.
func (b *body) readAll(from io.Reader, expected, limit int64) error {
	for {
		if b.Available() == 0 {
			if err := b.grow(nextSize(int64(b.Len()), expected, limit)); err != nil {
				return err
			}
		}
		room := b.AvailableBuffer()
		n, err := from.Read(room[:cap(room)])
		b.Write(room[:n])
		if int64(b.Len()) > limit {
			return bodyTooLarge(limit)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// nextSize is the next capacity of a full buffer: twice its length, or the expected length if that is small or half of it has arrived.
func nextSize(length, expected, limit int64) int64 {
	size := max(firstRead, 2*length)
	if whole := expected + bytes.MinRead; whole > length && (expected <= largestGuess || size >= expected) {
		size = whole
	}
	return min(size, limit+bytes.MinRead)
}
