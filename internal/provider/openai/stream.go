package openai

import (
	"bytes"
	"errors"
	"net/http"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// The errors of a decoder for an answer or an event that it cannot use. The driver turns them into classified errors.
var (
	errUnusable = errors.New("the answer carries a failure or has no known shape")
	errCut      = errors.New("the stream ended without its end marker")
)

// blockedError says that an answer without output was withheld, by a safety system in most cases, for the reason that its vendor names.
type blockedError struct{ reason string }

func (e *blockedError) Error() string { return "the answer was withheld: " + e.reason }

// decoder turns the events of one endpoint's stream into portable ones.
type decoder interface {
	// event appends to out what a wire event says, and reports whether it was the end marker. Nothing in out points into data.
	event(data []byte, out []llm.Event) (events []llm.Event, done bool, err error)
	// last is what remains to be said at the end: the finish reason and the usage. They are said last because a failure may follow
	// them on the wire. It fails when the stream is not whole; its usage is what is known so far then.
	last() (llm.Event, error)
}

// stream implements [llmhttp.Decoder] over the decoder of an endpoint.
type stream struct {
	decoder decoder
	out     []llm.Event
	native  bool   // what was withheld is an answer like others
	stray   []byte // the first event that no answer is made of
	ended   bool
}

func newStream(e llm.Endpoint) *stream {
	switch e {
	case llm.Complete:
		return &stream{decoder: &completeStream{}}
	case llm.Responses:
		return &stream{decoder: &responsesStream{}}
	default:
		return &stream{decoder: &chatStream{}}
	}
}

// Decode implements [llmhttp.Decoder].
func (s *stream) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	if e.Name == "error" {
		if failed := call.Event(e.Name, h, e.Data); failed != nil {
			return nil, failed
		}
	}
	out, done, err := s.decoder.event(e.Data, s.out[:0])
	s.out, err = out, s.passed(err)
	if err == nil && done {
		s.ended = true
		var last llm.Event
		last, err = s.decoder.last()
		out, err = append(out, last), s.passed(err)
		if err == nil && s.stray != nil && last.Finish == "" {
			return nil, call.Malformed(h, s.stray) // nothing says that the answer is whole
		}
	} else if errors.Is(err, errUnusable) {
		if err := s.passOver(call, h, e.Data); err != nil {
			return nil, err
		}
	}
	if errors.Is(err, errUnusable) || err == nil && !done && len(out) == 0 { // what says nothing may be a failure in another shape
		if failed := call.Event(e.Name, h, e.Data); failed != nil {
			return nil, failed
		}
	}
	if err != nil {
		return nil, explain(call, h, e.Data, err)
	}
	return out, nil
}

// passOver is the error of data that is no object, nil of others.
func (s *stream) passOver(call failure.Call, h http.Header, data []byte) error {
	err := llmhttp.Stray(call, h, data)
	if errors.Is(err, llmhttp.ErrStray) && s.stray == nil && len(bytes.TrimSpace(data)) > 0 {
		s.stray = bytes.Clone(data)
	}
	return err
}

// Ended implements [llmhttp.Decoder].
func (s *stream) Ended() bool { return s.ended }

// Last implements [llmhttp.Decoder].
func (s *stream) Last() (llm.Event, bool) {
	e, err := s.decoder.last()
	return e, s.passed(err) == nil
}

// passed is err without what is no failure to a client that speaks the dialect.
func (s *stream) passed(err error) error {
	if _, blocked := errors.AsType[*blockedError](err); blocked && s.native {
		return nil
	}
	return err
}

// explain makes the classified error of a decoder's err about a 2xx answer with this body.
func explain(call failure.Call, h http.Header, body []byte, err error) error {
	if blocked, ok := errors.AsType[*blockedError](err); ok {
		return call.Blocked(blocked.reason, "", h)
	}
	if errors.Is(err, errCut) {
		return call.Cut(h)
	}
	return call.Unusable(h, body)
}
