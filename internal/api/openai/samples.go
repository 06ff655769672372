package openai

import (
	"context"
	"iter"
	"time"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// request is one in an API whose answers have samples: of chats or of texts.
type request struct {
	dialect ingress.Dialect
	call    func() (*dialect.Call, error)
	headers *ingress.Headers
}

func (h *handlers) input(ctx context.Context, r *request) (*dialect.Call, *gateway.CallInput, error) {
	c, err := r.call()
	if err != nil {
		return nil, nil, err
	}
	call, err := h.s.Input(ctx, r.dialect, c, r.headers)
	return c, call, err
}

// sampled is a whole answer, which samples are added to.
type sampled interface {
	Add(m *llm.Message, finish llm.FinishReason, logProbs json.Value, u llm.Usage)
}

// samples makes a whole answer.
func samples[A sampled](ctx context.Context, h *handlers, r *request, begin func(id string, created int64, model string) A) (out A, err error) {
	c, call, err := h.input(ctx, r)
	if err != nil {
		return out, err
	}
	result, err := h.s.Gateway.Call(ctx, call)
	if err != nil {
		return out, err
	}
	first := firstAnswer(result.Logs)
	ingress.Head(ctx, c, result.Call, first.ID, first.Provider, first.Model)
	ingress.Tail(ctx, result.Logs)
	out = begin(result.Logs[0].ID, result.Logs[0].CreatedAt.Unix(), first.Model)
	for _, l := range result.Logs {
		if l.Payload.OutputMessage != nil { // a sample that failed beside others is not in the answer, only on its Log
			out.Add(l.Payload.OutputMessage, llm.FinishReason(l.FinishReason), l.Payload.LogProbs, l.Usage)
		}
	}
	return out, nil
}

// firstAnswer is the Log of the first sample that did not fail.
func firstAnswer(logs []*trace.Log) *trace.Log {
	for _, l := range logs {
		if l.Error == nil {
			return l
		}
	}
	return logs[0]
}

// sampler makes the chunks of a streamed answer.
type sampler interface {
	Event(sample int, e *llm.Event, emit func(dialect.Frame) bool) bool
	End(sample int, m *llm.Message, finish llm.FinishReason, u llm.Usage, emit func(dialect.Frame) bool) bool
	Finish(emit func(dialect.Frame) bool) bool
}

// sampling is the operation of an API whose answers have samples.
func sampling[In, Out any](
	call func(context.Context, *In) (Out, error), stream func(context.Context, *In) iter.Seq2[ingress.Chunk, error], wanted func(*In) bool,
) web.Streaming[In, Out, ingress.Chunk] {
	return web.Streaming[In, Out, ingress.Chunk]{
		Wanted: wanted,
		Call:   call,
		Stream: stream,
		Done:   true,
		Name: func(_ ingress.Chunk, failed bool) string {
			if failed {
				return "error"
			}
			return ""
		},
		AppendError: func(dst []byte, _ ingress.Chunk, d *errs.Detail) []byte {
			return ingress.AppendFailure(dst, dialect.OpenAI(d))
		},
	}
}

// samples makes a streamed answer.
func (h *handlers) samples(ctx context.Context, r *request, begin func(id string, created int64, model string) sampler) iter.Seq2[ingress.Chunk, error] {
	return func(yield func(ingress.Chunk, error) bool) {
		c, call, err := h.input(ctx, r)
		if err != nil {
			yield(ingress.Chunk{}, err)
			return
		}
		s := sampleStream{ctx: ctx, call: c, yield: yield, begin: begin}
		for chunk, err := range h.s.Gateway.Stream(ctx, call) {
			if err == nil {
				err = chunk.Err
			}
			if err != nil {
				yield(ingress.Chunk{}, err)
				return
			}
			if !s.add(chunk) {
				return
			}
		}
		s.stream.Finish(s.emit)
	}
}

// sampleStream writes the chunks of a stream.
type sampleStream struct {
	ctx    context.Context
	call   *dialect.Call
	yield  func(ingress.Chunk, error) bool
	begin  func(id string, created int64, model string) sampler
	stream sampler // nil before the first chunk
	more   bool
}

func (s *sampleStream) add(c *gateway.Chunk) bool {
	if s.stream == nil {
		s.stream = s.begin(c.LogID, c.Time.Truncate(time.Second).Unix(), head(s.ctx, s.call, c))
	}
	if c.Final == nil {
		s.more = c.Event.More
		return s.stream.Event(c.Index, c.Event, s.emit)
	}
	s.more = false
	l := c.Final
	message := l.Payload.OutputMessage
	if message == nil {
		message = new(llm.Message)
	}
	return s.stream.End(c.Index, message, llm.FinishReason(l.FinishReason), l.Usage, s.emit)
}

func (s *sampleStream) emit(f dialect.Frame) bool {
	return s.yield(ingress.Chunk{Frame: f, Further: s.more}, nil)
}

// head sets the headers of a stream that begins with c, and returns the model that answers.
func head(ctx context.Context, call *dialect.Call, c *gateway.Chunk) (model string) {
	provider, model := c.Provider, c.Model
	if c.Final != nil { // an answer without any output
		provider, model = c.Final.Provider, c.Final.Model
	}
	ingress.Head(ctx, call, c.Call, c.LogID, provider, model)
	return model
}
