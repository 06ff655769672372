package llmhttp

import (
	"errors"
	"io"
	"net/http"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Event is one server-sent event, one JSON document between events, or one frame of an AWS event stream.
type Event struct {
	Name string // "" if the event has none
	Data []byte // never empty; valid until the next call of Next; lines joined by newlines
	More bool   // another event is already at hand, so the next call of Next does not wait
}

// Stream reads the events of one answer. It must not be used by several goroutines at once.
type Stream struct {
	x   *exchange
	in  source
	sse reader // in points to it if the events are server-sent
	any bool   // an event was seen
	got int    // bytes of all events

	unseen bool // nobody sees the output before the end, so none of it is partial
}

// source reads the events of a body.
type source interface {
	// next returns the next event. Its data is valid until the following call.
	next() (Event, error)
	// leftover returns the beginning of a body without events, and whether any sign of events was seen.
	leftover() (stray []byte, known bool)
	// release returns the buffer to its pool. It may be called twice.
	release()
}

func newStream(x *exchange) *Stream {
	s := &Stream{x: x, sse: newReader(x.body)}
	s.in = &s.sse
	return s
}

func newFrameStream(x *exchange) *Stream { return &Stream{x: x, in: newFrames(x.body)} }

// Header returns the header of the answer. Callers must not change it.
func (s *Stream) Header() http.Header { return s.x.res.Header }

// Call returns the call through which failures of the stream are reported. Its Output is true once MarkOutput was called.
func (s *Stream) Call() failure.Call { return s.x.call }

// MarkOutput records that the last event carried output of the model. That feeds the clock of output. Comments
// and pings feed only the clock of silence.
func (s *Stream) MarkOutput() {
	if s.unseen {
		return
	}
	s.x.call.Output = true
	s.x.clocks.output()
}

// Next returns the next event, or [io.EOF] after the last one. The driver must then decide, by the end marker, whether the stream was
// whole, and report a cut with [failure.Call.Cut]. An answer without any event is an error of its own. Every other error is made by the
// [failure.Call], or is the error of the context.
func (s *Stream) Next() (Event, error) {
	e, err := s.in.next()
	if s.got += len(e.Data); err == nil && s.got > MaxStream {
		err = errTooLarge
	}
	if err == nil {
		s.any = true
		return e, nil
	}
	if !errors.Is(err, io.EOF) {
		return Event{}, s.x.fail(err)
	}
	stray, known := s.in.leftover()
	if s.any || known {
		return Event{}, io.EOF
	}
	return Event{}, s.x.call.Unusable(s.Header(), stray)
}

// Close ends the stream. If the stream was not read to its end, Close also ends the connection. It may be called twice and returns nil.
func (s *Stream) Close() error {
	s.x.close()
	s.in.release()
	return nil
}
