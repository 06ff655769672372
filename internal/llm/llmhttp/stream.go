package llmhttp

import (
	"errors"
	"io"
	"net/http"

	"openloop/internal/llm/failure"
)

// Event is one server-sent event, or one JSON document that stood between events.
type Event struct {
	Name string // "" when the event has none
	Data []byte // valid until the next call of Next; lines joined by newlines; never empty
	More bool   // another event is already at hand: the next call of Next does not wait
}

// Stream is the events of one answer. It is for one goroutine.
type Stream struct {
	x   *exchange
	in  reader
	any bool // an event was seen
}

func newStream(x *exchange) *Stream {
	return &Stream{x: x, in: newReader(x)}
}

// Header is the header of the answer.
func (s *Stream) Header() http.Header { return s.x.res.Header }

// Call is what failures of the stream are reported through. Its Output is true once MarkOutput was called.
func (s *Stream) Call() failure.Call { return s.x.call }

// MarkOutput says that the last event brought output of the model: it feeds the clock of output. Comments and pings feed only
// the clock of silence.
func (s *Stream) MarkOutput() {
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
	if s.any || s.in.known {
		return Event{}, io.EOF
	}
	if e := s.x.call.Success(s.Header(), s.in.stray); e != nil {
		return Event{}, e
	}
	return Event{}, s.x.call.Malformed(s.Header(), s.in.stray)
}

// Close ends the stream and, when it was not read to its end, the connection. It may be called twice.
func (s *Stream) Close() error {
	s.x.close()
	s.in.release()
	return nil
}
