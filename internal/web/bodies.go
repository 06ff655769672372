package web

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"openloop/internal/errs"
)

// bodies is the memory that the bodies of all requests may take while they are read and decoded.
type bodies struct {
	limit int64
	used  atomic.Int64
}

// take takes n bytes, if there are as many left.
func (b *bodies) take(n int64) bool {
	if b.used.Add(n) <= b.limit {
		return true
	}
	b.used.Add(-n)
	return false
}

// body is a buffer that a body is read into. What it grows beyond freeShare counts against the memory of all.
type body struct {
	*buffer
	server *Server
	held   int64
}

const (
	freeShare    = 64 << 10 // so that large bodies never stand in the way of ordinary calls
	firstRead    = 4 << 10  // bytes made room for when the length of a body is not known
	largestGuess = 1 << 20  // bytes made room for at once, whatever length a body is said to have
	bodiesRetry  = 2 * time.Second
)

// takeBody returns an empty body, to be given back with done.
func (s *Server) takeBody() *body { return &body{buffer: s.takeBuffer(), server: s} }

func (b *body) done() {
	b.server.giveBuffer(b.buffer)
	b.server.bodies.used.Add(-b.held)
}

// grow makes room for size bytes in all.
func (b *body) grow(size int64) error {
	if more := size - freeShare - b.held; more > 0 {
		if !b.server.bodies.take(more) {
			return errs.New(errs.GatewayOverloaded, "The server holds as many large bodies as it has memory for. Send the request again in a moment.").
				With(func(e *errs.Error) { e.RetryAfter = bodiesRetry })
		}
		b.held += more
	}
	larger := make([]byte, b.Len(), size) // bytes.Buffer.Grow would double what is large already
	copy(larger, b.Bytes())
	*b.buffer = *bytes.NewBuffer(larger)
	return nil
}

// readAll reads at most limit bytes; more are an error. The length that is expected, -1 for none, saves growing.
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

// nextSize is what a full buffer grows to: double, or to the expected length at once when that is small or half of it is there.
func nextSize(length, expected, limit int64) int64 {
	size := max(firstRead, 2*length)
	if whole := expected + bytes.MinRead; whole > length && (expected <= largestGuess || size >= expected) {
		size = whole
	}
	return min(size, limit+bytes.MinRead)
}
