package mock

import (
	"time"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/anthropic"
)

func encodeMessages(r *llm.Request, _ bool) (json.Value, error) {
	e, _, err := anthropic.EditNative(r)
	if err != nil {
		return nil, err
	}
	return e.Value(), nil
}

func readMessages(body json.Value) (*dialect.Call, error) {
	var p messages.Params
	if json.UnmarshalForeign(body, &p) == nil {
		return p.Call()
	}
	return messages.View(body), nil
}

func wholeMessage(model string, out *llm.Response) any {
	return messages.NewMessage(mockID, model, &out.Message, messages.Stop{Finish: out.Finish, Sequence: out.StopSequence}, out.Usage, 0)
}

// messageSpeaker implements [speaker].
type messageSpeaker struct {
	model  string
	events *messages.Events // nil before the first event
	emit   func(dialect.Frame) bool
}

func (s *messageSpeaker) event(e *llm.Event, emit func(dialect.Frame) bool) {
	s.emit = emit
	if s.events == nil {
		s.events = messages.NewEvents(mockID, s.model, 1, func(f dialect.Frame) bool { return s.emit(f) })
	}
	s.events.Event(e)
}

func (s *messageSpeaker) end(out *llm.Response, _ func(dialect.Frame) bool) {
	s.events.End(&out.Message, messages.Stop{Finish: out.Finish, Sequence: out.StopSequence}, out.Usage, 0)
}

func readResponse(body json.Value) (*dialect.Call, error) {
	var p responses.ResponseParams
	if json.UnmarshalForeign(body, &p) == nil && !holdsCompaction(body) {
		return p.Call()
	}
	return responses.View(body), nil
}

func wholeResponse(model string, out *llm.Response) any { return responseOf(model, out) }

func responseOf(model string, out *llm.Response) *responses.Response {
	at := time.Unix(madeAt, 0)
	return responses.NewResponse(new(responses.ResponseParams), mockID, at, model, &responses.Answered{
		Message: &out.Message, Finish: out.Finish, LogProbs: out.LogProbs, Usage: out.Usage, At: at,
	})
}

// responseSpeaker implements [speaker].
type responseSpeaker struct {
	events *responses.Events
	begun  bool
	emit   func(dialect.Frame) bool
}

func (s *responseSpeaker) event(e *llm.Event, emit func(dialect.Frame) bool) {
	if s.emit = emit; !s.begun {
		s.begun = true
		s.events.Begin(func(f dialect.Frame) bool { return s.emit(f) })
	}
	s.events.Event(e)
}

func (s *responseSpeaker) end(out *llm.Response, _ func(dialect.Frame) bool) {
	s.events.End(out.Finish, out.Usage, time.Unix(madeAt, 0))
}
