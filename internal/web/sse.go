package web

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/ascii"
)

const (
	mediaEvents  = "text/event-stream"
	flushAt      = 16 << 10 // the most bytes of events that are held back
	eventData    = "data: "
	eventName    = "event: "
	eventEnd     = "\n\n"
	eventDone    = "data: [DONE]\n\n"
	eventComment = ": keep-alive\n\n"
	eventFailed  = "error" // the name of the last event of a stream that failed
)

// writeStream sends the events of s. It returns an error only if that came before the first event.
func writeStream[In, Out any, C Chunk](c *exchange, s *Streaming[In, Out, C], in *In) error {
	ctx, cancel := context.WithCancel(c)
	defer cancel()
	w := &eventWriter{exchange: c, cancel: cancel, buf: c.server.takeBuffer(), silence: cmp.Or(s.Silence, eventComment)}
	defer w.close()
	name, head := s.Name, s.Head
	if name == nil {
		name = nameFailure
	}
	if head == nil {
		head = noHead
		w.open(nil)
	}
	var last C
	for chunk, err := range s.Stream(ctx, in) {
		if err != nil {
			return w.fail(err, name(last, true), func(dst []byte, d *errs.Detail) []byte { return s.AppendError(dst, last, d) })
		}
		last = chunk
		if header, opens := head(chunk); opens {
			w.open(header)
		} else if !w.chunk(name(chunk, false), chunk, header) {
			return nil
		}
	}
	w.finish(s.Done)
	return nil
}

// nameFailure names the events of the v5 API.
func nameFailure[C Chunk](_ C, failed bool) string {
	if failed {
		return eventFailed
	}
	return ""
}

// noHead is of streams whose chunks are all sent, and say nothing of the header.
func noHead[C Chunk](C) (http.Header, bool) { return nil, false }

// eventWriter writes server-sent events to one client. A timer writes comments between events, so every method holds the lock.
type eventWriter struct {
	exchange *exchange
	cancel   context.CancelFunc // stops the source when the client is gone
	silence  string
	ctl      *http.ResponseController

	mu       sync.Mutex
	buf      *buffer     // events not yet sent
	header   http.Header // of an answer that begins without an event
	alive    *time.Timer // until the answer begins, that of the hold
	err      error       // of writing; nothing more is sent after it
	complete bool        // the last event was written
	closed   bool
}

// open begins the answer with this header after the hold, unless an event does before.
func (w *eventWriter) open(header http.Header) {
	hold := w.exchange.server.opts.StreamHold
	if hold < 0 {
		hold = math.MaxInt64
	}
	if w.alive != nil {
		return
	}
	w.mu.Lock()
	w.header, w.alive = header, time.AfterFunc(math.MaxInt64, w.keepAlive)
	w.mu.Unlock()
	w.alive.Reset(hold) // without the lock, since keepAlive does nothing while somebody has it
}

// chunk sends one event and reports whether the client is still there. The header is that of an answer which begins with it.
func (w *eventWriter) chunk(name string, c Chunk, header http.Header) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctl == nil {
		w.header = header
		w.begin()
	}
	if data := verbatim(c); data != nil {
		w.verbatim(name, data)
	} else {
		w.event(name, c.AppendJSON)
	}
	if w.err == nil && (!c.More() || w.buf.Len() >= flushAt) {
		w.flush()
	}
	return w.err == nil
}

func verbatim(c Chunk) []byte {
	if v, ok := c.(VerbatimChunk); ok {
		return v.Verbatim()
	}
	return nil
}

// begin prepares the answer. The status line is sent with what is flushed first.
func (w *eventWriter) begin() {
	h := w.exchange.Header()
	maps.Copy(h, w.header)
	h.Set("Content-Type", mediaEvents)
	h.Set("X-Accel-Buffering", "no")
	w.exchange.streamed = true
	keepShallow(w.exchange.Context)
	w.ctl = http.NewResponseController(w.exchange.w)
	if w.alive == nil {
		w.alive = time.AfterFunc(w.exchange.server.opts.KeepAlive, w.keepAlive)
	}
	w.alive.Reset(w.exchange.server.opts.KeepAlive)
}

func (w *eventWriter) event(name string, data func([]byte) []byte) {
	w.name(name)
	w.buf.WriteString(eventData)
	w.buf.Write(ascii.Line(data(w.buf.AvailableBuffer())))
	w.buf.WriteString(eventEnd)
}

func (w *eventWriter) name(name string) {
	if name != "" {
		w.buf.WriteString(eventName)
		w.buf.WriteString(name)
		w.buf.WriteByte('\n')
	}
}

// verbatim writes an event whose data stays as it is, each of its lines as one.
func (w *eventWriter) verbatim(name string, data []byte) {
	w.name(name)
	for line := range bytes.SplitSeq(data, []byte{'\n'}) {
		w.buf.WriteString(eventData)
		w.buf.Write(line)
		w.buf.WriteByte('\n')
	}
	w.buf.WriteByte('\n')
}

// flush sends the buffer and restarts the timer of comments.
func (w *eventWriter) flush() {
	if w.err != nil || w.buf.Len() == 0 {
		return
	}
	deadline(w.ctl.SetWriteDeadline, time.Now().Add(w.exchange.server.opts.WriteTimeout))
	_, w.err = w.exchange.Write(w.buf.Bytes())
	if w.err == nil {
		w.err = flush(w.ctl)
	}
	w.buf.Reset()
	if w.err != nil {
		w.cancel()
		return
	}
	w.alive.Reset(w.exchange.server.opts.KeepAlive)
}

// keepAlive breaks a silence, also that before the first event, when the hold is over. The timer calls it in a goroutine of its own. While an
// event is being written it is not needed, and flush restarts the timer.
func (w *eventWriter) keepAlive() {
	if !w.mu.TryLock() {
		return
	}
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	if w.ctl == nil {
		w.begin()
	}
	w.buf.WriteString(w.silence)
	w.flush()
}

func (w *eventWriter) finish(done bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctl == nil {
		w.begin()
	}
	if done {
		w.buf.WriteString(eventDone)
	}
	if w.exchange.status == 0 && w.buf.Len() == 0 {
		w.exchange.WriteHeader(http.StatusOK)
	}
	w.flush()
	w.complete = true
}

// fail ends a stream with an error. Before the first event it returns the error for an ordinary answer; later it sends an error event.
func (w *eventWriter) fail(err error, name string, data func([]byte, *errs.Detail) []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctl == nil {
		w.closed = true // nothing begins any more
		return err
	}
	err = errs.Cause(w.exchange, err)
	if w.err != nil || w.exchange.leftBy(err) {
		return nil // close notes that the client has left
	}
	e := w.exchange.placed(err).With(func(e *errs.Error) { e.PartialOutput = true })
	w.exchange.logCause(e)
	w.exchange.fault = e
	detail := e.Detail(w.exchange.requestID, w.exchange.server.base(w.exchange.request))
	w.event(name, func(dst []byte) []byte { return data(dst, &detail) })
	w.flush()
	w.complete = true
	return nil
}

// close stops the comments, and records whether the client left before the end.
func (w *eventWriter) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	if w.alive != nil {
		w.alive.Stop()
	}
	w.exchange.server.giveBuffer(w.buf)
	w.buf = nil
	if w.ctl == nil {
		return
	}
	if w.err != nil || !w.complete && w.exchange.Err() != nil {
		w.exchange.leave()
		return
	}
	deadline(w.ctl.SetWriteDeadline, time.Time{})
}
