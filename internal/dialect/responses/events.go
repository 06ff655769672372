package responses

import (
	"time"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Events makes the events of a streamed answer, and the items of a whole one. An item ends before the next begins, whatever order the pieces of a
// model come in. It is for one answer and one goroutine.
type Events struct {
	frames
	response *Response
	id       string
	origins  map[string]origin
	open     *openItem // nil between items
	refused  bool
	held     []piece // that wait until the open item is whole
}

// NewEvents returns an answer of which nothing is known yet.
func NewEvents(r *ResponseParams, id string, created time.Time, model string) *Events {
	return &Events{response: newResponse(r, id, created.Unix(), model), id: id, origins: r.origins()}
}

// Begin makes a stream of the answer, and emits its first events. A frame is valid until emit returns, which reports whether the client is still there.
func (s *Events) Begin(emit func(dialect.Frame) bool) bool {
	s.emit = emit
	s.whole("response.created")
	s.whole("response.in_progress")
	return !s.gone
}

// NewResponse returns a whole answer.
func NewResponse(r *ResponseParams, id string, created time.Time, model string, a *Answered) *Response {
	s := NewEvents(r, id, created, model)
	s.message(a.Message, a.LogProbs)
	s.end(a.Finish, a.Usage, a.At)
	return s.response
}

// message adds a whole message.
func (s *Events) message(m *llm.Message, logProbs json.Value) {
	whole := llm.Response{Message: *m, LogProbs: logProbs}
	events := whole.Events()
	for i := range events {
		s.Event(&events[i])
	}
}

// Answered is what a model has answered.
type Answered struct {
	Message  *llm.Message
	Finish   llm.FinishReason
	LogProbs json.Value
	Usage    llm.Usage
	At       time.Time
}

// Event adds an event of the model. It reports whether the client is still there.
func (s *Events) Event(e *llm.Event) bool {
	if t := &e.Thinking; *t != (llm.ThinkingDelta{}) {
		s.add(piece{kind: reasoningItem, index: t.Index, text: t.Text, signature: t.Signature, data: t.Data})
	}
	if e.Text != "" || len(e.LogProbs) > 0 {
		s.add(piece{kind: messageItem, text: e.Text, refusal: e.Refusal, logprobs: tokens(e.LogProbs)})
	}
	if c := e.ToolCall; c != nil {
		s.add(piece{kind: callItem, index: c.Index, id: c.ID, name: c.Name, text: c.Arguments, signature: c.Signature})
	}
	return !s.gone
}

// End ends the answer.
func (s *Events) End(finish llm.FinishReason, u llm.Usage, at time.Time) bool {
	s.end(finish, u, at)
	s.whole("response." + s.response.Status)
	return !s.gone
}

func (s *Events) end(finish llm.FinishReason, u llm.Usage, at time.Time) {
	s.endHeld()
	if s.open == nil && len(s.response.Output) == 0 {
		s.add(piece{kind: messageItem}) // clients look for one
	}
	if s.refused && finish == llm.FinishContentFilter { // a refusal is whole
		finish = llm.FinishStop
	}
	status := statusCompleted
	if incomplete(finish) != "" {
		status = statusIncomplete
	}
	s.close(status)
	s.response.finish(finish, u, at)
}

// endHeld ends all items but the last.
func (s *Events) endHeld() {
	for len(s.held) > 0 { // for a call that the model has not ended
		s.close(statusIncomplete)
		s.release()
	}
}

// EventFailed is the name of the event that ends a stream that failed.
const EventFailed = "response.failed"

// AppendFailure appends the data of that event. It has the items that ended before, and what was streamed of the last.
func (s *Events) AppendFailure(dst []byte, d *errs.Detail) []byte {
	s.emit = nil // items that break off have no further events
	s.endHeld()
	s.close(statusIncomplete)
	s.response.Status, s.response.Error = statusFailed, failed(d)
	s.gone = false
	s.emit = func(f dialect.Frame) bool {
		dst = append(dst, f.Data...)
		return true
	}
	s.whole(EventFailed)
	return dst
}

// whole emits an event with the answer as far as it has come.
func (s *Events) whole(kind string) { s.send(kind, value("response", s.response)) }

// piece is what a model adds to an item.
type piece struct {
	kind      string // of the item
	index     int    // of the block of thinking, or of the call
	text      string // of the message, the thinking or the arguments
	refusal   bool   // the text is one
	signature string
	data      string
	id, name  string // of the call
	logprobs  []json.Value
}

// add adds a piece to its item. A call that is not whole yet stays open, and what belongs elsewhere waits.
func (s *Events) add(p piece) {
	if s.open != nil && !s.open.takes(&p) {
		if !s.open.isWhole() {
			s.held = append(s.held, p)
			return
		}
		s.close(statusCompleted)
	}
	if s.open == nil {
		s.begin(&p)
	}
	s.extend(&p)
	if len(s.held) > 0 && s.open.isWhole() {
		s.release()
	}
}

// release adds what was held.
func (s *Events) release() {
	held := s.held
	s.held = nil
	for i := range held {
		s.add(held[i])
	}
}

// tokens are the probabilities of tokens as an answer lists them.
func tokens(logProbs json.Value) []json.Value {
	var of struct {
		Content []json.Value `json:"content"`
	}
	if len(logProbs) == 0 || json.UnmarshalForeign(logProbs, &of) != nil {
		return nil
	}
	return of.Content
}
