package llmhttp

import (
	"errors"
	"io"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Decoder translates the events of one stream. It is for one goroutine.
type Decoder interface {
	// Decode translates one event, which may tell any number of things. The result is valid until the next call. [ErrStray] passes the
	// event over.
	Decode(call failure.Call, h http.Header, e Event) ([]llm.Event, error)
	// Ended reports whether the end marker was seen. Nothing after it is read.
	Ended() bool
	// Last is what is left to tell when the stream ended without a marker; whole is false when it may not end so. When the
	// stream failed, its Usage is what is known so far.
	Last() (e llm.Event, whole bool)
}

// Forward yields what d makes of the events of s, as [llm.Driver].Stream has to. The first event, or the error, carries the request;
// beside an error is the usage known so far. Events that tell nothing are left out, and More is true only when a further event follows
// without waiting. Output is marked, and mended as [llm.Mender] does.
func Forward(s *Stream, request json.Value, d Decoder, yield func(llm.Event, error) bool) {
	f := forwarder{s: s, request: request, yield: yield}
	for !d.Ended() {
		in, err := s.Next()
		if errors.Is(err, io.EOF) {
			last, whole := d.Last()
			if whole {
				f.push(&last)
				break
			}
			err = s.Call().Cut(s.Header())
		}
		var events []llm.Event
		if err == nil {
			events, err = d.Decode(s.Call(), s.Header(), in)
		}
		if errors.Is(err, ErrStray) {
			s.x.passOver()
			events, err = nil, nil
		}
		if err != nil {
			f.fail(d, err)
			return
		}
		for i := range events {
			f.push(&events[i])
		}
		if !in.More {
			f.flush(false)
		}
		if f.stopped {
			return
		}
	}
	f.rest()
	f.flush(false)
}

// forwarder keeps the last event back until it is known whether another one follows at once.
type forwarder struct {
	s       *Stream
	request json.Value
	yield   func(llm.Event, error) bool
	held    llm.Event
	holds   bool
	mender  llm.Mender
	stopped bool // by the reader
}

// push tells e, and before its finish reason what is left to tell of the output.
func (f *forwarder) push(e *llm.Event) {
	if e.Output() {
		f.s.MarkOutput()
		f.mender.Event(e)
	}
	if e.Finish == "" {
		f.tell(e)
		return
	}
	end := llm.Event{Finish: e.Finish, Usage: e.Usage}
	e.Finish, e.Usage = "", nil
	if e.Output() {
		f.tell(e)
		*e = llm.Event{}
	}
	f.rest()
	e.Finish, e.Usage = end.Finish, end.Usage
	f.tell(e)
}

func (f *forwarder) rest() {
	rest := f.mender.Rest()
	for i := range rest {
		f.tell(&rest[i])
	}
}

func (f *forwarder) tell(e *llm.Event) {
	if !e.Output() && e.Finish == "" && e.Usage == nil && e.Model == "" && e.LogProbs == nil {
		return
	}
	f.flush(true)
	f.held, f.holds = *e, true
}

func (f *forwarder) flush(more bool) {
	if !f.holds || f.stopped {
		return
	}
	e := f.held
	e.More, e.Request = more, f.request
	f.request, f.holds = nil, false
	f.stopped = !f.yield(e, nil)
}

func (f *forwarder) fail(d Decoder, err error) {
	f.flush(false)
	if f.stopped {
		return
	}
	last, _ := d.Last()
	f.yield(llm.Event{Request: f.request, Usage: last.Usage}, err)
}
