package llmhttp

import (
	"errors"
	"io"
	"net/http"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Event is one server-sent event, one JSON document that stood between events, or one frame of an AWS event stream.
type Event struct {
	Name string // "" when the event has none
	Data []byte // valid until the next call of Next; lines joined by newlines; never empty
	More bool   // another event is already at hand: the next call of Next does not wait
}

// Stream is the events of one answer. It is for one goroutine.
type Stream struct {
	x   *exchange
	in  source
	sse reader // in is it, when the events are server-sent
	any bool   // an event was seen

	unseen bool // nobody sees the output before the end: none of it is partial
}

// source reads the events of a body.
type source interface {
	// next returns the next event, whose data is valid until the following call.
	next() (Event, error)
	// leftover is the beginning of a body that turned out to hold no events, and whether a sign of events was seen.
	leftover() (stray []byte, known bool)
	// release gives the buffer back. It may be called twice.
	release()
}

func newStream(x *exchange) *Stream {
	s := &Stream{x: x, sse: newReader(x.body)}
	s.in = &s.sse
	return s
}

func newFrameStream(x *exchange) *Stream { return &Stream{x: x, in: newFrames(x.body)} }

// Header is the header of the answer.
func (s *Stream) Header() http.Header { return s.x.res.Header }

// Call is what failures of the stream are reported through. Its Output is true once MarkOutput was called.
func (s *Stream) Call() failure.Call { return s.x.call }

// MarkOutput says that the last event brought output of the model: it feeds the clock of output. Comments and pings feed only
// the clock of silence.
func (s *Stream) MarkOutput() {
	if s.unseen {
		return
	}
	s.x.call.Output = true
	s.x.clocks.output()
}

// Next returns the next event, or [io.EOF] after the last one. Whether the stream was whole then is for the adapter to judge, by the
// end marker it saw, and to report with [failure.Call.Cut]. An answer in which no event was found is an error by itself.
// Every other error is made by the [failure.Call], or is the context's own.
func (s *Stream) Next() (Event, error) {
	e, err := s.in.next()
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

// Close ends the stream and, when it was not read to its end, the connection. It may be called twice.
func (s *Stream) Close() error {
	s.x.close()
	s.in.release()
	return nil
}
