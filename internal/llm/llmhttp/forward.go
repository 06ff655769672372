package llmhttp

import (
	"errors"
	"io"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Decoder translates the events of one stream. It must not be used by several goroutines at once.
type Decoder interface {
	// Decode translates one event into any number of events. The result is valid until the next call.
	// [ErrStray] means that the event is to be skipped.
	Decode(call failure.Call, h http.Header, e Event) ([]llm.Event, error)
	// Ended reports whether the end marker was seen. Nothing after the marker is read.
	Ended() bool
	// Last returns what is still to be told when the stream ends without a marker. whole is false if such an end is an error. If the stream
	// failed, e.Usage is the usage known so far.
	Last() (e llm.Event, whole bool)
}

// Forward yields the events that d makes from the events of s, as [llm.Driver].Stream must. The first event, or the error, carries the
// request. An event beside an error carries the usage known so far. Events that tell nothing are dropped. More is true only if a further
// event follows without waiting. Forward marks output for the clocks and repairs it with an [llm.Mender].
func Forward(s *Stream, request json.Value, d Decoder, yield func(llm.Event, error) bool) {
	f := forwarder{s: s, request: request, yield: yield}
	f.frames, _ = d.(FrameDecoder)
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
			events, err, in.Data = nil, nil, nil
		}
		if f.frames != nil && unread(err, in.Data) {
			s.x.unread()
			events, err = nil, nil
		}
		if err != nil {
			f.fail(d, err)
			return
		}
		f.pushAll(events, &in)
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

// forwarder holds the last event back until it knows whether another one follows at once.
type forwarder struct {
	s       *Stream
	request json.Value
	yield   func(llm.Event, error) bool
	frames  FrameDecoder // nil if nobody wants frames
	raws    [2]llm.Raw   // in turns: of the event that is held back, and of the next one
	turn    int
	alone   [1]llm.Event // of a frame that tells nothing else
	held    llm.Event
	holds   bool
	mender  llm.Mender
	stopped bool // by the reader
}

// pushAll tells the events of a frame, the first one with the frame.
func (f *forwarder) pushAll(events []llm.Event, in *Event) {
	raw := f.frame(in)
	if raw != nil && len(events) == 0 {
		f.alone[0] = llm.Event{}
		events = f.alone[:]
	}
	for i := range events {
		if i == 0 {
			events[i].Raw = raw
		}
		f.push(&events[i])
	}
}

// frame returns a copy of the frame that a client gets, nil for none. It is valid until the next but one.
func (f *forwarder) frame(in *Event) *llm.Raw {
	if f.frames == nil || len(in.Data) == 0 {
		return nil
	}
	told, ok := f.frames.Frame(*in)
	if !ok || len(told.Data) == 0 {
		return nil
	}
	f.turn = 1 - f.turn
	raw := &f.raws[f.turn]
	raw.Name, raw.Data, raw.Last = told.Name, append(raw.Data[:0], told.Data...), told.Last
	return raw
}

// push tells e. If e has a finish reason, push first tells what the mender still holds back.
func (f *forwarder) push(e *llm.Event) {
	if e.Output() {
		f.s.MarkOutput()
		f.mender.Event(e)
	}
	if e.Finish == "" {
		f.tell(e)
		return
	}
	end := llm.Event{Finish: e.Finish, StopSequence: e.StopSequence, Usage: e.Usage}
	e.Finish, e.StopSequence, e.Usage = "", "", nil
	if e.Output() {
		f.tell(e)
		*e = llm.Event{}
	}
	f.rest()
	e.Finish, e.StopSequence, e.Usage = end.Finish, end.StopSequence, end.Usage
	f.tell(e)
}

func (f *forwarder) rest() {
	rest := f.mender.Rest()
	for i := range rest {
		f.tell(&rest[i])
	}
}

func (f *forwarder) tell(e *llm.Event) {
	if !e.Output() && e.Finish == "" && e.Usage == nil && e.Model == "" && e.LogProbs == nil && e.Raw == nil {
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
