package openai

import (
	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// failedEvent is the name of the event that ends a stream of samples which failed.
const failedEvent = "error"

// sampledAnswer is a whole answer, which samples are added to.
type sampledAnswer interface {
	Add(m *llm.Message, finish llm.FinishReason, logProbs json.Value, u llm.Usage)
}

// sampled makes a whole answer.
func sampled[A sampledAnswer](a *ingress.Answer, begin func(id string, created int64, model string) A) A {
	out := begin(a.Logs[0].ID, a.Logs[0].CreatedAt.Unix(), a.Model)
	for _, l := range a.Logs {
		if l.Payload.OutputMessage != nil { // a sample that failed beside others is not in the answer, only on its Log
			out.Add(l.Payload.OutputMessage, llm.FinishReason(l.FinishReason), l.Payload.LogProbs, l.Usage)
		}
	}
	return out
}

// sampler makes the chunks of a streamed answer.
type sampler interface {
	Event(sample int, e *llm.Event, emit func(dialect.Frame) bool) bool
	End(sample int, m *llm.Message, finish llm.FinishReason, u llm.Usage, emit func(dialect.Frame) bool) bool
	Finish(emit func(dialect.Frame) bool) bool
}

// samples implements [ingress.Writer].
type samples struct {
	chunks sampler
	send   func(dialect.Frame) bool
}

// Add implements [ingress.Writer].
func (s *samples) Add(c *gateway.Chunk) bool {
	if l := c.Final; l != nil {
		return s.chunks.End(c.Index, ingress.Said(l), llm.FinishReason(l.FinishReason), l.Usage, s.send)
	}
	return s.chunks.Event(c.Index, c.Event, s.send)
}

// End implements [ingress.Writer].
func (s *samples) End() { s.chunks.Finish(s.send) }

// AppendFailure implements [ingress.Writer].
func (s *samples) AppendFailure(dst []byte, d *errs.Detail) []byte {
	return json.AppendValue(dst, dialect.OpenAI(d).Body)
}
