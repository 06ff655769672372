package openai

import (
	"context"
	"iter"
	"time"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/chat"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

type chatCompletions struct {
	ingress.Headers
	Body chatBody `body:"json"`
}

var chatDialect = ingress.Dialect{Name: "openai.chat", Owner: Owner}

func (h *handlers) chatCompletions() web.Operation {
	return web.CallOrStream(web.Streaming[chatCompletions, *chat.Completion, ingress.Chunk]{
		Wanted: func(in *chatCompletions) bool { return in.Body.streams() },
		Call:   h.chat,
		Stream: h.chatStream,
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
	})
}

func (h *handlers) chat(ctx context.Context, in *chatCompletions) (*chat.Completion, error) {
	c, call, err := h.chatInput(ctx, in)
	if err != nil {
		return nil, err
	}
	result, err := h.s.Gateway.Call(ctx, call)
	if err != nil {
		return nil, err
	}
	first := firstAnswer(result.Logs)
	ingress.Head(ctx, c, result.Call, first.ID, first.Provider, first.Model)
	ingress.Tail(ctx, result.Logs)
	out := chat.NewCompletion(result.Logs[0].ID, result.Logs[0].CreatedAt.Unix(), first.Model)
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

func (h *handlers) chatInput(ctx context.Context, in *chatCompletions) (*dialect.Call, *gateway.CallInput, error) {
	c, err := in.Body.call()
	if err != nil {
		return nil, nil, err
	}
	call, err := h.s.Input(ctx, chatDialect, c, &in.Headers)
	return c, call, err
}

func (h *handlers) chatStream(ctx context.Context, in *chatCompletions) iter.Seq2[ingress.Chunk, error] {
	return func(yield func(ingress.Chunk, error) bool) {
		c, call, err := h.chatInput(ctx, in)
		if err != nil {
			yield(ingress.Chunk{}, err)
			return
		}
		s := chatEvents{ctx: ctx, call: c, usage: in.Body.usage(), yield: yield}
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

// chatEvents writes the chunks of a stream.
type chatEvents struct {
	ctx    context.Context
	call   *dialect.Call
	usage  bool // was asked for
	yield  func(ingress.Chunk, error) bool
	stream *chat.Chunks // nil before the first chunk
	more   bool
}

func (s *chatEvents) add(c *gateway.Chunk) bool {
	if s.stream == nil {
		s.begin(c)
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

func (s *chatEvents) begin(c *gateway.Chunk) {
	provider, model := c.Provider, c.Model
	if c.Final != nil { // an answer without any output
		provider, model = c.Final.Provider, c.Final.Model
	}
	ingress.Head(s.ctx, s.call, c.Call, c.LogID, provider, model)
	s.stream = chat.NewChunks(c.LogID, c.Time.Truncate(time.Second).Unix(), model, s.usage)
}

func (s *chatEvents) emit(f dialect.Frame) bool {
	return s.yield(ingress.Chunk{Frame: f, Further: s.more}, nil)
}
